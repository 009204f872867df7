// Package condition says how a terminal's devices are to programs that do not hold them: the one that does publishes
// what they last said, the others read it. It must not open a device, nor hold anything about people.
package condition

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/packaging/settings"
)

// File is the name of what is published in the data folder.
const File = "devices.json"

// Fresh is how old a publication may be; its publisher says it anew three times in that time.
const Fresh = 90 * time.Second

const (
	look = 2 * time.Second
	anew = 30 * time.Second
)

// Published is what the program that holds the devices says of them.
type Published struct {
	Program string           `json:"program"` // "kiosk" or "agent", with its version
	Process int              `json:"process"`
	At      time.Time        `json:"at"`
	Devices []drivers.Status `json:"devices"`
}

// Publish writes the statuses into the data folder, at each change and now and then, until ctx ends; then it takes
// them away, because nobody holds the devices any more.
func Publish(ctx context.Context, data, program string, statuses func() []drivers.Status, log *slog.Logger) {
	path := filepath.Join(data, File)
	var last []drivers.Status
	var at time.Time
	failed := false
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		now := statuses()
		if !same(now, last) || time.Since(at) >= anew {
			err := write(path, Published{Program: program, Process: os.Getpid(), At: time.Now(), Devices: now})
			if err != nil && !failed {
				log.Warn("the devices' state is not published", "error", err)
			}
			failed = err != nil
			last, at = now, time.Now()
		}
		select {
		case <-ctx.Done():
			_ = os.Remove(path) // a stale one is not believed
			return
		case <-tick.C:
		}
	}
}

// same compares without the time of the last look.
func same(a, b []drivers.Status) bool {
	return slices.EqualFunc(a, b, func(x, y drivers.Status) bool {
		x.At = y.At
		return x == y
	})
}

// write replaces the file at once; it needs no sync, for after a power cut nobody believes it.
func write(path string, p Published) error {
	content, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write %s: %w", File, err)
	}
	temporary := path + ".new"
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", File, err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return fmt.Errorf("write %s: %w", File, err)
	}
	return nil
}

// Read gives what is published; false when nobody holds the devices, or nothing was heard of them for too long.
func Read(data string, now time.Time) (Published, bool, error) {
	content, err := os.ReadFile(filepath.Join(data, File)) // #nosec G304 -- the terminal's own folder
	if errors.Is(err, fs.ErrNotExist) {
		return Published{}, false, nil
	}
	if err != nil {
		return Published{}, false, fmt.Errorf("read %s: %w", File, err)
	}
	var p Published
	if err := json.Unmarshal(content, &p); err != nil {
		return Published{}, false, fmt.Errorf("read %s: %w", File, err)
	}
	age := now.Sub(p.At)
	return p, age > -Fresh && age <= Fresh, nil
}

// Devices names the devices of the configuration file for the device manager.
func Devices(d settings.Devices) point.Config {
	var c point.Config
	if d.Reader != nil {
		c.Reader = &point.Reader{Link: d.Reader.Link, Baud: d.Reader.Baud}
	}
	if d.Printer != nil {
		c.Printer = &point.Printer{Link: d.Printer.Link, Baud: d.Printer.Baud, Paper: d.Printer.Paper, RasterQR: d.Printer.Raster}
	}
	if d.Document != nil {
		c.Document = &point.Document{Link: d.Document.Link}
	}
	if d.Scanner != nil {
		c.Scanner = &point.Scanner{SANE: d.Scanner.SANE, DPI: d.Scanner.DPI}
	}
	if d.Button != nil {
		c.Button = &point.Button{Link: d.Button.Link, Baud: d.Button.Baud}
	}
	return c
}
