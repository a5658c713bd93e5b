// A small web service profiled by the published pyroscope-go SDK. SIDE=head makes applyRules
// dearer in CPU (by half) and buildReport dearer in memory (by 60 %); all else is as in SIDE=base.
//
// Environment: SIDE, PORT (listens on 127.0.0.1), PYROSCOPE_URL (where to push; "" pushes nothing,
// /debug/pprof is there in any case), SERVICE, UPLOAD_RATE (2s; "" = the SDK's 15s).
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/grafana/pyroscope-go"
	"github.com/grafana/pyroscope-go/x/k6"
)

const (
	rulesBase  = 400_000
	reportBase = 48 << 10
)

var (
	rules      = rulesBase
	reportSize = reportBase
)

// applyRules is the function that head makes dearer in CPU.
//
//go:noinline
func applyRules(price uint64) uint64 {
	x := price
	for i := 0; i < rules; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

//go:noinline
func scoreItems(seed uint64) uint64 {
	best := uint64(0)
	for i := uint64(0); i < 520_000; i++ {
		h := (seed + i) * 0x9e3779b97f4a7c15
		h ^= h >> 29
		if h > best {
			best = h
		}
	}
	return best
}

//go:noinline
func checkSum(seed uint64) uint64 {
	sum := seed
	for i := uint64(0); i < 430_000; i++ {
		sum = sum*31 + i
		sum ^= sum >> 11
	}
	return sum
}

//go:noinline
func digest(seed uint64) uint64 {
	sum := seed | 1
	for i := uint64(1); i < 130_000; i++ {
		sum = (sum*33 + i) % 65521
	}
	return sum
}

// buildReport is the function that head makes dearer in memory: pages without pointers, so that
// the collector hardly has to look at them.
//
//go:noinline
func buildReport(value uint64) []byte {
	report := make([]byte, reportSize)
	binary.LittleEndian.PutUint64(report[len(report)-8:], value)
	return report[len(report)-8:]
}

//go:noinline
func makePage(value uint64) []byte {
	page := make([]byte, 40<<10)
	binary.LittleEndian.PutUint64(page, value)
	return page[:64]
}

func order(w http.ResponseWriter, _ *http.Request) {
	x := applyRules(88172645463325252)
	x ^= scoreItems(x)
	x ^= checkSum(x)
	x ^= digest(x)
	report := buildReport(x)
	page := makePage(x)
	fmt.Fprintf(w, "order %x %x\n", report, page[:8])
}

func list(w http.ResponseWriter, _ *http.Request) {
	x := applyRules(1234567) ^ scoreItems(7)
	page := makePage(x)
	fmt.Fprintf(w, "list %x\n", page[:8])
}

func env(key, other string) string {
	if v, ok := os.LookupEnv(key); ok {
		return v
	}
	return other
}

func push(url string) *pyroscope.Profiler {
	cfg := pyroscope.Config{
		ApplicationName: env("SERVICE", "peer-go"),
		ServerAddress:   url,
		Tags:            map[string]string{"side": env("SIDE", "base")},
	}
	if d, err := time.ParseDuration(env("UPLOAD_RATE", "2s")); err == nil {
		cfg.UploadRate = d
	}
	p, err := pyroscope.Start(cfg)
	if err != nil {
		log.Fatal(err)
	}
	return p
}

func main() {
	runtime.MemProfileRate = 32 << 10
	debug.SetGCPercent(800) // the collector's share small, on both sides
	if env("SIDE", "base") == "head" {
		rules = rulesBase * 3 / 2
		reportSize = reportBase * 8 / 5
	}
	var p *pyroscope.Profiler
	if url := env("PYROSCOPE_URL", ""); url != "" {
		p = push(url)
	}
	http.HandleFunc("/order", order)
	http.HandleFunc("/list", list)
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	go func() {
		addr := "127.0.0.1:" + env("PORT", "8081")
		log.Fatal(http.ListenAndServe(addr, k6.LabelsFromBaggageHandler(http.DefaultServeMux)))
	}()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	<-stop
	if p != nil {
		p.Flush(true)
		_ = p.Stop()
	}
}
