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
	"github.com/santhosh-tekuri/jsonschema/v6"

	"bianmin/drivers"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/hid"
)

// Links of packs.
const (
	LinkUSB   = "usb"   // bulk pipes
	LinkHID   = "hid"   // reports
	LinkQueue = "queue" // only through a queue of the system
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
}

// Match is one way to know the device; one of the fields is set.
type Match struct {
	USB      string `json:"usb,omitempty"`      // ids, "0400:c35a"
	Command  string `json:"command,omitempty"`  // a language that a printer names in its IEEE 1284 id
	Protocol byte   `json:"protocol,omitempty"` // of an interface of the printer class
	Usage    string `json:"usage,omitempty"`    // a usage page of a HID report descriptor, hexadecimal
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
		names, err := fs.Glob(folder, "*.yaml")
		if err != nil {
			return nil, fmt.Errorf("read device packs: %w", err)
		}
		for _, name := range names {
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

// Has tells whether it has a quirk.
func (p Pack) Has(quirk string) bool { return slices.Contains(p.Quirks, quirk) }

// Can tells whether it can do something.
func (p Pack) Can(capability string) bool { return slices.Contains(p.Capabilities, capability) }

// OfUSB finds the pack of a USB device: its ids count before what it says, that before its interface's protocol. nil when none fits.
func (all Packs) OfUSB(d bus.Device) *Pack {
	ids := fmt.Sprintf("%04x:%04x", d.Vendor, d.Product)
	return all.best(func(m Match) int {
		for _, i := range d.Interfaces {
			switch {
			case m.USB == ids:
				return 3
			case i.Class != bus.PrinterClass:
			case m.Command != "" && bus.ParseID(i.DeviceID).Understands(m.Command):
				return 2
			case m.Protocol != 0 && m.Protocol == i.Protocol:
				return 1
			}
		}
		return 0
	}, LinkUSB, LinkQueue)
}

// OfHID finds the pack of a HID device: its ids count before its usage page. nil when none fits.
func (all Packs) OfHID(n hid.Node) *Pack {
	ids := fmt.Sprintf("%04x:%04x", n.Vendor, n.Product)
	return all.best(func(m Match) int {
		switch {
		case m.USB == ids && !hid.Names(n.Descriptor, hid.PageKeyboard):
			return 2
		case m.Usage != "" && hid.Names(n.Descriptor, page(m.Usage)):
			return 1
		}
		return 0
	}, LinkHID)
}

// page reads a usage page, which the schema has checked.
func page(text string) (number uint16) {
	_, _ = fmt.Sscanf(text, "%x", &number)
	return number
}

func (all Packs) best(rank func(Match) int, links ...string) (found *Pack) {
	most := 0
	for i := range all {
		if !slices.Contains(links, all[i].Link) {
			continue
		}
		for _, m := range all[i].Match {
			if r := rank(m); r > most {
				most, found = r, &all[i]
			}
		}
	}
	return found
}
