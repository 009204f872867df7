// Package chance says how often a long test repeats and with which random
// numbers, so that every run can be repeated. For tests of any package; no
// program may hold it.
package chance

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
	if Long() {
		return long
	}
	return short
}

// Long tells whether the full number of rounds is wanted: make long.
func Long() bool { return os.Getenv("BIANMIN_LONG") == "1" }

// Seed is where a test's chance begins, from BIANMIN_SEED when set; it is logged.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("BIANMIN_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("BIANMIN_SEED=%q is no seed", text)
		}
	}
	t.Logf("BIANMIN_SEED=%d repeats this run", seed)
	return seed
}

// Random is a source of chance for a test, begun by Seed.
func Random(t testing.TB) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(Seed(t), 0xB1A))
}
