package wire

import "slices"

// Speaks is what one side understands of what the other may write. A list that is left out, and a side that says
// nothing at all, understand what the first version did: FirstSpeaks.
type Speaks struct {
	Answers     int      `json:"answers,omitempty"`     // newest version of JSON bodies
	Packets     []int    `json:"packets,omitempty"`     // versions of packets
	Compression []string `json:"compression,omitempty"` // words for how a packet's manifest is compressed
	Events      []string `json:"events,omitempty"`      // kinds of event
	Updates     []string `json:"updates,omitempty"`     // kinds of update
	Catalogue   int      `json:"catalogue,omitempty"`   // newest format of the catalogue's files
}

// FirstSpeaks is what everybody understands, since the first version. It never changes.
func FirstSpeaks() Speaks {
	return Speaks{
		Answers: 1, Packets: []int{1}, Compression: []string{"zlib"}, Catalogue: 1,
		Events: []string{
			"submitted", "corrected", "confirmed", "withdrawn", "suspended", "resumed", "ended", "closed", "urged", "papers", "fee", "delivered",
			"visited", "evaluated", "unevaluated", "day-closed", "sheet",
		},
		Updates: []string{
			"progress", "returned", "finished", "rejected", "appointed", "corrected", "withdrawn", "suspended", "resumed", "ended", "delivered", "closed",
		},
	}
}

// Filled puts the first version in place of what was left out; nil is a side that says nothing.
func (s *Speaks) Filled() Speaks {
	said := FirstSpeaks()
	if s == nil {
		return said
	}
	if s.Answers > 0 {
		said.Answers = s.Answers
	}
	if s.Catalogue > 0 {
		said.Catalogue = s.Catalogue
	}
	if len(s.Packets) > 0 {
		said.Packets = s.Packets
	}
	for _, list := range []struct {
		to   *[]string
		from []string
	}{{&said.Compression, s.Compression}, {&said.Events, s.Events}, {&said.Updates, s.Updates}} {
		if len(list.from) > 0 {
			*list.to = list.from
		}
	}
	return said
}

// Compresses tells whether a packet's manifest may be compressed as the word says.
func (s *Speaks) Compresses(word string) bool { return slices.Contains(s.Filled().Compression, word) }

// Hears tells whether an update of this kind is understood.
func (s *Speaks) Hears(kind string) bool { return slices.Contains(s.Filled().Updates, kind) }
