// A small shop with /debug/pprof: the service of docs/tutorial.md. PORT: where it listens on 127.0.0.1.
package main

import (
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"runtime/debug"
)

func order(w http.ResponseWriter, _ *http.Request) {
	price := applyRules(88172645463325252)
	sum := sumCart(price)
	page := renderPage(sum ^ rank(sum))
	fmt.Fprintf(w, "order %x\n", page)
}

func main() {
	runtime.MemProfileRate = 32 << 10
	debug.SetGCPercent(800) // the collector's share small
	http.HandleFunc("/order", order)
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
