package packet

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"bianmin/sync/wire"
)

// Zstd is the header's word for a manifest compressed with Zstandard (RFC 8878) and the first trained dictionary.
const Zstd = "zstd1"

// trained is the dictionary of Zstd, in Zstandard's own format. internal/forms/train made it out of invented applications. It is
// part of the wire contract and must never change; a new one needs a new word in the header.
//
//go:embed dictionary.zstd
var trained []byte

// One compressor and one reader for all; like all of Go's memory they keep what passed through until the process is replaced.
var (
	encoder = sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, zstd.WithEncoderDict(trained), zstd.WithEncoderLevel(zstd.SpeedBetterCompression),
			zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<20)) // the signature stands for the sum
	})
	decoder = sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderDicts(trained), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxContent))
	})
)

// compressFor compresses content in the best way that the platform says it understands.
func compressFor(platform *wire.Speaks, content []byte) (word string, compressed []byte, err error) {
	if !platform.Compresses(Zstd) {
		compressed, err = compress(content)
		return Zlib, compressed, err
	}
	with, err := encoder()
	if err != nil {
		return "", nil, fmt.Errorf("compress: %w", err)
	}
	return Zstd, with.EncodeAll(content, nil), nil
}

// decompressAs is what a header's word says; ErrNewer for a word that is not known.
func decompressAs(word string, compressed []byte) ([]byte, error) {
	switch word {
	case "":
		return compressed, nil
	case Zlib:
		return decompress(compressed)
	case Zstd:
		with, err := decoder()
		if err != nil {
			return nil, fmt.Errorf("decompress: %w", err)
		}
		content, err := with.DecodeAll(compressed, nil)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		return content, nil
	}
	return nil, fmt.Errorf("%w: compression", ErrNewer)
}
