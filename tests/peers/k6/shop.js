import http from 'k6/http';
import { check, sleep } from 'k6';

export const options = {
  scenarios: {
    visitors: { executor: 'constant-arrival-rate', rate: 40, timeUnit: '1s', duration: '5s', preAllocatedVUs: 10 },
  },
  thresholds: {
    http_req_failed: ['rate<0.01'],
    'http_req_duration{name:work}': ['p(95)<5000'],
    iterations: [__ENV.CROSS ? 'count>1000000' : 'count>10'],
  },
};

export function setup() {
  http.get(`${__ENV.BASE_URL}/work`, { tags: { name: 'warm' } });
}

export default function () {
  const answer = http.get(`${__ENV.BASE_URL}/work?n=${__ITER}`, { tags: { name: 'work' } });
  check(answer, { 'status is 200': (r) => r.status === 200 });
  sleep(0.01);
}
