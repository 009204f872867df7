package seal_test

import (
	"crypto/cipher"
	"io"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm4"

	"bianmin/sync/seal"
)

// BenchmarkSealing seals pages of 8 MB for an attachment, and beside it lets the cipher alone run over the same segments. The rest is the hash
// that names the file, which runs beside on another processor.
func BenchmarkSealing(b *testing.B) {
	const size = 8 << 20
	key, err := seal.NewKey()
	if err != nil {
		b.Fatal(err)
	}
	plain := make([]byte, size)
	block, err := sm4.NewCipher(key[:])
	if err != nil {
		b.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		b.Fatal(err)
	}
	var ours, bare time.Duration
	nonce, out := make([]byte, 12), make([]byte, 0, seal.SegmentSize+16)
	for b.Loop() {
		start := time.Now()
		w, err := seal.NewWriter(io.Discard, key)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Write(plain); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
		start = time.Now()
		for at := 0; at < size; at += seal.SegmentSize {
			out = aead.Seal(out[:0], nonce, plain[at:at+seal.SegmentSize], nil)
		}
		bare += time.Since(start)
	}
	megabytes := float64(b.N) * size / 1e6
	b.ReportMetric(megabytes/ours.Seconds(), "MB/s")
	b.ReportMetric(megabytes/bare.Seconds(), "cipher-MB/s")
	b.ReportMetric(ours.Seconds()/bare.Seconds(), "x-cipher")
	b.ReportMetric(0, "ns/op")
}
