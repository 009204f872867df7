package reader

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Piece is a part of an answer and how long the line is silent before it.
type Piece struct {
	After time.Duration
	Bytes []byte
}

// Fault turns a right answer into what the line carries instead. It must not keep or change the answer's bytes.
type Fault func(answer []byte, random *rand.Rand) []Piece

// Well leaves the answer as it is; it stands for "no fault" between others.
func Well(answer []byte, _ *rand.Rand) []Piece { return []Piece{{Bytes: answer}} }

// NoiseBefore sends n bytes of noise before the answer, AA among them.
func NoiseBefore(n int) Fault {
	return func(answer []byte, random *rand.Rand) []Piece {
		noise := make([]byte, n)
		for i := range noise {
			noise[i] = byte(random.Uint32())
			if random.IntN(4) == 0 {
				noise[i] = 0xAA
			}
		}
		return []Piece{{Bytes: append(noise, answer...)}}
	}
}

// NoiseInside changes n bytes of the answer. It does not look whether the checksum can see it.
func NoiseInside(n int) Fault {
	return func(answer []byte, random *rand.Rand) []Piece {
		changed := slices.Clone(answer)
		for range n {
			changed[random.IntN(len(changed))] ^= byte(1 + random.IntN(255))
		}
		return []Piece{{Bytes: changed}}
	}
}

// Lost leaves out n bytes at one place.
func Lost(n int) Fault {
	return func(answer []byte, random *rand.Rand) []Piece {
		at := random.IntN(len(answer))
		return []Piece{{Bytes: append(slices.Clone(answer[:at]), answer[min(len(answer), at+n):]...)}}
	}
}

// Extra puts n bytes of noise in at one place.
func Extra(n int) Fault {
	return func(answer []byte, random *rand.Rand) []Piece {
		at := random.IntN(len(answer) + 1)
		changed := slices.Clone(answer[:at])
		for range n {
			changed = append(changed, byte(random.Uint32()))
		}
		return []Piece{{Bytes: append(changed, answer[at:]...)}}
	}
}

// Split sends the answer in up to n parts with a pause before each.
func Split(n int, wait time.Duration) Fault {
	return func(answer []byte, random *rand.Rand) []Piece {
		cuts := []int{0, len(answer)}
		for range n - 1 {
			cuts = append(cuts, random.IntN(len(answer)))
		}
		slices.Sort(cuts)
		var pieces []Piece
		for i := 1; i < len(cuts); i++ {
			if cuts[i] > cuts[i-1] {
				pieces = append(pieces, Piece{After: wait, Bytes: answer[cuts[i-1]:cuts[i]]})
			}
		}
		return pieces
	}
}

// Late sends the whole answer after a wait.
func Late(wait time.Duration) Fault { return Split(1, wait) }

// WrongChecksum changes the checksum alone.
func WrongChecksum(answer []byte, random *rand.Rand) []Piece {
	changed := slices.Clone(answer)
	changed[len(changed)-1] ^= byte(1 + random.IntN(255))
	return []Piece{{Bytes: changed}}
}

// Stop sends the first n bytes only.
func Stop(n int) Fault {
	return func(answer []byte, _ *rand.Rand) []Piece { return []Piece{{Bytes: answer[:min(n, len(answer))]}} }
}

// Nothing swallows the answer.
func Nothing([]byte, *rand.Rand) []Piece { return nil }

// Invisible changes two to five bytes so that the checksum still fits: the same
// bits at an even number of places between length and checksum.
func Invisible(answer []byte, random *rand.Rand) []Piece {
	changed := slices.Clone(answer)
	places := random.Perm(len(answer) - 5)[:2+random.IntN(min(4, len(answer)-6))]
	var sum byte
	for i, place := range places {
		delta := byte(1 + random.IntN(255))
		if i == len(places)-1 {
			delta = sum
		}
		sum ^= delta
		changed[5+place] ^= delta
	}
	return []Piece{{Bytes: changed}}
}
