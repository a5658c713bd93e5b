// thresholds: limits on built-in and custom metrics.
import http from 'k6/http';
import { check } from 'k6';
import { Rate, Trend } from 'k6/metrics';

const errors = new Rate('errors');
const size = new Trend('answer_bytes');

export const options = {
  vus: 2,
  iterations: 20,
  thresholds: {
    http_req_duration: ['p(95)<5000', { threshold: 'p(99)<9000', abortOnFail: true, delayAbortEval: '5s' }],
    errors: ['rate<0.01'],
    answer_bytes: ['max<1000'],
    checks: ['rate>0.99'],
  },
};

export default function () {
  const answer = http.get(`${__ENV.BASE_URL}/products`, { tags: { name: 'products' } });
  errors.add(!check(answer, { 'status is 200': (r) => r.status === 200 }));
  size.add(answer.body.length);
}
