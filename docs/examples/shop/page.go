package main

import "encoding/binary"

const pageSize = 48 << 10

// renderPage makes pages without pointers, so that the collector hardly has to look at them.
//
//go:noinline
func renderPage(value uint64) []byte {
	page := make([]byte, pageSize)
	binary.LittleEndian.PutUint64(page[len(page)-8:], value)
	return page[len(page)-8:]
}
