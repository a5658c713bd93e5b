"""The output opentelemetry read by the published messages of OpenTelemetry and protobuf's decoder, and compared with
the run's own summary."""
import collections
import http.server
import json
import math
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest  # noqa: E402
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_CUMULATIVE  # noqa: E402
from outputs_lib import Target, load, run_cases, serve  # noqa: E402

KINDS = ("gauge", "sum", "histogram")


class Collector(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pushes = []

    def do_POST(self):
        assert self.path == "/v1/metrics" and self.headers["Content-Type"] == "application/x-protobuf"
        message = ExportMetricsServiceRequest()
        message.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
        Collector.pushes.append((self.headers["X-Tenant"], message))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def attributes(items):
    return {item.key: item.value.string_value for item in items}


def metrics_of(message):
    """By name; nothing that the published messages do not know may be in it."""
    (resource,) = message.resource_metrics
    (scope,) = resource.scope_metrics
    names = [metric.name for metric in scope.metrics]
    assert len(set(names)) == len(names), "a metric stands in it twice"
    assert ExportMetricsServiceRequest.FromString(message.SerializeToString()) == message
    return attributes(resource.resource.attributes), {metric.name: metric for metric in scope.metrics}


def points_of(metric):
    data = getattr(metric, metric.WhichOneof("data"))
    if metric.WhichOneof("data") != "gauge":
        assert data.aggregation_temporality == AGGREGATION_TEMPORALITY_CUMULATIVE, metric.name
    if metric.WhichOneof("data") == "sum":
        assert data.is_monotonic, metric.name
    for point in data.data_points:
        assert 0 < point.start_time_unix_nano <= point.time_unix_nano, metric.name
    tags = [json.dumps(attributes(point.attributes), sort_keys=True) for point in data.data_points]
    assert len(set(tags)) == len(tags), f"{metric.name}: a set of tags stands in it twice"
    return data.data_points


def range_of(buckets, bounds, rank):
    """The ends of the bucket that holds the value of this rank, from 0."""
    number = 0
    while rank >= buckets[number]:
        rank -= buckets[number]
        number += 1
    return ([float("-inf")] + bounds)[number], (bounds + [float("inf")])[number]


def check_histogram(metric, summary):
    points = points_of(metric)
    bounds = list(points[0].explicit_bounds)
    buckets = [0] * (len(bounds) + 1)
    for point in points:
        assert list(point.explicit_bounds) == bounds == sorted(bounds)
        assert sum(point.bucket_counts) == point.count and len(point.bucket_counts) == len(buckets)
        assert point.min <= point.sum / point.count <= point.max
        buckets = [a + b for a, b in zip(buckets, point.bucket_counts)]
    count = sum(point.count for point in points)
    assert count == summary["count"], (metric.name, count, summary)
    total = sum(point.sum for point in points)
    assert abs(total - summary["avg"] * count) <= 1e-6 * total + 1e-9, (metric.name, total, summary)
    for name, choose in (("min", min), ("max", max)):
        value = choose(getattr(point, name) for point in points)
        assert abs(value - summary[name]) <= 1e-9 + 0.01 * value, (metric.name, name, value, summary)
    # the percentile lies between two of the sorted values, and their buckets are known; 3 %: the summary's own
    rank = 0.95 * (count - 1)
    low, high = range_of(buckets, bounds, math.floor(rank))[0], range_of(buckets, bounds, math.ceil(rank))[1]
    assert low * 0.97 <= summary["p(95)"] <= high * 1.03, (metric.name, low, high, summary)


def last_push(folder, url, *args, **env):
    server, collector = serve(Collector)
    Collector.pushes = []
    load(folder, url, "-o", f"opentelemetry={collector}/v1/metrics", "--summary-export", "summary.json",
         "--summary-trend-stats", "avg,min,max,p(95),count", *args,
         env={"K6_OTEL_EXPORT_INTERVAL": "100ms", "K6_OTEL_HEADERS": "X-Tenant=shop", **env})
    server.shutdown()
    with open(folder + "/summary.json", encoding="utf-8") as file:
        return json.load(file)["metrics"]


def every_metric_has_the_summarys_value(folder, url):
    summary = last_push(folder, url, "--tag", "testid=t-1")
    resource, metrics = metrics_of(Collector.pushes[-1][1])
    assert resource["service.name"] == "k6" and resource["service.version"], resource
    compared = collections.Counter()
    for name, values in summary.items():
        if "{" in name:
            continue
        metric = metrics[name + ".total" if "passes" in values else name]
        kind = metric.WhichOneof("data")
        points = points_of(metric)
        if "passes" in values:
            conditions = collections.Counter()
            for point in points:
                conditions[attributes(point.attributes)["condition"]] += point.as_int
            assert conditions == {"nonzero": values["passes"], "zero": values["fails"]}, (name, conditions, values)
        elif "avg" in values:
            check_histogram(metric, values)
        elif kind == "sum":
            assert sum(point.as_double for point in points) == values["count"], name
        else:
            assert points[-1].as_double == values["value"], name
        units = {"http_req_duration": "ms", "iteration_duration": "ms", "my_trend": "ms", "my_plain": "",
                 "data_sent": "By", "data_received": "By", "http_reqs": ""}
        assert metric.unit == units.get(name, metric.unit), (name, metric.unit)
        assert all(attributes(point.attributes).get("testid") == "t-1" for point in points), name
        compared[kind] += 1
    assert compared["sum"] >= 6 and compared["histogram"] >= 9 and compared["gauge"] >= 1, compared


def a_series_is_a_set_of_tags(folder, url):
    last_push(folder, url)
    _, metrics = metrics_of(Collector.pushes[-1][1])
    requests = {attributes(point.attributes)["status"]: point.as_double for point in points_of(metrics["http_reqs"])}
    assert requests == {"200": 20, "404": 20}, requests
    assert {attributes(point.attributes)["name"] for point in points_of(metrics["http_reqs"])} == {"/fast", "/none"}


def pushes_only_grow(folder, url):
    """Ten pushes and more while it runs; a counter never goes back, and the headers are the user's."""
    last_push(folder, url, "-e", "PAUSE=0.1")
    assert len(Collector.pushes) >= 5, len(Collector.pushes)
    before = {}
    for tenant, message in Collector.pushes:
        assert tenant == "shop"
        for name, metric in metrics_of(message)[1].items():
            kind = metric.WhichOneof("data")
            if kind == "gauge":
                continue
            now = sum(point.count if kind == "histogram" else point.as_double + point.as_int
                      for point in points_of(metric))
            assert now >= before.get(name, 0), (name, before[name], now)
            before[name] = now


def main():
    server, url = serve(Target)
    with tempfile.TemporaryDirectory() as folder:
        failed = run_cases([every_metric_has_the_summarys_value, a_series_is_a_set_of_tags, pushes_only_grow], folder,
                           url)
    server.shutdown()
    sys.exit(failed)


main()
