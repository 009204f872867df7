package commission

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"bianmin/packaging/stick"
	"bianmin/store/room"
	"bianmin/sync/enrol"
	"bianmin/sync/wire"
)

// maxOffline is far more than a file of an enrolment has.
const maxOffline = 1 << 20

// mounted are the places where a system or a technician mounts sticks.
var mounted = []string{"media/*", "media/*/*", "run/media/*/*", "mnt", "mnt/*"}

// sticks are the folders to look into: the one that was named, or all where sticks are mounted.
func (r *run) sticks() (all []string) {
	if r.Stick != "" {
		return []string{r.Stick}
	}
	for _, pattern := range mounted {
		found, err := filepath.Glob(filepath.Join(r.Root, pattern))
		if err != nil {
			continue
		}
		for _, folder := range found {
			if info, err := os.Stat(folder); err == nil && info.IsDir() {
				all = append(all, folder)
			}
		}
	}
	return all
}

func readOffline(path string) ([]byte, error) {
	file, err := os.Open(path) // #nosec G304 -- the technician's stick
	if err != nil {
		return nil, stickError(err)
	}
	content, err := io.ReadAll(io.LimitReader(file, maxOffline))
	return content, stickError(errors.Join(err, file.Close()))
}

// ErrStickFull says that the technician's stick is full, not this machine's disk.
var ErrStickFull = errors.New("there is no room left on the stick")

// stickError says what a full or vanished stick is.
func stickError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, stick.ErrGone):
		return err
	case room.Full(err):
		return fmt.Errorf("%w: %w", ErrStickFull, err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the stick cannot be written to: %w", err)
	case errors.Is(err, syscall.EIO), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO), errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the stick was pulled or is broken: %w", err)
	}
	return err
}

// findBundle looks for the bundle that the code opens. What is wrong with the bundles that are there is said when none does.
func (r *run) findBundle(code, fingerprint string) (on stick.Folder, bundle wire.PreIssued, err error) {
	wrong := errNoBundle
	for _, folder := range r.sticks() {
		on, err := stick.Look(folder)
		if err != nil {
			continue
		}
		files, err := filepath.Glob(filepath.Join(folder, wire.OfflinePrefix+"*"+wire.PreIssuedEnding))
		if err != nil {
			continue
		}
		for _, file := range files {
			content, err := readOffline(file)
			if err == nil {
				bundle, err = enrol.OpenBundle(content, code, fingerprint)
			}
			if err == nil {
				return on, bundle, nil
			}
			if wrong == errNoBundle || errors.Is(wrong, enrol.ErrBundle) { // a damaged one says more than one for another code
				wrong = fmt.Errorf("%s: %w", filepath.Base(file), err)
			}
		}
	}
	return on, bundle, wrong
}

// layRequest writes the request for certificates to the stick, unless it lies there.
func (r *run) layRequest(w *enrol.Waiting, on stick.Folder) error {
	var request wire.Offline
	err := r.mine(func() (err error) { request, err = w.Request(r.settings.Data, r.Software); return err })
	if err != nil {
		return err
	}
	r.request = request.Name()
	path := filepath.Join(on.Path, request.Name())
	if content, err := readOffline(path); err == nil && on.Check() == nil {
		if _, err := enrol.ReadOffline(content, wire.KindRequest); err == nil {
			return nil
		}
	}
	content, err := json.MarshalIndent(request, "", "  ")
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	err = on.Place(path, func(w io.Writer) error { _, err := w.Write(append(content, '\n')); return err })
	if err != nil {
		return fmt.Errorf("lay the request on the stick: %w", stickError(err))
	}
	r.Technician.Say("request-laid", map[string]any{"path": path})
	return nil
}

// stickFor is where a request goes: the stick that holds files of this terminal, the one that was named, where its bundle
// was, or the first that is one. A folder of the system's own disk is none, such as the mount point of a stick that is gone.
func (r *run) stickFor(w *enrol.Waiting) (on stick.Folder, found bool) {
	all := r.sticks()
	for _, folder := range all {
		if found, err := filepath.Glob(filepath.Join(folder, wire.OfflinePrefix+w.Terminal+"*")); err == nil && len(found) > 0 {
			if on, err := stick.Look(folder); err == nil {
				return on, true
			}
		}
	}
	for _, folder := range append([]string{w.Stick}, all...) {
		on, err := stick.Named(folder)
		if err == nil && (folder == r.Stick || on.Away(filepath.Join(r.Root, "/"), r.settings.Data)) {
			return on, true
		}
	}
	return on, false
}

// takeAnswer looks for the county's answer on the sticks and takes it.
func (r *run) takeAnswer(w *enrol.Waiting) (done bool, err error) {
	var name string
	if err := r.mine(func() (err error) { r.request, name, err = w.Names(r.settings.Data); return err }); err != nil {
		return false, err
	}
	for _, stick := range r.sticks() {
		content, err := readOffline(filepath.Join(stick, name))
		if errors.Is(err, fs.ErrNotExist) {
			others, _ := filepath.Glob(filepath.Join(stick, wire.OfflinePrefix+w.Terminal+"-*"+wire.AnswerEnding)) // the pattern is ours
			if len(others) > 0 {
				r.Technician.Say("other-answer", map[string]any{"file": filepath.Base(others[0])})
			}
			continue
		}
		if err == nil {
			err = r.mine(func() (err error) { r.identity, err = enrol.Take(r.settings.Data, content, r.Step); return err })
		}
		if err != nil {
			return false, fmt.Errorf("%s: %w", name, err)
		}
		r.Step(StepAnswered)
		return true, nil
	}
	return false, nil
}
