package office

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// A kept list is blocks of u32 BE length and rows, in the list's order. A row is its texts, numbers as varints, flags
// and tag. A text that many rows share is written once, then by its place among those.
const (
	blockSize = 48 << 10 // a block ends with the row that reaches it
	mostBlock = 1 << 20
)

const (
	flagWaiting = 1 << iota
	flagRefused
	flagHanded
	flagPerson // the text in lower case is the text
	flagNumber
	flagOfficial
)

var errList = errors.New("the list is not what was written")

type listWriter struct {
	to    io.Writer
	block []byte
	words map[string]uint64
}

func newListWriter(to io.Writer) *listWriter {
	return &listWriter{to: to, block: make([]byte, 4, blockSize+4096), words: map[string]uint64{}}
}

func (w *listWriter) text(text string) {
	w.block = append(binary.AppendUvarint(w.block, uint64(len(text))), text...)
}

func (w *listWriter) word(text string) {
	place, known := w.words[text]
	if known {
		w.block = binary.AppendUvarint(w.block, place)
		return
	}
	w.words[text] = uint64(len(w.words)) + 1
	w.block = append(w.block, 0)
	w.text(text)
}

func (w *listWriter) number(n int64) { w.block = binary.AppendVarint(w.block, n) }

func (w *listWriter) time(t time.Time) {
	if t.IsZero() {
		w.number(0)
		return
	}
	w.number(t.UnixMilli())
}

// inLines are the three lines that a row's text has, or more when a text of its own has several.
func inLines(text string) [3]string {
	person, rest, _ := strings.Cut(text, "\n")
	number, official, _ := strings.Cut(rest, "\n")
	return [3]string{person, number, official}
}

func (w *listWriter) row(r *row) error {
	parts, lower := [3]string{r.Person, string(r.Number), r.Official}, inLines(r.text)
	var flags byte
	for i, of := range []byte{flagPerson, flagNumber, flagOfficial} {
		if parts[i] == lower[i] {
			flags |= of
		}
	}
	for i, on := range [3]bool{r.Waiting, r.Refused, r.handed} {
		if on {
			flags |= flagWaiting << i
		}
	}
	w.block = append(w.block, flags)
	w.text(r.text)
	for i, of := range []byte{flagPerson, flagNumber, flagOfficial} {
		if flags&of == 0 {
			w.text(parts[i])
		}
	}
	w.word(r.Item)
	w.word(r.ItemName)
	w.word(r.State)
	w.word(r.date)
	w.time(r.Filed)
	w.time(r.from)
	for _, n := range []int{r.days, r.Points, r.Done, r.Branches} {
		w.number(int64(n))
	}
	w.block = append(w.block, r.tag[:]...)
	if len(w.block) < blockSize {
		return nil
	}
	return w.flush()
}

func (w *listWriter) flush() error {
	if len(w.block) == 4 {
		return nil
	}
	binary.BigEndian.PutUint32(w.block, uint32(len(w.block)-4)) // #nosec G115 -- a block is some ten KiB
	_, err := w.to.Write(w.block)
	w.block = w.block[:4]
	return err
}

// listReader makes rows of a kept list; their texts are parts of its blocks.
type listReader struct {
	index *index
	words []string
	block string
	made  []row // of which the next are given
	bad   bool
}

// read reads to the end, and gives errList unless there are as many rows as told.
func (r *listReader) read(from io.Reader, rows int) error {
	var length [4]byte
	content := make([]byte, 0, 2*blockSize)
	r.index.order = make([]*row, 0, rows+many)
	for {
		if _, err := io.ReadFull(from, length[:]); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("read a kept list: %w", err)
		}
		n := binary.BigEndian.Uint32(length[:])
		if n > mostBlock {
			return errList
		}
		if int(n) > cap(content) {
			content = make([]byte, 0, n)
		}
		if _, err := io.ReadFull(from, content[:n]); err != nil {
			return fmt.Errorf("read a kept list: %w", err)
		}
		r.block = string(content[:n])
		clear(content[:n])
		r.rows()
		if r.bad {
			return errList
		}
	}
	if len(r.index.order) != rows {
		return errList
	}
	return nil
}

func (r *listReader) rows() {
	for len(r.block) > 0 && !r.bad {
		r.index.order = append(r.index.order, r.row())
	}
}

func (r *listReader) row() *row {
	flags := r.take(1)
	if r.bad {
		return nil
	}
	text := r.text()
	lower := inLines(text)
	for i, of := range []byte{flagPerson, flagNumber, flagOfficial} {
		if flags[0]&of == 0 {
			lower[i] = r.text()
		}
	}
	item, name, state, date := r.word(), r.word(), r.word(), r.word()
	filed, from := r.time(), r.time()
	if len(r.made) == cap(r.made) {
		r.made = make([]row, 0, batch)
	}
	r.made = r.made[:len(r.made)+1]
	made := &r.made[len(r.made)-1]
	*made = row{days: r.small(), from: from, date: date, text: text, about: r.index.aboutOf(item, name), handed: flags[0]&flagHanded != 0}
	made.CaseLine = agency.CaseLine{
		Number: casefile.Number(lower[1]), Person: lower[0], Item: item, ItemName: name, Filed: filed, State: state,
		Points: r.small(), Done: r.small(), Branches: r.small(),
		Refused: flags[0]&flagRefused != 0, Waiting: flags[0]&flagWaiting != 0, Official: lower[2],
	}
	copy(made.tag[:], r.take(len(made.tag)))
	return made
}

func (r *listReader) take(n int) string {
	if r.bad || n > len(r.block) {
		r.bad = true
		return ""
	}
	taken := r.block[:n]
	r.block = r.block[n:]
	return taken
}

func (r *listReader) unsigned() uint64 {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		b := r.take(1)
		if r.bad {
			return 0
		}
		n |= uint64(b[0]&0x7f) << shift
		if b[0] < 0x80 {
			return n
		}
	}
	r.bad = true
	return 0
}

func (r *listReader) number() int64 {
	n := r.unsigned()
	return int64(n>>1) ^ -int64(n&1) // #nosec G115 -- zigzag, as encoding/binary writes it
}

func (r *listReader) small() int { return int(r.number()) }

func (r *listReader) text() string {
	n := r.unsigned()
	if n > mostBlock {
		r.bad = true
		return ""
	}
	return r.take(int(n)) // #nosec G115 -- at most mostBlock
}

func (r *listReader) word() string {
	place := r.unsigned()
	if place == 0 {
		word := r.index.word(strings.Clone(r.text()))
		r.words = append(r.words, word)
		return word
	}
	if place > uint64(len(r.words)) {
		r.bad = true
		return ""
	}
	return r.words[place-1]
}

func (r *listReader) time() time.Time {
	ms := r.number()
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).In(casefile.Zone)
}
