// arrival_rate: iterations start at a rate, however slow the answers are.
import http from 'k6/http';

export const options = {
  scenarios: {
    partners: {
      executor: 'constant-arrival-rate', rate: 20, timeUnit: '1s', duration: '2s',
      preAllocatedVUs: 5, maxVUs: 20,
    },
  },
};

export default function () {
  http.get(`${__ENV.BASE_URL}/inventory`, { tags: { name: 'inventory' } });
}
