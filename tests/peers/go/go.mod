module peer

go 1.25.0

require (
	github.com/grafana/pyroscope-go v1.4.3
	github.com/grafana/pyroscope-go/x/k6 v0.0.0-20241003203156-a917cea171d3
)

require (
	github.com/grafana/pyroscope-go/godeltaprof v0.1.11 // indirect
	github.com/klauspost/compress v1.18.7 // indirect
)

// x/k6 alone selects v1.17, whose baggage parser refuses percent-encoded values.
require go.opentelemetry.io/otel v1.35.0 // indirect
