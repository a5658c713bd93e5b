package main

//go:noinline
func sumCart(seed uint64) uint64 {
	sum := seed
	for i := uint64(0); i < 700_000; i++ {
		sum = sum*31 + i
		sum ^= sum >> 11
	}
	return sum
}
