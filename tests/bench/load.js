// The same in k6.
import http from "k6/http";
import { check } from "k6";

const url = __ENV.BASE_URL + __ENV.URL;
const rate = Number(__ENV.RATE || 0);
const vus = Number(__ENV.VUS);
const executor = rate
	? { executor: "constant-arrival-rate", rate, timeUnit: "1s", preAllocatedVUs: vus }
	: { executor: "constant-vus", vus };

export const options = {
	scenarios: { bench: Object.assign(executor, { duration: __ENV.SECONDS + "s", gracefulStop: "2s" }) },
	insecureSkipTLSVerify: true,
	discardResponseBodies: __ENV.CHECKS !== "1",
	thresholds: { http_req_failed: ["rate<0.01"] },
};

export default function () {
	const r = http.get(url, { tags: { name: "root" } });
	if (__ENV.CHECKS === "1")
		check(r, { "status is 200": (a) => a.status === 200, "has a body": (a) => a.body.length > 0 });
}
