package update_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bianmin/packaging/update"
)

// interrupted takes a new version as often as it takes files, broken off at one after the other, and each time once more when
// all is well again. Broken off it says so and nothing is staged, or the version is whole.
func interrupted(t *testing.T, broken func(w *world, n int) (from update.Source, begun func() bool, mend func())) {
	t.Helper()
	for n := 0; ; n++ {
		w := newWorld(t)
		w.publish("1.1.0")
		from, begun, mend := broken(w, n)
		err := w.bring(from)
		if !begun() {
			must(t, err)
			w.staged("1.1.0")
			if n < 5 {
				t.Fatalf("only %d files were taken", n)
			}
			return
		}
		if code := update.CodeOf(err); code != update.Unreachable && code != update.Half {
			t.Errorf("file %d: %v (code %q)", n, err, code)
		}
		w.nothingStaged()
		mend()
		must(t, w.bring(from))
		w.staged("1.1.0")
	}
}

// TestLineBreaksAtEveryFile: no list and no archive, lost before its first byte or in the middle, makes an update half.
func TestLineBreaksAtEveryFile(t *testing.T) {
	for _, middle := range []bool{false, true} {
		t.Run(fmt.Sprint("in the middle ", middle), func(t *testing.T) {
			t.Parallel()
			interrupted(t, func(w *world, n int) (update.Source, func() bool, func()) {
				asked, well := 0, false
				from := w.mirror(func(rw http.ResponseWriter, r *http.Request) bool {
					asked++
					if well || asked <= n {
						return false
					}
					path := w.in("repository", filepath.FromSlash(strings.TrimPrefix(r.URL.Path, "/bianmin/")))
					info, err := os.Stat(path)
					if !middle || err != nil || info.Size() < 2 { // what is not there has no middle
						panic(http.ErrAbortHandler)
					}
					http.ServeFile(&breaking{ResponseWriter: rw, left: int(info.Size() / 2)}, r, path)
					return true
				})
				return from, func() bool { return asked > n }, func() { well = true }
			})
		})
	}
}

// pulled is a stick that is pulled at its n-th file: before it is opened, or in its middle.
type pulled struct {
	update.Folder
	left   int
	middle bool
	gone   bool
}

// Open gives a file, or none once the stick is gone.
func (p *pulled) Open(ctx context.Context, name string, offset int64) (io.ReadCloser, int64, error) {
	now := p.left == 0 && !p.gone
	p.left--
	if !now {
		return p.Folder.Open(ctx, name, offset)
	}
	if !p.middle {
		p.pull()
		return p.Folder.Open(ctx, name, offset)
	}
	content, at, err := p.Folder.Open(ctx, name, offset)
	p.pull()
	if err != nil { // it has no middle
		return p.Folder.Open(ctx, name, offset)
	}
	return &halfRead{ReadCloser: content}, at, nil
}

func (p *pulled) pull() {
	p.gone = true
	_ = os.Rename(string(p.Folder), string(p.Folder)+".away")
}

// halfRead gives some bytes and then what the system says of a device that is gone.
type halfRead struct {
	io.ReadCloser

	read bool
}

// Read reads once.
func (h *halfRead) Read(p []byte) (int, error) {
	if h.read {
		return 0, syscall.EIO
	}
	h.read = true
	return h.ReadCloser.Read(p[:min(len(p), 40)])
}

// TestStickPulledAtEveryFile: a stick that goes while it is read leaves nothing half, and is not taken for one that has no newer keys.
func TestStickPulledAtEveryFile(t *testing.T) {
	for _, middle := range []bool{false, true} {
		t.Run(fmt.Sprint("in the middle ", middle), func(t *testing.T) {
			t.Parallel()
			interrupted(t, func(w *world, n int) (update.Source, func() bool, func()) {
				p := &pulled{Folder: update.Folder(w.in("repository")), left: n, middle: middle}
				return p, func() bool { return p.gone }, func() {
					must(w.t, os.Rename(string(p.Folder)+".away", string(p.Folder)))
				}
			})
		})
	}
}
