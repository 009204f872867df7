// Package sim holds what simulated devices share: synthetic cards of invented
// people. Nothing in it or below it may be linked into a shipped program.
package sim

import (
	"embed"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/goccy/go-yaml"
)

//go:embed testdata/cards/*.yaml
var cards embed.FS

// Card is a synthetic card as its file tells it. All people are invented; the
// division codes 99 and 69 of their numbers are given to no province.
type Card struct {
	File    string `yaml:"-"`       // name of its file without folder and ending
	Kind    string `yaml:"kind"`    // type character: "" resident, J, I, Y
	Name    string `yaml:"name"`    // Chinese name
	Latin   string `yaml:"latin"`   // name in Latin letters, on cards of foreigners
	Sex     string `yaml:"sex"`     // GB/T 2261.1
	Nation  string `yaml:"nation"`  // GB/T 3304
	Country string `yaml:"country"` // ISO 3166 alpha-3, on cards of foreigners
	Birth   string `yaml:"birth"`   // YYYYMMDD
	Address string `yaml:"address"` //
	Number  string `yaml:"number"`  //
	Issuer  string `yaml:"issuer"`  //
	From    string `yaml:"from"`    // YYYYMMDD
	To      string `yaml:"to"`      // YYYYMMDD or 长期
	PassNo  string `yaml:"passNo"`  // on residence permits of Hong Kong, Macao and Taiwan residents
	Moved   string `yaml:"moved"`   // newest address, "" for none
	About   string `yaml:"about"`   // what the card is for in tests
	NoPhoto bool   `yaml:"noPhoto"` // the photo is blank
}

// Cards are the built-in cards in the order of their numbers, from 1.
func Cards() ([]Card, error) {
	names, err := fs.Glob(cards, "testdata/cards/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list cards: %w", err)
	}
	all := make([]Card, 0, len(names))
	for _, name := range names {
		content, err := cards.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read card: %w", err)
		}
		card, err := parse(name, content)
		if err != nil {
			return nil, err
		}
		all = append(all, card)
	}
	return all, nil
}

// LoadCard finds a card by its number ("3"), by the name of a built-in file, or reads the YAML or JSON file at a path.
func LoadCard(which string) (Card, error) {
	all, err := Cards()
	if err != nil {
		return Card{}, err
	}
	if n, err := strconv.Atoi(which); err == nil {
		if n < 1 || n > len(all) {
			return Card{}, fmt.Errorf("there is no card %d, there are %d", n, len(all))
		}
		return all[n-1], nil
	}
	for _, card := range all {
		if card.File == which {
			return card, nil
		}
	}
	content, err := os.ReadFile(which)
	if err != nil {
		return Card{}, fmt.Errorf("read card: %w", err)
	}
	return parse(which, content)
}

func parse(name string, content []byte) (Card, error) {
	var card Card
	if err := yaml.UnmarshalWithOptions(content, &card, yaml.DisallowUnknownField()); err != nil {
		return Card{}, fmt.Errorf("card %s: %w", name, err)
	}
	card.File = strings.TrimSuffix(strings.TrimSuffix(path.Base(name), ".yaml"), ".json")
	if _, err := card.Block(); err != nil {
		return Card{}, fmt.Errorf("card %s: %w", name, err)
	}
	return card, nil
}

// field is a place in the text block, in bytes.
type field struct {
	text           string
	offset, length int
}

func (c Card) fields() []field {
	common := []field{{c.Number, 122, 36}, {c.From, 188, 16}, {c.To, 204, 16}, {c.Kind, 248, 2}}
	switch c.Kind {
	case "I":
		return append(common, field{c.Latin, 0, 120}, field{c.Sex, 120, 2}, field{c.Country, 152, 6}, field{c.Name, 158, 30},
			field{c.Birth, 220, 16}, field{"01", 236, 4}, field{"1500", 240, 8})
	case "Y":
		head, tail := c.Latin, ""
		if len(head) > 35 {
			head, tail = head[:35], head[35:]
		}
		return append(common, field{c.Name, 0, 30}, field{c.Sex, 30, 2}, field{"00", 32, 4}, field{c.Birth, 36, 16}, field{head, 52, 70},
			field{tail, 220, 22}, field{c.Country, 242, 6})
	}
	all := append(common, field{c.Name, 0, 30}, field{c.Sex, 30, 2}, field{c.Nation, 32, 4}, field{c.Birth, 36, 16},
		field{c.Address, 52, 70}, field{c.Issuer, 158, 30})
	if c.Kind == "J" {
		all = append(all, field{c.PassNo, 220, 18}, field{"01", 238, 4})
	}
	return all
}

// Block is the card's text block, 256 bytes of UTF-16LE. It fails when a text is too long for its field.
func (c Card) Block() ([256]byte, error) {
	var block [256]byte
	for i := range block {
		if i%2 == 0 {
			block[i] = ' '
		}
	}
	for _, f := range c.fields() {
		if err := put(block[f.offset:f.offset+f.length], f.text); err != nil {
			return block, err
		}
	}
	return block, nil
}

// MovedBlock is the answer to "read newest address", 70 bytes; nil for none.
func (c Card) MovedBlock() []byte {
	if c.Moved == "" {
		return nil
	}
	block := []byte(strings.Repeat(" \x00", 35))
	if put(block, c.Moved) != nil {
		return nil
	}
	return block
}

// Photo is 1024 bytes that begin like a photo and go on with noise, the same for the same card.
func (c Card) Photo() []byte {
	photo := make([]byte, 1024)
	if c.NoPhoto {
		return photo
	}
	seed := uint64(14695981039346656037)
	for _, b := range []byte(c.Number) {
		seed = (seed ^ uint64(b)) * 1099511628211
	}
	random := rand.New(rand.NewPCG(seed, 1))
	for i := range photo {
		photo[i] = byte(random.Uint32())
	}
	copy(photo, "WLf\x00~\x002\x00\x00\xFF\x85")
	return photo
}

func put(place []byte, text string) error {
	units := utf16.Encode([]rune(text))
	if len(units)*2 > len(place) {
		return fmt.Errorf("a text of %d characters does not fit its field of %d", len(units), len(place)/2)
	}
	for i, u := range units {
		place[2*i], place[2*i+1] = byte(u), byte(u>>8)
	}
	return nil
}
