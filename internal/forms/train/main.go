// Command train makes the dictionary of packets out of made-up applications: `go run ./internal/forms/train sync/packet/dictionary.zstd`.
// The dictionary is part of the wire contract and never changes under its word; another one needs another word.
package main

import (
	"fmt"
	"os"

	"github.com/klauspost/compress/zstd"

	"bianmin/internal/forms"
	"bianmin/sync/packet"
)

// Of so many samples some are the dictionary's content, whole or only as they were filled in; all say how often what comes.
const (
	seed    = 20261127
	samples = 600
	whole   = 15 // one of each item
	filled  = 90 // six of each item
	id      = 0x42_4d_31
)

func main() {
	if err := train(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func train(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: train FILE")
	}
	made, err := forms.Make(forms.Learnt, seed, samples)
	if err != nil {
		return err
	}
	var all [][]byte
	for _, form := range made {
		content, err := packet.Content(form.Event, form.Attachments)
		if err != nil {
			return err
		}
		all = append(all, content)
	}
	var history []byte
	for _, form := range made[whole : whole+filled] {
		content, err := form.Filled()
		if err != nil {
			return err
		}
		history = append(history, content...)
	}
	for _, content := range all[:whole] {
		history = append(history, content...)
	}
	dictionary, err := zstd.BuildDict(zstd.BuildDictOptions{
		ID: id, Contents: all, History: history, Offsets: [3]int{1, 4, 8}, Level: zstd.SpeedBestCompression,
	})
	if err != nil {
		return fmt.Errorf("build the dictionary: %w", err)
	}
	return os.WriteFile(args[0], dictionary, 0o644) // #nosec G306 -- a source file
}
