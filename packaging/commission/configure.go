package commission

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/goccy/go-yaml"

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
	defer func() { // also what found no room
		if gone := os.Remove(trial); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}()
	if err := os.WriteFile(trial, text, 0o600); err != nil {
		return s, fmt.Errorf("try the configuration: %w", err)
	}
	return settings.Read(trial)
}

// text is what the file shall say: what stands there with its comments and order, changed only where it must be.
func (c *configuration) text() ([]byte, error) {
	head := "# Written by provision setup; the technician's page says what each line means.\n"
	if len(c.before) > 0 {
		text, err := settings.Merge(c.before, c.content)
		if !errors.Is(err, settings.ErrByHand) {
			return text, err
		}
		head += "# What stood here before could not be changed line by line; it is kept in " + filepath.Base(c.path) + kept + ".\n"
	}
	text, err := yaml.MarshalWithOptions(c.content, yaml.Indent(2))
	if err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	return append([]byte(head), text...), nil
}

// kept ends the name of a file that was written whole anew.
const kept = ".before"

// keep lays the former file beside the new one when its comments do not come along.
func (c *configuration) keep() error {
	if len(c.before) == 0 {
		return nil
	}
	if _, err := settings.Merge(c.before, c.content); !errors.Is(err, settings.ErrByHand) {
		return err
	}
	return seal.WriteFile(c.path+kept, c.before)
}

// write puts the file in its place at once, with the folder's group, so that the terminal's user may read it.
func (c *configuration) write() error {
	text, err := c.text()
	if err != nil || bytes.Equal(text, c.before) {
		return err
	}
	if err := c.keep(); err != nil {
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

// button puts a push button there that the answers name, or takes one away.
func (c *configuration) button(said string) {
	switch said {
	case "":
	case noButton:
		delete(c.devices(), "button")
	default:
		c.devices()["button"] = map[string]any{"link": said}
	}
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
