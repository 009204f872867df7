package update_test

import (
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/packaging/update"
)

// TestBrought: the newest version comes from a mirror or a stick, complete and beside the one that runs.
func TestBrought(t *testing.T) {
	for name, source := range map[string]func(w *world) update.Source{
		"stick": (*world).stick, "mirror": func(w *world) update.Source { return w.mirror(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			from := source(w)
			_, err := w.terminal.Check(t.Context(), from)
			wantCode(t, err, update.NotOffered)
			w.publish("1.0.0")
			if offer, err := w.terminal.Check(t.Context(), from); offer != nil || err != nil {
				t.Fatalf("%+v, %v", offer, err)
			}
			w.publish("1.9.0")
			w.publish("1.10.0")
			w.publish("1.10.0~rc1")
			must(t, w.bring(from))
			w.staged("1.10.0")
			if v, err := w.terminal.Running(); v != "1.0.0" || err != nil {
				t.Errorf("%s runs, %v", v, err)
			}
			must(t, w.bring(from)) // again: nothing to do
			w.staged("1.10.0")
		})
	}
}

// TestResumed: a line that breaks again and again costs no byte twice.
func TestResumed(t *testing.T) {
	w := newWorld(t)
	w.publish("1.1.0")
	var asked, ranges atomic.Int64
	mirror := w.mirror(func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, ".tar.gz") {
			return false
		}
		if r.Header.Get("Range") != "" {
			ranges.Add(1)
		}
		if asked.Add(1) > 3 {
			return false
		}
		http.ServeFile(&breaking{ResponseWriter: rw, left: 1500}, r, w.file("targets", ".tar.gz"))
		return true
	})
	for range 3 {
		code := update.CodeOf(w.bring(mirror))
		if code != update.Unreachable && code != update.Half {
			t.Fatalf("code %q", code)
		}
		w.nothingStaged()
	}
	must(t, w.bring(mirror))
	w.staged("1.1.0")
	if ranges.Load() != 3 {
		t.Errorf("%d requests went on where the last one stopped", ranges.Load())
	}
}

// breaking is a line that breaks after some bytes.
type breaking struct {
	http.ResponseWriter

	left int
}

func (b *breaking) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.left -= n
	if n > 0 {
		if _, err := b.ResponseWriter.Write(p[:n]); err != nil {
			return 0, err
		}
	}
	if b.left == 0 {
		if err := http.NewResponseController(b.ResponseWriter).Flush(); err != nil {
			return n, err
		}
		panic(http.ErrAbortHandler)
	}
	return n, nil
}

// TestAttacks: whoever holds the mirror, the line or the stick, but no keys, changes nothing at a terminal.
func TestAttacks(t *testing.T) {
	for name, c := range map[string]struct {
		attack func(w *world)
		want   update.Code
	}{
		"freeze": {func(w *world) { w.now = w.now.AddDate(0, 0, 15) }, update.Stale},
		"freeze, clock back": {func(w *world) {
			w.now = w.now.AddDate(0, 0, 10)
			must(w.t, w.platform.Refresh())
			must(w.t, w.bring(w.stick()))
			must(w.t, os.RemoveAll(w.in("state", "staged.json")))
			must(w.t, os.RemoveAll(w.in("prefix", "versions", "1.1.0")))
			w.earlier() // what the stick held ten days ago, and a clock that was set back ten days
			w.now = w.now.AddDate(0, 0, -10)
		}, update.Rollback},
		"rollback": {func(w *world) {
			_, err := w.terminal.Check(w.t.Context(), w.stick())
			must(w.t, err)
			w.earlier()
		}, update.Rollback},
		"mixed snapshot": {func(w *world) {
			newest := w.file("metadata", ".snapshot.json")
			must(w.t, copyFile(w.in("earlier", "metadata", "1.snapshot.json"), newest))
		}, update.Mixed},
		"mixed targets": {func(w *world) {
			newest := w.file("metadata", ".targets.json")
			must(w.t, copyFile(w.in("earlier", "metadata", "1.targets.json"), newest))
		}, update.Mixed},
		"another province's": {func(w *world) {
			other := newWorld(w.t)
			other.now = w.now
			other.publish("1.1.0")
			must(w.t, os.RemoveAll(w.in("repository")))
			must(w.t, os.CopyFS(w.in("repository"), os.DirFS(other.in("repository"))))
		}, update.Signature},
		"a letter changed": {func(w *world) { w.change("metadata", "timestamp.json", `"version": 2`, `"version": 9`) }, update.Signature},
		"keys of a stranger": {func(w *world) {
			other := newWorld(w.t)
			must(w.t, copyFile(other.in("repository", "metadata", "1.root.json"), w.in("repository", "metadata", "2.root.json")))
		}, update.Signature},
		"no list":          {func(w *world) { w.change("metadata", "timestamp.json", "{", "<html>") }, update.Broken},
		"half a list":      {func(w *world) { w.cut("metadata", "timestamp.json", 100) }, update.Broken},
		"half a file":      {func(w *world) { w.cut("targets", ".tar.gz", 300) }, update.Half},
		"a byte of a file": {func(w *world) { w.flip("targets", ".tar.gz", 200) }, update.Digest},
		"more of a file":   {func(w *world) { w.append("targets", ".tar.gz", "x") }, update.Endless},
		"a file is gone":   {func(w *world) { must(w.t, os.Remove(w.file("targets", ".tar.gz"))) }, update.Unreachable},
		"stick pulled":     {func(w *world) { must(w.t, os.RemoveAll(w.in("repository"))) }, update.Unreachable},
		"endless list":     {func(w *world) { w.append("metadata", "timestamp.json", strings.Repeat(" ", 20_000)) }, update.Endless},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			must(t, os.CopyFS(w.in("earlier"), os.DirFS(w.in("repository"))))
			w.publish("1.1.0")
			c.attack(w)
			err := w.bring(w.stick())
			wantCode(t, err, c.want)
			w.nothingStaged()
			if v, err := w.terminal.Running(); v != "1.0.0" || err != nil {
				t.Errorf("%s runs, %v", v, err)
			}
		})
	}
}

// earlier puts back the repository as it was before the version was published.
func (w *world) earlier() {
	w.t.Helper()
	must(w.t, os.RemoveAll(w.in("repository")))
	must(w.t, os.CopyFS(w.in("repository"), os.DirFS(w.in("earlier"))))
}

func (w *world) edit(folder, end string, change func(content []byte) []byte) {
	w.t.Helper()
	path := w.file(folder, end)
	content, err := os.ReadFile(path)
	must(w.t, err)
	must(w.t, os.WriteFile(path, change(content), 0o644))
}

func (w *world) change(folder, end, from, to string) {
	w.t.Helper()
	w.edit(folder, end, func(content []byte) []byte {
		if !strings.Contains(string(content), from) {
			w.t.Fatalf("%s holds no %s", end, from)
		}
		return []byte(strings.Replace(string(content), from, to, 1))
	})
}

func (w *world) cut(folder, end string, at int) {
	w.edit(folder, end, func(content []byte) []byte { return content[:at] })
}

func (w *world) flip(folder, end string, at int) {
	w.edit(folder, end, func(content []byte) []byte { content[at] ^= 1; return content })
}

func (w *world) append(folder, end, more string) {
	w.edit(folder, end, func(content []byte) []byte { return append(content, more...) })
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

// TestEndlessMirror: a mirror that never stops sending is left after what was signed, or after what a list may have.
func TestEndlessMirror(t *testing.T) {
	for _, end := range []string{"timestamp.json", ".root.json", ".snapshot.json", ".tar.gz"} {
		t.Run(end, func(t *testing.T) {
			w := newWorld(t)
			w.publish("1.1.0")
			var sent atomic.Int64
			mirror := w.mirror(func(rw http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, end) {
					return false
				}
				for block := make([]byte, 8192); r.Context().Err() == nil; {
					n, err := rw.Write(block)
					if sent.Add(int64(n)); err != nil {
						break
					}
				}
				return true
			})
			wantCode(t, w.bring(mirror), update.Endless)
			w.nothingStaged()
			if sent.Load() > 16<<20 {
				t.Errorf("%d bytes were taken", sent.Load())
			}
		})
	}
}

// TestMirrors: addresses that are none, and mirrors that are others than they say.
func TestMirrors(t *testing.T) {
	for _, address := range []string{"", "http://10.0.0.1/", "https://", "https://name:word@10.0.0.1/", "ftp://10.0.0.1", "10.0.0.1"} {
		if _, err := update.NewMirror(address, nil); err == nil || (strings.Contains(address, "word") && !strings.Contains(err.Error(), "no mirror")) {
			t.Errorf("%q was taken: %v", address, err)
		}
	}
	if _, err := update.Authorities([]byte("none")); err == nil {
		t.Error("authorities that are none were taken")
	}
	w := newWorld(t)
	w.publish("1.1.0")
	stranger, err := update.NewMirror("https://127.0.0.1:1/", nil)
	must(t, err)
	wantCode(t, w.bring(stranger), update.Unreachable)
	portal := w.mirror(func(rw http.ResponseWriter, _ *http.Request) bool {
		_, err := rw.Write([]byte("<html>please sign in</html>"))
		return err == nil
	})
	wantCode(t, w.bring(portal), update.Broken)
}

// TestKeysRenewed: terminals follow a change of keys, also several at once, and believe the old keys no longer.
func TestKeysRenewed(t *testing.T) {
	w := newWorld(t)
	w.publish("1.1.0")
	before := w.platform
	must(t, os.CopyFS(w.in("earlier"), os.DirFS(w.in("repository"))))
	for _, folder := range []string{"keys2", "keys3"} {
		old := w.platform.Keys
		w.platform.Keys = w.in(folder)
		makeKeys(t, w.in(folder))
		must(t, w.platform.Renew(old))
	}
	must(t, w.bring(w.stick()))
	w.staged("1.1.0")
	w.now = w.now.Add(time.Hour)
	must(t, before.Refresh()) // the thief of the old keys signs
	_, err := w.terminal.Check(t.Context(), w.stick())
	wantCode(t, err, update.Signature)
}

// TestWithdrawn: a version that is withdrawn is not fetched; where it runs already, it stays.
func TestWithdrawn(t *testing.T) {
	w := newWorld(t)
	w.publish("1.1.0")
	w.publish("1.2.0")
	must(t, w.platform.Withdraw("1.2.0"))
	must(t, w.bring(w.stick()))
	w.staged("1.1.0")
	w.installed("1.2.0")
	_, err := w.terminal.Check(t.Context(), w.stick())
	wantCode(t, err, update.Older)
}

// TestNoRoot: a terminal that does not know whom to believe believes nobody.
func TestNoRoot(t *testing.T) {
	w := newWorld(t)
	w.terminal.Root = w.in("nowhere")
	w.publish("1.1.0")
	wantCode(t, w.bring(w.stick()), update.NoRoot)
}

// TestNotStarting: programs that cannot run here are found before anything is switched.
func TestNotStarting(t *testing.T) {
	for name, script := range map[string]string{
		"no program": "text", "fails": "#!/bin/sh\necho provision version 1.1.0\nexit 3\n", "another": "#!/bin/sh\necho provision version 1.0.9\n",
		"another machine's": "#!/lib/ld-of-another-machine.so\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			folder := w.programs(w.in("built"), "1.1.0")
			must(t, os.WriteFile(folder+"/provision", []byte(script), 0o755))
			_, err := w.platform.Add(folder, "1.1.0", arch)
			must(t, err)
			wantCode(t, w.bring(w.stick()), update.NotStarting)
			w.nothingStaged()
		})
	}
}
