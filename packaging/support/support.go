// Package support makes the bundle that a terminal's technician sends to the help desk: configuration, versions,
// readiness, devices, counts and the services' log lines. What goes in is named one by one; text that somebody could
// have written is scrubbed, and no key, case, page, export or database ever goes in.
package support

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bianmin/packaging/readiness"
	"bianmin/packaging/settings"
	"bianmin/packaging/update/trial"
	"bianmin/packaging/version"
	"bianmin/store"
	"bianmin/sync/reported"
	"bianmin/sync/seal"
)

// Options of a bundle. Settings and Now are required.
type Options struct {
	Settings settings.Settings
	Now      func() time.Time
	// Journal gives the services' log as journalctl's JSON lines; nil where there is none.
	Journal io.Reader
	// NoJournal is why the log that is there could not be read; nil when it could.
	NoJournal error
	// Report is a look taken just now; nil leaves it out.
	Report *readiness.Report
}

const mostLog = 20_000 // lines

// Missing is a part, or something of it, that could not be read.
type Missing struct {
	Part string `json:"part"`
	Why  string `json:"why"` // scrubbed
}

// Write writes the bundle as a compressed archive. What could not be read stands in its missing.json, and is returned.
func Write(ctx context.Context, out io.Writer, o Options) (missing []Missing, err error) {
	packed := gzip.NewWriter(out)
	archive := tar.NewWriter(packed)
	defer func() { err = errors.Join(err, archive.Close(), packed.Close()) }()
	for _, part := range []struct {
		name string
		make func(ctx context.Context, o Options) (any, error) // both: what there is, and what is missing of it
	}{
		{"about.json", about},
		{"configuration.json", configuration},
		{"devices.json", devices},
		{"readiness.json", history},
		{"selftests.json", selftests},
		{"queue.json", queue},
		{"files.json", files},
		{"journal.txt", journal},
		{"missing.json", func(context.Context, Options) (any, error) { return append([]Missing{}, missing...), nil }},
	} {
		made, err := part.make(ctx, o)
		if err != nil { // the rest is worth sending all the same
			missing = append(missing, Missing{part.name, scrub(err.Error())})
			if made == nil {
				made = map[string]string{"missing": scrub(err.Error())}
			}
		}
		content, isText := made.([]byte)
		if !isText {
			if content, err = json.MarshalIndent(made, "", "  "); err != nil {
				return missing, fmt.Errorf("write %s: %w", part.name, err)
			}
		}
		header := &tar.Header{Name: "bianmin-support/" + part.name, Mode: 0o600, Size: int64(len(content)), ModTime: o.Now().Truncate(time.Second)}
		if err := archive.WriteHeader(header); err != nil {
			return missing, fmt.Errorf("write %s: %w", part.name, err)
		}
		if _, err := archive.Write(content); err != nil {
			return missing, fmt.Errorf("write %s: %w", part.name, err)
		}
	}
	return missing, nil
}

func about(_ context.Context, o Options) (made any, lacks error) {
	a := map[string]string{"version": version.Version, "made": o.Now().UTC().Format(time.RFC3339)}
	if identity, err := seal.LoadIdentity(filepath.Join(o.Settings.Data, "keys")); err == nil {
		a["terminal"], a["role"], a["environment"] = identity.Number+identity.Generation, identity.Role, identity.Environment
		a["region"], a["certificateEnds"] = identity.Region, identity.Ends().UTC().Format(time.RFC3339)
	} else {
		a["enrolment"] = "none or damaged"
		if !errors.Is(err, seal.ErrNotEnrolled) {
			lacks = fmt.Errorf("enrolment: %w", err)
		}
	}
	for name, path := range map[string]string{"kernel": "/proc/sys/kernel/osrelease", "uptime": "/proc/uptime", "load": "/proc/loadavg"} {
		if content, err := os.ReadFile(path); err == nil { // #nosec G304 -- fixed names
			a[name] = scrub(string(bytes.TrimSpace(content)))
		}
	}
	return a, lacks
}

// configuration is what the file says, without what people wrote in their own words.
func configuration(_ context.Context, o Options) (any, error) {
	s := o.Settings
	c := map[string]any{
		"log": scrub(s.Log), "screen": s.Screen, "session": s.Session, "ownCatalogue": s.Catalogue != "", "ownPlatform": s.Platform != "", "mirror": s.Update.Mirror != "", "hours": scrub(s.Update.Hours),
	}
	from := map[string]settings.From{}
	for _, v := range s.Ruled.Values {
		from[v.Key] = v.From
	}
	c["ruled"] = map[string]any{"number": s.Ruled.Number, "refused": s.Ruled.Refused.Number, "broken": s.Ruled.Problem != nil, "from": from}
	d := map[string]any{}
	if x := s.Devices.Reader; x != nil {
		d["reader"] = map[string]any{"link": link(x.Link), "baud": x.Baud}
	}
	if x := s.Devices.Printer; x != nil {
		d["printer"] = map[string]any{"link": link(x.Link), "baud": x.Baud, "paper": x.Paper, "raster": x.Raster}
	}
	if x := s.Devices.Scanner; x != nil {
		d["scanner"] = map[string]any{"link": link(x.Link), "sane": link(x.SANE), "dpi": x.DPI, "certificate": x.Certificate}
	}
	if x := s.Devices.Button; x != nil {
		d["button"] = map[string]any{"link": link(x.Link), "baud": x.Baud}
	}
	if x := s.Devices.Social; x != nil {
		d["social"] = map[string]any{"link": link(x.Link)}
	}
	if x := s.Devices.Code; x != nil {
		d["code"] = map[string]any{"link": link(x.Link), "baud": x.Baud}
	}
	if x := s.Devices.Document; x != nil {
		d["document"] = map[string]any{"link": link(x.Link)}
	}
	c["devices"] = d
	return c, nil
}

// device is how a device is; its maker's words are scrubbed, its serial number is the machine's.
type device struct {
	Role, Condition, Paper, Fault, Model string
	At                                   time.Time
}

func devices(_ context.Context, o Options) (any, error) {
	told, err := reported.Load(o.Settings.Data)
	if err != nil {
		return nil, err
	}
	all := []device{}
	for _, s := range told.Devices {
		all = append(all, device{scrub(string(s.Role)), scrub(string(s.Condition)), scrub(string(s.Paper)), scrub(string(s.Fault)), scrub(s.Model), s.At})
	}
	return map[string]any{"live": told.Live(o.Now()), "at": told.At, "devices": all}, nil
}

// finding is a check without its words, in which a point is named.
type finding struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Code  string `json:"code"`
}

type looked struct {
	Taken   time.Time `json:"taken"`
	Version string    `json:"version"`
	State   string    `json:"state"`
	Checks  []finding `json:"checks"`
}

func history(_ context.Context, o Options) (any, error) {
	reports, err := readiness.History(o.Settings.Data)
	if err != nil {
		return nil, err
	}
	if o.Report != nil {
		reports = append(reports, *o.Report)
	}
	all := []looked{}
	for _, r := range reports {
		l := looked{Taken: r.Taken, Version: scrub(r.Version), State: scrub(string(r.State)), Checks: []finding{}}
		for _, c := range r.Checks {
			l.Checks = append(l.Checks, finding{scrub(c.ID), scrub(string(c.State)), scrub(c.Code)})
		}
		all = append(all, l)
	}
	return all, nil
}

func queue(ctx context.Context, o Options) (any, error) {
	if _, err := os.Stat(filepath.Join(o.Settings.Data, "bianmin.db")); errors.Is(err, fs.ErrNotExist) {
		return map[string]string{"records": "none"}, nil
	}
	release, err := trial.Enter(ctx, o.Settings.Update.State, o.Settings.Data, 5*time.Second)
	if errors.Is(err, trial.ErrOn) || errors.Is(err, trial.ErrAtWork) {
		return map[string]string{"records": "a version is on trial"}, nil
	}
	if err != nil {
		return map[string]string{"records": "closed"}, fmt.Errorf("records: %w", err)
	}
	defer func() { _ = release() }()
	opened, err := store.Open(ctx, store.Options{Folder: o.Settings.Data, Clock: store.SystemClock, Check: store.CheckNone})
	if err != nil {
		return map[string]string{"records": string(store.Code(err))}, fmt.Errorf("records: %s", store.Code(err))
	}
	defer func() { _ = opened.Close() }()
	counts, err := opened.Counts(ctx)
	if err != nil {
		return nil, err
	}
	online, err := opened.Link(ctx)
	if err != nil {
		return nil, err
	}
	return map[string]any{"waiting": counts.Waiting, "refused": counts.Refused, "oldest": counts.Oldest, "online": online.Online, "lastContact": online.LastContact}, nil
}

// known are the folders and files of a data folder by name; everything else is only counted.
var known = map[string]bool{
	"bianmin.db": true, "bianmin.db-wal": true, "bianmin.db-shm": true, "attachments": true, "tmp": true, "toolkit": true, "keys": true, "keys.old": true, "keys.next": true,
	"acceptance": true, "devices.json": true, "link.json": true, "readiness.jsonl": true, "selftest.jsonl": true, "selftest.lock": true, "setup.json": true, "sender.lock": true, "program.lock": true, "setup.lock": true,
}

type amount struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

func files(_ context.Context, o Options) (any, error) {
	all := map[string]amount{}
	err := filepath.WalkDir(o.Settings.Data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(o.Settings.Data, path)
		if err != nil {
			return err
		}
		name := first(relative)
		if !known[name] {
			name = "other"
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		a := all[name]
		all[name] = amount{a.Files + 1, a.Bytes + info.Size()}
		return nil
	})
	return all, err
}

func first(path string) string {
	for i, r := range path {
		if r == filepath.Separator {
			return path[:i]
		}
	}
	return path
}

// journal turns journalctl's JSON lines into scrubbed lines of time, unit and message.
func journal(_ context.Context, o Options) (any, error) {
	if o.NoJournal != nil {
		return []byte("the journal could not be read\n"), o.NoJournal
	}
	if o.Journal == nil {
		return []byte("no journal on this machine\n"), nil
	}
	var out bytes.Buffer
	lines := bufio.NewScanner(o.Journal)
	lines.Buffer(nil, 4<<20)
	for n := 0; lines.Scan() && n < mostLog; n++ {
		var entry struct {
			Time    string `json:"__REALTIME_TIMESTAMP"` // microseconds
			Unit    string `json:"_SYSTEMD_UNIT"`
			Message any    `json:"MESSAGE"` // bytes when it is no text
		}
		if json.Unmarshal(lines.Bytes(), &entry) != nil {
			continue
		}
		message, isText := entry.Message.(string)
		if !isText {
			message = blackText
		}
		var microseconds int64
		if _, err := fmt.Sscan(entry.Time, &microseconds); err != nil {
			continue
		}
		fmt.Fprintf(&out, "%s %s %s\n", time.UnixMicro(microseconds).UTC().Format(time.RFC3339), scrub(entry.Unit), scrub(message))
	}
	return out.Bytes(), lines.Err()
}
