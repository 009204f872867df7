package idcard

import (
	"bytes"
	"strings"
	"testing"

	"bianmin/core/identity"
)

// FuzzParser feeds the parser anything in pieces: it must find only frames that are in the bytes and whose
// checksum is right, keep no more than one frame, and find a good frame that comes after any rubbish.
func FuzzParser(f *testing.F) {
	good := append([]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x80}, 0x84)
	f.Add([]byte{}, 1)
	f.Add(good, 1)
	f.Add(append([]byte{0xAA, 0xAA, 0x96}, good...), 3)
	f.Add(append([]byte{0xAA, 0xAA, 0x96, 0x69, 0x0F, 0xF9}, good...), 4)
	f.Add(append([]byte{0xAA, 0xAA, 0x96, 0x69, 0xFF, 0xFF}, good...), 100)
	f.Add(bytes.Repeat([]byte{0xAA}, 200), 7)
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		size = max(1, min(size, 4096))
		var p parser
		take := func(b []byte) (frames int, last reply) {
			for len(b) > 0 {
				n := min(size, len(b))
				p.feed(b[:n])
				b = b[n:]
				for {
					r, ok := p.next(longest)
					if !ok {
						break
					}
					frames, last = frames+1, r
					whole := append(append([]byte{}, r.sw[:]...), r.data...)
					length := len(whole) + 1
					sum := byte(length>>8) ^ byte(length) ^ xor(whole)
					want := append(append([]byte{0xAA, 0xAA, 0x96, 0x69, byte(length >> 8), byte(length)}, whole...), sum)
					if !bytes.Contains(append(bytes.Clone(stream), good...), want) {
						t.Fatalf("found a frame that is not there: %X", want)
					}
				}
				if len(p.buffer) > longest+len(sync)+lengthSize+size {
					t.Fatalf("keeps %d bytes", len(p.buffer))
				}
			}
			return frames, last
		}
		take(stream)
		for p.waiting() { // what a pause on the line does
			p.rescan()
			for {
				if _, ok := p.next(longest); !ok {
					break
				}
			}
		}
		p.reset()
		if frames, last := take(good); frames != 1 || last.sw != [3]byte{0, 0, 0x80} {
			t.Fatalf("lost a good frame after rubbish: %d frames", frames)
		}
	})
}

// FuzzDecode: any 256 bytes give a card without impossible characters or ErrText, never a crash.
func FuzzDecode(f *testing.F) {
	f.Add(make([]byte, textSize))
	f.Add(bytes.Repeat([]byte{' ', 0}, textSize/2))
	f.Add(bytes.Repeat([]byte{0x00, 0xD8}, textSize/2))
	for _, kind := range []byte{'J', 'I', 'Y', 'Q'} {
		b := bytes.Repeat([]byte{' ', 0}, textSize/2)
		b[248] = kind
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		var raw [textSize]byte
		copy(raw[:], content)
		card, err := Decode(raw)
		if err != nil {
			return
		}
		if card.Raw != raw {
			t.Fatal("the raw block was changed")
		}
		for _, s := range []string{card.Name, string(card.Sex), card.Address, card.Number, card.Issuer} {
			if strings.ContainsFunc(s, impossible) || strings.HasSuffix(s, " ") {
				t.Fatalf("%q went through", s)
			}
		}
		if card.Check() == nil && card.Kind == identity.Resident && identity.CheckNumber(card.Number) != nil {
			t.Fatal("a wrong number went through the check")
		}
		if _, err := decodeAddress(raw[:addressSize]); err != nil && err != ErrText {
			t.Fatal(err)
		}
	})
}
