package edition

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/emmansun/gmsm/sm3"
)

// Bounds of a set and its archives. They are far above a province's and far below what fills a terminal's disk.
const (
	MaxFiles   = 30000
	MaxFile    = 32 << 20  // bytes of one file
	MaxSet     = 512 << 20 // bytes of all files
	MaxArchive = 256 << 20 // bytes
)

// File is one file of a set.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	Digest string `json:"digest"` // SM3 in hex
}

// Set is the files of a catalogue's folder by path.
type Set []File

var pathForm = regexp.MustCompile(`^(catalogue\.json|items/[A-Za-z0-9][A-Za-z0-9._-]{0,85}\.json|files/[A-Za-z0-9][A-Za-z0-9._-]{0,90})$`)

// Scan reads all files of a catalogue's folder. The error names the file that is too large, does not belong there, or cannot be read.
func Scan(ctx context.Context, folder fs.FS) (Set, error) {
	var set Set
	var total int64
	err := fs.WalkDir(folder, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case entry.IsDir() && path != "." && path != "items" && path != "files":
			return fs.SkipDir
		case entry.IsDir(), !strings.Contains(path, "/") && path != "catalogue.json":
			return nil // what lies beside a catalogue, notes for instance, is no part of it
		case !pathForm.MatchString(path) || !entry.Type().IsRegular():
			return fmt.Errorf("%w: %q does not belong into a catalogue", ErrForm, path)
		}
		file, err := digestOf(folder, path)
		if err != nil {
			return err
		}
		set = append(set, file)
		if total += file.Size; total > MaxSet || len(set) > MaxFiles {
			return fmt.Errorf("%w: more than %d files or %d MB", ErrForm, MaxFiles, MaxSet>>20)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read a catalogue's folder: %w", err)
	}
	set.sort()
	return set, nil
}

func digestOf(folder fs.FS, path string) (File, error) {
	source, err := folder.Open(path)
	if err != nil {
		return File{}, err
	}
	hash := sm3.New()
	n, err := io.Copy(hash, io.LimitReader(source, MaxFile+1))
	if err = errors.Join(err, source.Close()); err != nil {
		return File{}, fmt.Errorf("read %s: %w", path, err)
	}
	if n > MaxFile {
		return File{}, fmt.Errorf("%w: %s is larger than %d MB", ErrForm, path, MaxFile>>20)
	}
	return File{Path: path, Size: n, Digest: hex.EncodeToString(hash.Sum(nil))}, nil
}

func (s Set) sort() {
	slices.SortFunc(s, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}

// Digest names the whole set: SM3 in hex over a line of path, size and digest for each file, by path.
func (s Set) Digest() string {
	hash := sm3.New()
	for _, file := range s {
		hash.Write([]byte(file.Path + " " + strconv.FormatInt(file.Size, 10) + " " + file.Digest + "\n"))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// Size is the bytes of all files.
func (s Set) Size() int64 {
	var total int64
	for _, file := range s {
		total += file.Size
	}
	return total
}

// byPath finds files by their path.
func (s Set) byPath() map[string]File {
	m := make(map[string]File, len(s))
	for _, file := range s {
		m[file.Path] = file
	}
	return m
}

// Changes are the files of s that base lacks or has with other bytes, and the paths of base's that s lacks.
func (s Set) Changes(base Set) (changed Set, gone []string) {
	before, now := base.byPath(), s.byPath()
	for _, file := range s {
		if before[file.Path] != file {
			changed = append(changed, file)
		}
	}
	for _, file := range base {
		if _, there := now[file.Path]; !there {
			gone = append(gone, file.Path)
		}
	}
	return changed, gone
}
