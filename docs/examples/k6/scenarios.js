// scenarios: three workloads side by side.
import http from 'k6/http';
import { sleep } from 'k6';

export const options = {
  scenarios: {
    browsers: { executor: 'constant-vus', vus: 2, duration: '2s', exec: 'browse' },
    buyers: { executor: 'per-vu-iterations', vus: 2, iterations: 3, startTime: '1s', exec: 'buy' },
    reports: { executor: 'shared-iterations', vus: 2, iterations: 5, exec: 'report', tags: { team: 'b' } },
  },
};

export function browse() {
  http.get(`${__ENV.BASE_URL}/products`, { tags: { name: 'browse' } });
  sleep(0.05);
}

export function buy() {
  http.post(`${__ENV.BASE_URL}/cart`, JSON.stringify({ id: 1 }),
    { headers: { 'Content-Type': 'application/json' }, tags: { name: 'buy' } });
}

export function report() {
  http.get(`${__ENV.BASE_URL}/report`, { tags: { name: 'report' } });
}
