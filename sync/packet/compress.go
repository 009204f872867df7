package packet

import (
	"bytes"
	"compress/zlib"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Zlib is the header's word for a manifest compressed with zlib (RFC 1950) and
// the preset dictionary of this package.
const Zlib = "zlib"

// Compressions are the header's words this program opens, the one it likes best first.
func Compressions() []string { return []string{Zstd, Zlib} }

const maxContent = 64 << 20 // bytes of a decompressed manifest

// dictionary is the preset dictionary (RFC 1950, FDICT): words that stand in
// every event. It is part of the wire contract and must never change; a new one
// needs a new word in the header.
//
//go:embed dictionary.txt
var dictionary []byte

// writers are compressors at rest; each has tables of a megabyte. Like all of
// Go's memory they keep what passed through until the process is replaced.
var writers = sync.Pool{New: func() any {
	writer, err := zlib.NewWriterLevelDict(io.Discard, zlib.BestCompression, dictionary)
	if err != nil {
		panic("packet: " + err.Error()) // the level is a constant of the standard library
	}
	return writer
}}

func compress(content []byte) ([]byte, error) {
	var out bytes.Buffer
	writer, _ := writers.Get().(*zlib.Writer)
	writer.Reset(&out)
	_, err := writer.Write(content)
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	writers.Put(writer)
	return out.Bytes(), nil
}

func decompress(compressed []byte) ([]byte, error) {
	reader, err := zlib.NewReaderDict(bytes.NewReader(compressed), dictionary)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	content, err := io.ReadAll(io.LimitReader(reader, maxContent+1))
	if err == nil && len(content) > maxContent {
		err = errors.New("manifest is too long")
	}
	if err == nil {
		err = reader.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return content, nil
}
