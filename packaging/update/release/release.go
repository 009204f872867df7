// Package release is the form of a published version: one archive per version and
// machine, and what its signed entry says about every program in it. Publishing and
// updating share it. It must not sign, fetch or install anything.
package release

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Limits of one release; what is beyond them is refused before a byte is taken.
const (
	MaxFiles   = 64
	MaxFile    = 512 << 20 // bytes
	MaxArchive = 1 << 30   // bytes
)

// Release is what the signed entry of an archive says besides its own length and digest.
type Release struct {
	Version string `json:"version"`
	Arch    string `json:"arch"` // as Go names it: "amd64", "arm64"
	Files   []File `json:"files"`
}

// File is one program in the archive.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hex
}

// Programs every release must hold; beside them stand kiosk or agent, or both.
var needed = []string{"provision", "sender"}

var (
	fileShape = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}$`)
	archShape = regexp.MustCompile(`^[a-z0-9]{1,16}$`)
)

// Name is the archive's name in the repository.
func Name(version, arch string) string { return "bianmin_" + version + "_" + arch + ".tar.gz" }

// Size is how many bytes the programs take unpacked.
func (r Release) Size() (bytes int64) {
	for _, f := range r.Files {
		bytes += f.Size
	}
	return bytes
}

// Check tells what is wrong with a release: names that lead out of its folder, programs that are missing, sizes beyond the limits.
func (r Release) Check() error {
	if !ValidVersion(r.Version) {
		return fmt.Errorf("%q is no version", r.Version)
	}
	if !archShape.MatchString(r.Arch) {
		return fmt.Errorf("%q is no kind of machine", r.Arch)
	}
	if len(r.Files) > MaxFiles {
		return fmt.Errorf("%d files are too many", len(r.Files))
	}
	var names []string
	for _, f := range r.Files {
		if err := f.check(); err != nil {
			return err
		}
		if slices.Contains(names, f.Name) {
			return fmt.Errorf("%s stands twice in the release", f.Name)
		}
		names = append(names, f.Name)
	}
	for _, name := range needed {
		if !slices.Contains(names, name) {
			return fmt.Errorf("the program %s is missing", name)
		}
	}
	if !slices.Contains(names, "kiosk") && !slices.Contains(names, "agent") {
		return errors.New("neither kiosk nor agent is there")
	}
	return nil
}

func (f File) check() error {
	if !fileShape.MatchString(f.Name) {
		return fmt.Errorf("%q is no name of a program", f.Name)
	}
	if f.Size < 0 || f.Size > MaxFile {
		return fmt.Errorf("%s has an impossible size", f.Name)
	}
	if sum, err := hex.DecodeString(f.SHA256); err != nil || len(sum) != 32 {
		return fmt.Errorf("%s has no digest", f.Name)
	}
	return nil
}

// Read reads the part of a signed entry that is ours, and checks it.
func Read(custom []byte) (Release, error) {
	var r Release
	if err := json.Unmarshal(custom, &r); err != nil {
		return Release{}, fmt.Errorf("the entry says nothing readable about the release: %w", err)
	}
	return r, r.Check()
}
