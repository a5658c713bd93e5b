// stages: virtual users that come and go.
import http from 'k6/http';
import { sleep } from 'k6';

export const options = {
  stages: [{ duration: '1s', target: 5 }, { duration: '1s', target: 5 }, { duration: '1s', target: 0 }],
};

export default function () {
  http.get(`${__ENV.BASE_URL}/products`, { tags: { name: 'products' } });
  sleep(0.05);
}
