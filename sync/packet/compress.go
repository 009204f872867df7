package packet

import (
	"bytes"
	"compress/zlib"
	_ "embed"
	"errors"
	"fmt"
	"io"
)

// Zlib is the header's word for a manifest compressed with zlib (RFC 1950) and
// the preset dictionary of this package.
const Zlib = "zlib"

const maxContent = 64 << 20 // bytes of a decompressed manifest

// dictionary is the preset dictionary (RFC 1950, FDICT): words that stand in
// every event. It is part of the wire contract and must never change; a new one
// needs a new word in the header.
//
//go:embed dictionary.txt
var dictionary []byte

func compress(content []byte) ([]byte, error) {
	var out bytes.Buffer
	writer, err := zlib.NewWriterLevelDict(&out, zlib.BestCompression, dictionary)
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if _, err := writer.Write(content); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
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
