package update

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"bianmin/packaging/update/release"
)

// Staged is a version that lies complete and checked beside the one that runs.
type Staged struct {
	Offer

	At time.Time `json:"at"`
}

const (
	stagedFile = "staged.json"
	unpacking  = ".new" // in the folder of versions
)

// Staged tells which version lies ready; nil when none does. A note that is not whole counts as none.
func (u *Updater) Staged() (*Staged, error) {
	var s Staged
	found, err := readJSON(u.state(stagedFile), &s)
	if !found {
		return nil, err
	}
	if err := errors.Join(err, s.Check()); err != nil {
		u.Log.Warn("the note of a version that lies ready cannot be read", "error", err)
		return nil, nil
	}
	return &s, nil
}

// Fetch takes an offered version from a source and puts it beside the one that runs: only what was signed, unpacked
// and compared, and started once to see that this machine can. What is interrupted goes on where it stopped.
func (u *Updater) Fetch(ctx context.Context, from Source, offer *Offer) error {
	if why, failed := u.failed(offer.SHA256); failed {
		u.Log.Info("a version that failed here before is fetched again", "version", offer.Version, "why", why)
	}
	release, err := u.alone("fetch", time.Second)
	if err != nil {
		return coded(err, Internal)
	}
	return coded(errors.Join(u.stage(ctx, from, offer), release()), Internal)
}

func (u *Updater) stage(ctx context.Context, from Source, offer *Offer) error {
	if s, err := u.Staged(); err == nil && s != nil && s.SHA256 == offer.SHA256 && s.Verify(u.programs(s.Version)) == nil {
		return remove(u.state("archive"))
	}
	if err := u.makeRoom(offer); err != nil {
		return err
	}
	archive, err := u.download(ctx, from, offer)
	if err != nil {
		return err
	}
	if err := u.install(ctx, archive, offer); err != nil {
		return err
	}
	if err := writeJSON(u.state(stagedFile), Staged{*offer, u.Now().UTC()}); err != nil {
		return fmt.Errorf("note what was staged: %w", err)
	}
	u.passed("update-staged")
	return remove(u.state("archive"))
}

// makeRoom removes what an earlier, other fetch left, and refuses when the disk is too small for this one.
func (u *Updater) makeRoom(offer *Offer) error {
	for _, folder := range []string{u.state("archive"), u.versions()} {
		if err := os.MkdirAll(folder, 0o755); err != nil { // #nosec G301 -- nothing secret
			return err
		}
	}
	parts, err := os.ReadDir(u.state("archive"))
	if err != nil {
		return err
	}
	left := offer.Length
	for _, part := range parts {
		if info, err := part.Info(); err == nil && part.Name() == offer.SHA256 {
			left -= min(left, info.Size())
			continue
		}
		if err := remove(u.state("archive", part.Name())); err != nil {
			return err
		}
	}
	if err := u.room(u.State, left); err != nil {
		return err
	}
	return u.room(u.versions(), left+offer.Size())
}

// download brings the archive, from where an interrupted run stopped, and compares it with what was signed.
func (u *Updater) download(ctx context.Context, from Source, offer *Offer) (path string, err error) {
	path = u.state("archive", offer.SHA256)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- hex in our own folder
	if err != nil {
		return "", fmt.Errorf("begin the archive: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	have, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return "", err
	}
	if have < offer.Length {
		u.passed("update-part-begun")
		if err := u.bring(ctx, from, offer, file, have); err != nil {
			return "", err
		}
	}
	if err := file.Sync(); err != nil {
		return "", fmt.Errorf("write the archive: %w", err)
	}
	if err := compare(file, offer); err != nil {
		return "", errors.Join(err, os.Remove(path)) // the next run begins anew
	}
	u.passed("update-archive-whole")
	return path, nil
}

func (u *Updater) bring(ctx context.Context, from Source, offer *Offer, file *os.File, have int64) error {
	name := "targets/" + offer.SHA256 + "." + release.Name(offer.Version, offer.Arch)
	body, at, err := from.Open(ctx, name, have)
	if err != nil {
		return coded(err, Unreachable)
	}
	defer func() { _ = body.Close() }()
	if at != have {
		if err := file.Truncate(at); err != nil {
			return err
		}
		if _, err := file.Seek(at, io.SeekStart); err != nil {
			return err
		}
	}
	n, err := io.Copy(toDisk{file}, io.LimitReader(body, offer.Length-at+1))
	var disk *diskError
	switch {
	case errors.As(err, &disk):
		return fmt.Errorf("write the archive: %w", disk.err)
	case err != nil:
		return errors.Join(refuse(Unreachable, "the archive stopped after %d of %d bytes: %w", at+n, offer.Length, err), file.Sync())
	case at+n < offer.Length:
		return errors.Join(refuse(Half, "the archive ended after %d of %d bytes", at+n, offer.Length), file.Sync())
	case at+n > offer.Length:
		return errors.Join(refuse(Endless, "the archive goes on behind its %d bytes", offer.Length), file.Truncate(0))
	}
	return nil
}

// toDisk tells errors of the disk from those of the source.
type toDisk struct{ file *os.File }

type diskError struct{ err error }

// Error is the disk's.
func (e *diskError) Error() string { return e.err.Error() }

// Write writes to the disk.
func (d toDisk) Write(p []byte) (int, error) {
	n, err := d.file.Write(p)
	if err != nil {
		return n, &diskError{err}
	}
	return n, nil
}

func compare(file *os.File, offer *Offer) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(sum, file)
	if err != nil {
		return err
	}
	if n != offer.Length || hex.EncodeToString(sum.Sum(nil)) != offer.SHA256 {
		return refuse(Digest, "the archive of %s is not the one that was signed", offer.Version)
	}
	return nil
}

// install unpacks the archive beside the other versions and gives it its name when all of it is there and compared.
func (u *Updater) install(ctx context.Context, archive string, offer *Offer) error {
	folder := u.programs(offer.Version)
	if offer.Verify(folder) == nil {
		return nil
	}
	for _, name := range []string{current, keeper} {
		if v, err := u.link(name); err == nil && v == offer.Version {
			return refuse(Changed, "version %s runs, and its files are others than those signed", v)
		}
	}
	unfinished := u.programs(unpacking)
	if err := remove(unfinished, folder); err != nil {
		return err
	}
	if err := errors.Join(os.Mkdir(unfinished, 0o755), os.Chmod(unfinished, 0o755)); err != nil { // #nosec G301 G302 -- programs, for everybody to run, whatever the mask
		return err
	}
	if err := u.unpack(archive, unfinished, offer); err != nil {
		return errors.Join(err, remove(unfinished))
	}
	if err := starts(ctx, filepath.Join(unfinished, "provision"), offer.Version); err != nil {
		return errors.Join(err, remove(unfinished))
	}
	if err := os.Rename(unfinished, folder); err != nil {
		return err
	}
	if err := syncFolder(u.versions()); err != nil {
		return err
	}
	u.passed("update-version-named")
	return nil
}

func (u *Updater) unpack(archive, folder string, offer *Offer) error {
	file, err := os.Open(archive) // #nosec G304 -- our own folder
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if err := offer.Unpack(file, folder, func(string) { u.passed("update-program-unpacked") }); err != nil {
		return coded(err, Broken)
	}
	if err := errors.Join(offer.Verify(folder), syncFolder(folder)); err != nil {
		return err
	}
	u.passed("update-unpacked")
	return nil
}

// starts runs the new technician's tool once: a program for another machine or with libraries that are missing is found before anything is switched.
func starts(ctx context.Context, program, version string) error {
	ctx, cancel := context.WithTimeout(ctx, stall)
	defer cancel()
	out, err := runOnce(ctx, program)
	for range 20 {
		if !errors.Is(err, syscall.ETXTBSY) { // a child of ours that was just forked still holds the file open
			break
		}
		timer := time.NewTimer(50 * time.Millisecond)
		<-timer.C
		out, err = runOnce(ctx, program)
	}
	if err != nil {
		return refuse(NotStarting, "start the new version: %w", err)
	}
	if !strings.Contains(string(out), version) {
		return refuse(NotStarting, "the new version says it is another one than %s", version)
	}
	return nil
}

func runOnce(ctx context.Context, program string) ([]byte, error) {
	command := exec.CommandContext(ctx, program, "--version") // #nosec G204 -- compared with its signed digest
	command.WaitDelay = time.Second
	return command.CombinedOutput()
}
