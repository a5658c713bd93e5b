// login: setup logs in once, each user takes the token, teardown cleans up.
import http from 'k6/http';
import { check, fail } from 'k6';

export const options = { vus: 2, iterations: 6, thresholds: { checks: ['rate==1'] } };

export function setup() {
  const answer = http.post(`${__ENV.BASE_URL}/login`, JSON.stringify({ user: 'load' }),
    { headers: { 'Content-Type': 'application/json' } });
  if (!check(answer, { 'status is 200': (r) => r.status === 200 })) {
    fail(`login: ${answer.status}`);
  }
  return { headers: { Authorization: `Bearer ${answer.json('token')}` } };
}

export default function (ctx) {
  const answer = http.get(`${__ENV.BASE_URL}/private`, { tags: { name: 'private' }, headers: ctx.headers });
  check(answer, { 'status is 200': (r) => r.status === 200 });
}

export function teardown(ctx) {
  http.del(`${__ENV.BASE_URL}/test-data`, null, { headers: ctx.headers });
}
