// Package spoken says what this program understands: versions of packets, words for compression, kinds of events and updates. Terminal
// and platform tell each other, so that nobody writes what the other cannot read. It must not send or keep anything.
package spoken

import (
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/sync/packet"
	"bianmin/sync/wire"
)

// Own is what this program understands, as either side.
func Own() wire.Speaks {
	return wire.Speaks{
		Answers: wire.Version, Packets: []int{packet.Version}, Compression: packet.Compressions(), Catalogue: catalogue.FormatVersion,
		Events: kinds(casefile.TerminalKinds()), Updates: kinds(casefile.UpdateKinds()),
	}
}

func kinds(all []casefile.EventKind) []string {
	words := make([]string, 0, len(all))
	for _, kind := range all {
		words = append(words, string(kind))
	}
	return words
}
