package edition

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/emmansun/gmsm/sm3"

	"bianmin/core/catalogue"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// reserve is what an edition leaves free for cases, in bytes.
const reserve = 256 << 20

// Points between which a power cut may fall.
const (
	PointBuilt = "catalogue-built"  // the set is whole under its working name
	PointNoted = "catalogue-noted"  // its number is noted, the set not yet in force
	PointTaken = "catalogue-placed" // it is in force
)

// Take puts an edition into place: from its archive, or nothing but its newer manifest where the set is here (archive is nil then). Until the last step
// what is here stays in force. Errors: those of Weigh, ErrArchive (the archive is not the named one: fetch it again),
// ErrDamaged (the base is not what it was: take the snapshot), ErrNewer and ErrBroken (noted for Refused), ErrRoom, a full disk's.
func (s Shelf) Take(ctx context.Context, plan Plan, archive io.ReadSeeker) (err error) {
	unlock, err := s.lock()
	if err != nil {
		return fmt.Errorf("take an edition of the catalogue: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	again, ok, err := s.Weigh(ctx, plan.Signed, plan.Base == "")
	switch {
	case err != nil:
		return err
	case !ok:
		return nil // somebody else was quicker
	case again.Renewed:
		return s.renew(again)
	case again.Base != plan.Base:
		return fmt.Errorf("%w: another edition came in between", ErrDamaged)
	}
	working := filepath.Join(s.Folder, building+nameOf(plan.Manifest))
	if err := s.clean(); err != nil {
		return err
	}
	err = s.build(ctx, again, archive, working)
	if err == nil {
		err = s.place(again, working)
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(working))
		if errors.Is(err, ErrNewer) || errors.Is(err, ErrBroken) {
			err = errors.Join(err, s.note(plan.Manifest, err))
		}
		return err
	}
	return s.tidy()
}

// renew keeps the newer of two manifests of the same set.
func (s Shelf) renew(plan Plan) error {
	content, err := json.Marshal(plan.Signed)
	if err != nil {
		return fmt.Errorf("take an edition of the catalogue: %w", err)
	}
	return seal.WriteFile(filepath.Join(s.Folder, nameOf(plan.Manifest), ManifestFile), content)
}

// build makes the whole set under a working name and reads it as the programs will.
func (s Shelf) build(ctx context.Context, plan Plan, archive io.ReadSeeker, working string) error {
	if err := s.haveRoom(plan.Manifest.Size); err != nil {
		return err
	}
	if err := named(*plan.Archive, archive); err != nil {
		return err
	}
	content := filepath.Join(working, contentName)
	for _, folder := range []string{working, content, filepath.Join(content, "items"), filepath.Join(content, "files")} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			return fmt.Errorf("make an edition's folder: %w", err)
		}
	}
	set := map[string]File{}
	gone, err := readArchive(ctx, archive, plan.Base, plan.Manifest.Digest, func(file File, from io.Reader) (err error) {
		file.Digest, err = write(filepath.Join(content, filepath.FromSlash(file.Path)), from)
		set[file.Path] = file
		return err
	})
	if err == nil && plan.Base != "" {
		err = s.carry(ctx, plan.Base, content, set, gone)
	}
	if err == nil {
		err = s.verify(ctx, plan.Manifest, set, content)
	}
	if err != nil {
		return err
	}
	manifest, err := json.Marshal(plan.Signed)
	if err != nil {
		return fmt.Errorf("write an edition: %w", err)
	}
	for _, folder := range []string{filepath.Join(content, "items"), filepath.Join(content, "files"), content} {
		if err := seal.SyncFolder(folder); err != nil {
			return err
		}
	}
	return seal.WriteFile(filepath.Join(working, ManifestFile), manifest) // syncs the working folder as well
}

// verify compares the set with the manifest's word for it and reads it as the programs will.
func (s Shelf) verify(ctx context.Context, m wire.Catalogue, files map[string]File, content string) error {
	var set Set
	for _, file := range files {
		set = append(set, file)
	}
	set.sort()
	if set.Digest() != m.Digest || len(set) != m.Files || set.Size() != m.Size {
		return fmt.Errorf("%w: the set is another one", ErrArchive)
	}
	if m.Format > catalogue.FormatVersion {
		return fmt.Errorf("%w: its catalogue is of format %d, this program reads %d", ErrNewer, m.Format, catalogue.FormatVersion)
	}
	if faults := catalogue.Check(os.DirFS(content)).Faults(); len(faults) > 0 {
		return fmt.Errorf("%w: %s (%d faults)", ErrBroken, faults[0], len(faults))
	}
	return ctx.Err()
}

// carry takes over from the base what the archive neither brings nor drops. The files are the same on the disk: none is ever changed.
func (s Shelf) carry(ctx context.Context, base, content string, set map[string]File, gone []string) error {
	here, ok, err := s.Current(ctx)
	if !ok || here.Digest != base {
		return errors.Join(fmt.Errorf("%w: the base is not here", ErrDamaged), err)
	}
	from, err := Scan(ctx, os.DirFS(here.Content))
	if err != nil || from.Digest() != base {
		return errors.Join(ErrDamaged, err)
	}
	before := from.byPath()
	for _, path := range gone {
		if _, there := before[path]; !there {
			return fmt.Errorf("%w: it drops what is not there", ErrArchive)
		}
		delete(before, path)
	}
	for path, file := range before {
		if _, changed := set[path]; changed {
			continue
		}
		name := filepath.FromSlash(path)
		if err := os.Link(filepath.Join(here.Content, name), filepath.Join(content, name)); err != nil {
			return fmt.Errorf("carry a file over: %w", err)
		}
		set[path] = file
	}
	return nil
}

// place gives the set its name, which puts it in force.
func (s Shelf) place(plan Plan, working string) error {
	s.point(PointBuilt)
	if err := seal.WriteFile(filepath.Join(s.Folder, newestFile), []byte(strconv.FormatInt(plan.Manifest.Edition, 10)+"\n")); err != nil {
		return err
	}
	s.point(PointNoted)
	final := filepath.Join(s.Folder, nameOf(plan.Manifest))
	if err := os.RemoveAll(final); err != nil { // a damaged one of the same name
		return fmt.Errorf("put an edition into place: %w", err)
	}
	if err := os.Rename(working, final); err != nil {
		return fmt.Errorf("put an edition into place: %w", err)
	}
	err := seal.SyncFolder(s.Folder)
	s.point(PointTaken)
	return err
}

// clean removes what was begun and not finished.
func (s Shelf) clean() error {
	entries, err := os.ReadDir(s.Folder)
	if err != nil {
		return fmt.Errorf("look for editions of the catalogue: %w", err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), building) {
			if err := os.RemoveAll(filepath.Join(s.Folder, entry.Name())); err != nil {
				return fmt.Errorf("remove half an edition: %w", err)
			}
		}
	}
	return nil
}

// tidy removes sets that nobody can still be reading.
func (s Shelf) tidy() error {
	names, err := sets(s.Folder)
	if err != nil {
		return err
	}
	for _, name := range names[min(len(names), 1+keep):] {
		if err := os.RemoveAll(filepath.Join(s.Folder, name)); err != nil {
			return fmt.Errorf("remove an old edition: %w", err)
		}
	}
	return nil
}

// named checks that bytes are the named archive's, and goes back to their beginning.
func named(archive wire.Archive, source io.ReadSeeker) error {
	hash := sm3.New()
	n, err := io.Copy(hash, io.LimitReader(source, archive.Size+1))
	if err != nil {
		return fmt.Errorf("read an archive: %w", err)
	}
	if n != archive.Size || !sameDigest(hash.Sum(nil), archive.Digest) {
		return ErrArchive
	}
	_, err = source.Seek(0, io.SeekStart)
	return err
}

func (s Shelf) haveRoom(need int64) error {
	ask := s.Room
	if ask == nil {
		ask = free
	}
	there, err := ask(s.Folder)
	if err != nil {
		return fmt.Errorf("look for room: %w", err)
	}
	if there < need+reserve {
		return ErrRoom
	}
	return nil
}

func free(folder string) (int64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		return 0, err
	}
	return int64(stat.Bavail) * stat.Bsize, nil // #nosec G115 -- no disk is that large
}

// write writes one file durably and gives its digest.
func write(path string, from io.Reader) (digest string, err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- our own folder
	if err != nil {
		return "", fmt.Errorf("write an edition: %w", err)
	}
	hash := sm3.New()
	_, err = io.Copy(io.MultiWriter(file, hash), from)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return "", fmt.Errorf("write an edition: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
