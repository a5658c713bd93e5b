package main

//go:noinline
func applyRules(price uint64) uint64 {
	x := price
	for i := 0; i < 500_000; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

//go:noinline
func rank(seed uint64) uint64 {
	best := uint64(0)
	for i := uint64(0); i < 600_000; i++ {
		h := (seed + i) * 0x9e3779b97f4a7c15
		h ^= h >> 29
		if h > best {
			best = h
		}
	}
	return best
}
