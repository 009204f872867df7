package commission

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"bianmin/drivers"
	"bianmin/drivers/ipp"
	"bianmin/drivers/point"
	"bianmin/drivers/scan"
	"bianmin/packaging/settings"
	"bianmin/sync/seal"
)

// configuration is terminal.yaml while it is being made: what stands there, and what the answers say on top.
type configuration struct {
	path    string
	before  []byte
	content map[string]any
}

// openConfiguration reads what stands there and lays the answers over it.
func openConfiguration(path, data string, answers map[string]any) (*configuration, error) {
	c := &configuration{path: path, content: map[string]any{}}
	before, err := os.ReadFile(path) // #nosec G304 -- the terminal's configuration
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	c.before = before
	if len(before) > 0 {
		if err := yaml.Unmarshal(before, &c.content); err != nil {
			return nil, fmt.Errorf("configuration %s cannot be read; mend it or move it away", path)
		}
	}
	maps.Copy(c.content, answers)
	if c.content["data"] == nil {
		c.content["data"] = data
	}
	return c, nil
}

// read gives what a text of configuration says, by the rules of the programs that will read it.
func (c *configuration) read() (s settings.Settings, err error) {
	text, err := c.text()
	if err != nil {
		return s, err
	}
	if err := os.MkdirAll(filepath.Dir(c.path), 0o750); err != nil {
		return s, fmt.Errorf("make the folder of the configuration: %w", err)
	}
	trial := filepath.Join(filepath.Dir(c.path), ".terminal.yaml.trial")
	if err := os.WriteFile(trial, text, 0o600); err != nil {
		return s, fmt.Errorf("try the configuration: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(trial)) }()
	return settings.Read(trial)
}

func (c *configuration) text() ([]byte, error) {
	text, err := yaml.MarshalWithOptions(c.content, yaml.Indent(2))
	if err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	return append([]byte("# Written by provision setup; the technician's page says what each line means.\n"), text...), nil
}

// write puts the file in its place at once, with the folder's group, so that the terminal's user may read it.
func (c *configuration) write() error {
	text, err := c.text()
	if err != nil || bytes.Equal(text, c.before) {
		return err
	}
	if err := seal.WriteFile(c.path+".new", text); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Dir(c.path))
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(c.path+".new", 0, groupOf(info)); err != nil {
			return fmt.Errorf("write the configuration: %w", err)
		}
	}
	if err := os.Chmod(c.path+".new", 0o640); err != nil { // #nosec G302 -- for the terminal's group; no secret stands in it
		return fmt.Errorf("write the configuration: %w", err)
	}
	if err := os.Rename(c.path+".new", c.path); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return seal.SyncFolder(filepath.Dir(c.path))
}

// devices is the part of the configuration about devices, made when there is none.
func (c *configuration) devices() map[string]any {
	d, ok := c.content["devices"].(map[string]any)
	if !ok {
		d = map[string]any{}
	} else {
		d = maps.Clone(d)
	}
	c.content["devices"] = d
	return d
}

// suit says what each role needs and nobody has said: a kiosk's window leaves nothing beside it, a desk's is a PC's.
func (c *configuration) suit(kiosk bool, root string) {
	if c.content["screen"] == nil {
		c.content["screen"] = map[string]any{"fullscreen": true}
		if !kiosk {
			c.content["screen"] = map[string]any{"width": 1366, "height": 768}
		}
	}
	if !kiosk && c.content["exports"] == nil {
		c.content["exports"] = filepath.Join(root, exports)
	}
	if c.content["catalogue"] == nil {
		if _, err := os.Stat(filepath.Join(root, carried, "catalogue.json")); err == nil {
			c.content["catalogue"] = filepath.Join(root, carried)
		}
	}
}

// carried is where an offline bundle lays the catalogue it carries.
const carried = "/etc/bianmin/catalogue"

// exports is the folder of the package that agents may read.
const exports = "/var/lib/bianmin-exports"

// Finding is a device that was found, or named before.
type Finding struct {
	Role   drivers.Role
	Name   string // link, or SANE's name
	Model  string
	Serial string
	Given  bool // named in the configuration or the answers
	Second bool // there is one of this role already
}

// find looks for what the configuration does not name, and puts it there.
func (c *configuration) find(ctx context.Context, o Options, s settings.Settings) []Finding {
	all := given(s.Devices)
	taken := func(name string) bool {
		return slices.ContainsFunc(all, func(f Finding) bool { return f.Name == name })
	}
	var links []string
	for _, path := range ports(o.Root) {
		if name := "serial:" + path; !taken(name) {
			links = append(links, name)
		}
	}
	devices := c.devices()
	for _, f := range point.Find(ctx, links, o.Now) {
		if f.Role == "" {
			continue
		}
		finding := Finding{Role: f.Role, Name: f.Link, Model: f.Status.Model, Serial: f.Status.Serial, Second: devices[string(f.Role)] != nil}
		if !finding.Second {
			devices[string(f.Role)] = map[string]any{"link": f.Link, "baud": f.Baud}
		}
		all = append(all, finding)
	}
	if s.Devices.Document == nil {
		for i, f := range pagePrinters(ctx, o) {
			if i == 0 {
				devices["document"] = map[string]any{"link": f.Link}
			}
			all = append(all, Finding{Role: drivers.RoleDocument, Name: f.Link, Model: modelOf(f), Second: i > 0})
		}
	}
	if s.Devices.Scanner == nil && o.Root == "/" {
		names, err := scan.List(ctx, scan.Options{})
		for i, name := range names {
			if err == nil && i == 0 {
				devices["scanner"] = map[string]any{"sane": name}
			}
			all = append(all, Finding{Role: drivers.RoleScanner, Name: name, Second: i > 0})
		}
	}
	return all
}

// pagePrinters are the A4 printers that answer, the one to propose first: the print server's default queue, one that works
// before one that does not, a queue before a printer without one.
func pagePrinters(ctx context.Context, o Options) []ipp.Found {
	server, addresses := o.PrintServer, o.Printers
	if server == "" && len(addresses) == 0 && o.Root == "/" {
		server, addresses = ipp.Here()
	}
	limits := ipp.Options{Now: o.Now, Answer: pageAnswer}
	var found []ipp.Found
	if server != "" {
		queues, err := ipp.Queues(ctx, server, limits)
		if err != nil && drivers.FaultOf(err) != drivers.FaultUnplugged { // no print server is no trouble
			o.Log.Warn("the print server does not say its queues", "error", err)
		}
		found = queues
	}
	found = append(found, ipp.Printers(ctx, addresses, limits)...)
	slices.SortStableFunc(found, func(a, b ipp.Found) int { return cmp.Compare(rank(a), rank(b)) })
	return found
}

// pageAnswer is how long an A4 printer may take to say how it is.
const pageAnswer = 3 * time.Second

func rank(f ipp.Found) int {
	switch {
	case f.Default:
		return 0
	case f.Status.Fault == drivers.FaultNone:
		return 1
	}
	return 2
}

// modelOf says what a printer is, with its queue's name.
func modelOf(f ipp.Found) string {
	if f.Name == "" || f.Status.Model == "" {
		return cmp.Or(f.Status.Model, f.Name)
	}
	return f.Status.Model + " (" + f.Name + ")"
}

func given(d settings.Devices) (all []Finding) {
	add := func(role drivers.Role, name string) { all = append(all, Finding{Role: role, Name: name, Given: true}) }
	if d.Reader != nil {
		add(drivers.RoleReader, d.Reader.Link)
	}
	if d.Printer != nil {
		add(drivers.RolePrinter, d.Printer.Link)
	}
	if d.Document != nil {
		add(drivers.RoleDocument, d.Document.Link)
	}
	if d.Scanner != nil {
		add(drivers.RoleScanner, d.Scanner.SANE)
	}
	if d.Button != nil {
		add(drivers.RoleButton, d.Button.Link)
	}
	return all
}

// ports are the serial ports by the most lasting name that the system has for them.
func ports(root string) []string {
	for _, pattern := range []string{"dev/serial/by-id/*", "dev/bianmin/*", "dev/ttyUSB*", "dev/ttyACM*"} {
		if found, err := filepath.Glob(filepath.Join(root, pattern)); err == nil && len(found) > 0 {
			return found
		}
	}
	return nil
}
