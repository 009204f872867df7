// Package pack reads device packs: data that say what a model of device is, how
// it is talked to and what it cannot do, so that a new model of a known protocol
// needs no code. It opens nothing; a pack never says which bytes are sent.
package pack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"bianmin/drivers"
)

// Links of packs.
const (
	LinkUSB    = "usb"    // bulk pipes
	LinkHID    = "hid"    // reports
	LinkInput  = "evdev"  // it plays keyboard
	LinkSerial = "serial" // a serial line: an adapter of its own, or CDC
	LinkQueue  = "queue"  // only through a queue of the system
	LinkVideo  = "video"  // a camera's pictures
)

// Quirks of receipt printers.
const (
	RasterQR = "raster-qr" // lacks the QR command
	NoCutter = "no-cutter" // has a tear bar
)

// Pack is one model of device, or several that are alike.
type Pack struct {
	ID           string       `json:"id"`
	Name         Name         `json:"name"`
	Role         drivers.Role `json:"role"`
	Match        []Match      `json:"match"`
	Link         string       `json:"link"`
	Settings     Settings     `json:"settings"`
	Quirks       []string     `json:"quirks,omitempty"`
	Capabilities []string     `json:"capabilities"`
}

// Name is what people call it.
type Name struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Settings are those of the terminal's configuration that such a device needs.
type Settings struct {
	Paper int `json:"paper,omitempty"` // mm, of a receipt printer
	Baud  int `json:"baud,omitempty"`  // of a serial line
}

// Match is one way to know the device; one of the fields is set.
type Match struct {
	USB      string `json:"usb,omitempty"`      // ids, "0400:c35a"
	Vendor   string `json:"vendor,omitempty"`   // of one that plays keyboard: its maker makes nothing else under this number
	Command  string `json:"command,omitempty"`  // a language that a printer names in its IEEE 1284 id
	Protocol byte   `json:"protocol,omitempty"` // of an interface of the printer class
	Usage    string `json:"usage,omitempty"`    // a usage page of a HID report descriptor, hexadecimal
	Class    string `json:"class,omitempty"`    // "0e": anything that the system has as a camera on USB
}

// Packs are packs by their order: of several that fit equally well the first counts.
type Packs []Pack

// schemaName is the file that says what a pack is.
const schemaName = "schema.json"

// Wrong is a file that is no pack.
type Wrong struct {
	File string
	Err  error
}

func (w *Wrong) Error() string { return "device pack " + w.File + ": " + w.Err.Error() }

// Unwrap gives what is wrong with it.
func (w *Wrong) Unwrap() error { return w.Err }

// Files are the files that an error of Read is about; none when it is about all of them.
func Files(err error) (files []string) {
	joined, ok := err.(interface{ Unwrap() []error }) //nolint:errorlint // what Read joined, not what lies deeper
	if !ok {
		return nil
	}
	for _, each := range joined.Unwrap() {
		var wrong *Wrong
		if errors.As(each, &wrong) {
			files = append(files, wrong.File)
		}
	}
	return files
}

// Read reads the packs of several folders (*.yaml), the first folder's first; schema holds schema.json. A pack that is no pack is an
// error beside the others: it names the file.
func Read(schema fs.FS, folders ...fs.FS) (Packs, error) {
	rules, err := compile(schema)
	if err != nil {
		return nil, err
	}
	var all Packs
	var wrong []error
	for _, folder := range folders {
		entries, err := fs.ReadDir(folder, ".")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			wrong = append(wrong, fmt.Errorf("read device packs: %w", err))
		}
		for _, entry := range entries {
			name := entry.Name()
			if path.Ext(name) != ".yaml" {
				continue
			}
			p, err := readFile(rules, folder, name)
			if err == nil && slices.ContainsFunc(all, func(o Pack) bool { return o.ID == p.ID }) {
				continue // the folder before counts
			}
			if err != nil {
				wrong = append(wrong, &Wrong{File: name, Err: err})
				continue
			}
			all = append(all, p)
		}
	}
	return all, errors.Join(wrong...)
}

func compile(folder fs.FS) (*jsonschema.Schema, error) {
	content, err := fs.ReadFile(folder, schemaName)
	if err != nil {
		return nil, fmt.Errorf("read the device packs' schema: %w", err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("read the device packs' schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schemaName, document); err != nil {
		return nil, fmt.Errorf("read the device packs' schema: %w", err)
	}
	rules, err := compiler.Compile(schemaName)
	if err != nil {
		return nil, fmt.Errorf("read the device packs' schema: %w", err)
	}
	return rules, nil
}

// largest is more than any pack.
const largest = 64 << 10

func readFile(rules *jsonschema.Schema, folder fs.FS, name string) (Pack, error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return Pack{}, err
	}
	if !info.Mode().IsRegular() { // reading a pipe would not end
		return Pack{}, errors.New("not a file")
	}
	if info.Size() > largest {
		return Pack{}, fmt.Errorf("longer than %d bytes", largest)
	}
	content, err := fs.ReadFile(folder, name)
	if err != nil {
		return Pack{}, err
	}
	p, err := parse(rules, content)
	if err != nil {
		return Pack{}, err
	}
	if p.ID != strings.TrimSuffix(path.Base(name), ".yaml") {
		return Pack{}, fmt.Errorf("its id %q is not the file's name", p.ID)
	}
	return p, nil
}

func parse(rules *jsonschema.Schema, content []byte) (Pack, error) {
	if err := plainly(content); err != nil {
		return Pack{}, err
	}
	plain, err := yaml.YAMLToJSON(content)
	if err != nil {
		return Pack{}, fmt.Errorf("no YAML: %s", strings.Join(strings.Fields(err.Error()), " "))
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		return Pack{}, err
	}
	if err := rules.Validate(document); err != nil {
		return Pack{}, errors.New(strings.Join(strings.Fields(err.Error()), " "))
	}
	var p Pack
	if err := json.Unmarshal(plain, &p); err != nil {
		return Pack{}, err
	}
	return p, nil
}

// deepest is deeper than any pack is nested in brackets, farthest further to the right than any line begins.
const (
	deepest  = 8
	farthest = 64
)

// plainly refuses what a pack has no need of and a parser suffers from: names that stand for other parts, and parts in parts in parts.
func plainly(content []byte) error {
	for line := range bytes.Lines(content) {
		if begins := bytes.TrimLeft(line, " -?"); len(line)-len(begins) > farthest {
			return errors.New("nested too deeply")
		}
	}
	depth := 0
	for _, t := range lexer.Tokenize(string(content)) {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return errors.New("anchors and aliases have no place in a device pack")
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		if depth > deepest {
			return errors.New("nested too deeply")
		}
	}
	return nil
}

// Has tells whether it has a quirk.
func (p Pack) Has(quirk string) bool { return slices.Contains(p.Quirks, quirk) }

// Can tells whether it can do something.
func (p Pack) Can(capability string) bool { return slices.Contains(p.Capabilities, capability) }
