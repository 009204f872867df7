package drivertest

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// Count is how often a long test repeats: BIANMIN_N when set, long with BIANMIN_LONG=1, else short.
func Count(t testing.TB, short, long int) int {
	t.Helper()
	if text := os.Getenv("BIANMIN_N"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("BIANMIN_N=%q is no count", text)
		}
		return n
	}
	if os.Getenv("BIANMIN_LONG") == "1" {
		return long
	}
	return short
}

// Random is a source of chance for a test, from BIANMIN_SEED when set; the seed is logged.
func Random(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("BIANMIN_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("BIANMIN_SEED=%q is no seed", text)
		}
	}
	t.Logf("BIANMIN_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0xB1A))
}
