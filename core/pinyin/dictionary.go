// Package pinyin turns keys typed on the letters keyboard into Chinese, and
// characters into their readings for search. It must not draw anything or know
// where its data lies: it reads them once, from an io.Reader.
package pinyin

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// Tiers of characters.
const (
	tierUsual = iota // in the national table and used in words
	tierRare         // in the national table (or GB 2312), seldom used
	tierOther        // all others: only read, and offered with Options.Rare
)

// entry is one character or phrase: a piece of the data's text.
type entry struct {
	offset uint32
	size   uint8 // bytes
	weight uint8 // ten times the natural logarithm of how often it is used
	tier   uint8
}

// group is all entries that sound alike, likeliest first.
type group struct {
	key      uint32 // of its first syllable in Dictionary.keys
	length   uint8  // in syllables
	from, to uint32 // in Dictionary.entries
}

// named is a surname or a character of given names.
type named struct {
	text      string
	syllables []uint16
}

// Dictionary is the data of the input method. It never changes after Load and
// is safe for concurrent use.
type Dictionary struct {
	text      string
	syllables []string          // sorted
	ids       map[string]uint16 // of syllables and their other spellings
	keys      []uint16          // syllables of all groups
	groups    []group           // sorted by their syllables, shorter first
	entries   []entry
	surnames  []named
	given     []named

	readOnce sync.Once
	readings []reading // sorted by character, likeliest first
}

type reading struct {
	character rune
	syllable  uint16
	rank      uint16 // smaller is likelier
}

const (
	header   = "bianmin-pinyin 1"
	maxBytes = 16 << 20

	usualBytes = 1100 << 10 // the data's size today: room made in advance
)

// errData means that the data are not what generate.py writes.
var errData = errors.New("pinyin data are damaged")

// Load reads the data as assets/pinyin/generate.py writes them (gzip).
func Load(r io.Reader) (*Dictionary, error) {
	unzipped, err := gzip.NewReader(bufio.NewReader(r))
	if err != nil {
		return nil, fmt.Errorf("open pinyin data: %w", err)
	}
	var text strings.Builder
	text.Grow(usualBytes)
	if _, err := io.Copy(&text, io.LimitReader(unzipped, maxBytes)); err != nil {
		return nil, fmt.Errorf("read pinyin data: %w", err)
	}
	d := &Dictionary{text: text.String(), ids: map[string]uint16{}}
	d.keys, d.entries = make([]uint16, 0, usualBytes/8), make([]entry, 0, usualBytes/10)
	if err := d.parse(); err != nil {
		return nil, err
	}
	return d, nil
}

// lines walks over the lines of the data and where each begins.
func (d *Dictionary) lines(each func(line string, at int) error) error {
	for at := 0; at < len(d.text); {
		end := strings.IndexByte(d.text[at:], '\n')
		if end < 0 {
			return fmt.Errorf("%w: the last line is not ended", errData)
		}
		if err := each(d.text[at:at+end], at); err != nil {
			return err
		}
		at += end + 1
	}
	return nil
}

func (d *Dictionary) parse() error {
	section := ""
	var characters, phrases []group
	err := d.lines(func(line string, at int) error {
		switch {
		case at == 0:
			if line != header {
				return fmt.Errorf("%w: %q is not the header", errData, line)
			}
			return nil
		case line == "characters" || line == "phrases" || line == "surnames" || line == "given":
			section = line
			return nil
		}
		return d.parseLine(section, line, at, &characters, &phrases)
	})
	if err != nil {
		return err
	}
	if len(characters) == 0 || len(phrases) == 0 || len(d.surnames) == 0 || len(d.given) == 0 {
		return fmt.Errorf("%w: a section is missing", errData)
	}
	d.alias()
	return d.merge(characters, phrases)
}

func (d *Dictionary) parseLine(section, line string, at int, characters, phrases *[]group) error {
	switch section {
	case "characters":
		g, err := d.parseCharacters(line, at)
		*characters = append(*characters, g)
		return err
	case "phrases":
		g, err := d.parsePhrases(line, at)
		*phrases = append(*phrases, g)
		return err
	case "surnames":
		d.surnames = append(d.surnames, d.parseNames(line)...)
		return nil
	case "given":
		d.given = append(d.given, d.parseNames(line)...)
		return nil
	}
	return fmt.Errorf("%w: a line outside every section", errData)
}

func (d *Dictionary) parseCharacters(line string, at int) (group, error) {
	syllable, rest, ok := strings.Cut(line, "\t")
	if !ok || syllable == "" || (len(d.syllables) > 0 && syllable <= d.syllables[len(d.syllables)-1]) {
		return group{}, fmt.Errorf("%w: syllable %q", errData, syllable)
	}
	id := uint16(len(d.syllables))
	d.syllables = append(d.syllables, syllable)
	d.ids[syllable] = id
	d.keys = append(d.keys, id)
	return d.parseEntries(rest, at+len(syllable)+1, 1)
}

func (d *Dictionary) parsePhrases(line string, at int) (group, error) {
	sound, rest, ok := strings.Cut(line, "\t")
	if !ok {
		return group{}, fmt.Errorf("%w: phrase line %q", errData, line)
	}
	length := 0
	for syllable := range strings.SplitSeq(sound, " ") {
		id, ok := d.ids[syllable]
		if !ok {
			return group{}, fmt.Errorf("%w: syllable %q is unknown", errData, syllable)
		}
		d.keys = append(d.keys, id)
		length++
	}
	return d.parseEntries(rest, at+len(sound)+1, length)
}

// parseEntries reads "长115常97|…": texts of a fixed number of characters, each with its weight; "|" begins the next tier.
// The group's syllables are the last ones in d.keys.
func (d *Dictionary) parseEntries(s string, at, characters int) (group, error) {
	g := group{key: uint32(len(d.keys) - characters), length: uint8(characters), from: uint32(len(d.entries))}
	tier := uint8(tierUsual)
	for i := 0; i < len(s); {
		if s[i] == '|' {
			tier++
			i++
			continue
		}
		start := i
		for range characters {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError || r < utf8.RuneSelf {
				return group{}, fmt.Errorf("%w: near %q", errData, s[start:min(start+12, len(s))])
			}
			i += size
		}
		e := entry{offset: uint32(at + start), size: uint8(i - start), tier: tier}
		for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			e.weight = e.weight*10 + s[i] - '0'
		}
		d.entries = append(d.entries, e)
	}
	if tier > tierOther {
		return group{}, fmt.Errorf("%w: too many tiers", errData)
	}
	g.to = uint32(len(d.entries))
	return g, nil
}

// parseNames reads "王wang 欧阳ou'yang".
func (d *Dictionary) parseNames(line string) []named {
	var all []named
	for word := range strings.FieldsSeq(line) {
		letters := strings.IndexFunc(word, func(r rune) bool { return r < utf8.RuneSelf })
		if letters < 1 {
			continue
		}
		n := named{text: word[:letters]}
		for syllable := range strings.SplitSeq(word[letters:], "'") {
			if id, ok := d.ids[syllable]; ok {
				n.syllables = append(n.syllables, id)
			}
		}
		if len(n.syllables) == utf8.RuneCountInString(n.text) {
			all = append(all, n)
		}
	}
	return all
}

// alias adds other spellings: lue for lüe, nue for nüe. Their data stand under v.
func (d *Dictionary) alias() {
	for other, syllable := range map[string]string{"lue": "lve", "nue": "nve"} {
		if id, ok := d.ids[syllable]; ok {
			if _, taken := d.ids[other]; !taken {
				d.ids[other] = id
			}
		}
	}
}

// merge puts characters and phrases in one order: each syllable's characters before the phrases that begin with it.
func (d *Dictionary) merge(characters, phrases []group) error {
	d.groups = make([]group, 0, len(characters)+len(phrases))
	next := 0
	for _, c := range characters {
		d.groups = append(d.groups, c)
		for next < len(phrases) && d.syllable(phrases[next], 0) == d.syllable(c, 0) {
			d.groups = append(d.groups, phrases[next])
			next++
		}
	}
	sorted := sort.SliceIsSorted(d.groups, func(i, j int) bool { return d.less(d.groups[i], d.groups[j]) })
	if next != len(phrases) || !sorted {
		return fmt.Errorf("%w: phrases are out of order", errData)
	}
	return nil
}

func (d *Dictionary) less(a, b group) bool {
	for i := range min(a.length, b.length) {
		if x, y := d.syllable(a, int(i)), d.syllable(b, int(i)); x != y {
			return x < y
		}
	}
	return a.length < b.length
}

func (d *Dictionary) syllable(g group, i int) uint16 { return d.keys[int(g.key)+i] }

func (d *Dictionary) word(e entry) string { return d.text[e.offset : e.offset+uint32(e.size)] }

// Readings returns a character's readings without tones ("lv" for lü), the
// most usual first; none for what is no Chinese character.
func (d *Dictionary) Readings(r rune) []string {
	d.readOnce.Do(d.indexReadings)
	i := sort.Search(len(d.readings), func(i int) bool { return d.readings[i].character >= r })
	var all []string
	for ; i < len(d.readings) && d.readings[i].character == r; i++ {
		all = append(all, d.syllables[d.readings[i].syllable])
	}
	return all
}

func (d *Dictionary) indexReadings() {
	for _, g := range d.groups {
		if g.length != 1 {
			continue
		}
		for _, e := range d.entries[g.from:g.to] {
			r, _ := utf8.DecodeRuneInString(d.word(e))
			d.readings = append(d.readings, reading{r, d.syllable(g, 0), 255 - uint16(e.weight)})
		}
	}
	sort.SliceStable(d.readings, func(i, j int) bool {
		a, b := d.readings[i], d.readings[j]
		if a.character != b.character {
			return a.character < b.character
		}
		return a.rank < b.rank
	})
}
