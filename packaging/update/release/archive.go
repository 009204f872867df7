package release

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Pack writes the programs of a folder as an archive, always the same bytes for the same programs, and says what is in it.
// Everything but plain files with a program's name is refused.
func Pack(to io.Writer, folder, version, arch string) (Release, error) {
	r := Release{Version: version, Arch: arch}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return Release{}, fmt.Errorf("read the programs: %w", err)
	}
	for _, e := range entries { // sorted by name
		if !e.Type().IsRegular() {
			return Release{}, fmt.Errorf("%s is no plain file", e.Name())
		}
		f, err := measure(folder, e.Name())
		if err != nil {
			return Release{}, err
		}
		r.Files = append(r.Files, f)
	}
	if err := r.Check(); err != nil {
		return Release{}, fmt.Errorf("pack %s: %w", folder, err)
	}
	zipped := gzip.NewWriter(to)
	archive := tar.NewWriter(zipped)
	for _, f := range r.Files {
		if err := packFile(archive, folder, f); err != nil {
			return Release{}, fmt.Errorf("pack %s: %w", f.Name, err)
		}
	}
	return r, errors.Join(archive.Close(), zipped.Close())
}

func measure(folder, name string) (File, error) {
	file, err := os.Open(filepath.Join(folder, name)) // #nosec G304 -- listed just now
	if err != nil {
		return File{}, fmt.Errorf("read a program: %w", err)
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	if err != nil {
		return File{}, fmt.Errorf("read %s: %w", name, err)
	}
	return File{Name: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

func packFile(archive *tar.Writer, folder string, f File) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: f.Name, Size: f.Size, Mode: 0o755, ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	file, err := os.Open(filepath.Join(folder, f.Name)) // #nosec G304 -- listed just now
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = io.CopyN(archive, file, f.Size)
	return err
}

// Unpack writes exactly the programs of a release into an empty folder, each compared with its digest and on the disk before
// the next; nothing else from the archive is taken. after is called behind each program. The caller syncs the folder.
func (r Release) Unpack(from io.Reader, folder string, after func(name string)) error {
	if err := r.Check(); err != nil {
		return err
	}
	zipped, err := gzip.NewReader(from)
	if err != nil {
		return fmt.Errorf("open the archive: %w", err)
	}
	archive := tar.NewReader(zipped)
	for _, f := range r.Files {
		header, err := archive.Next()
		if err != nil {
			return fmt.Errorf("the archive ends before %s: %w", f.Name, err)
		}
		if header.Name != f.Name || header.Typeflag != tar.TypeReg || header.Size != f.Size {
			return fmt.Errorf("the archive holds something else where %s is expected", f.Name)
		}
		if err := f.write(archive, folder); err != nil {
			return fmt.Errorf("unpack %s: %w", f.Name, err)
		}
		if after != nil {
			after(f.Name)
		}
	}
	if _, err := archive.Next(); !errors.Is(err, io.EOF) {
		return errors.New("the archive holds more than was signed")
	}
	return nil
}

func (f File) write(from io.Reader, folder string) error {
	file, err := os.OpenFile(filepath.Join(folder, f.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755) // #nosec G302 G304 -- a program, its name checked
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.CopyN(io.MultiWriter(file, sum), from, f.Size)
	if err == nil && hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		err = errors.New("the digest is another one")
	}
	if err == nil {
		err = errors.Join(file.Chmod(0o755), file.Sync())
	}
	return errors.Join(err, file.Close())
}

// Verify compares the programs in a folder with the release: all of them, nothing else.
func (r Release) Verify(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("read version %s: %w", r.Version, err)
	}
	if len(entries) != len(r.Files) {
		return fmt.Errorf("version %s has %d files instead of %d", r.Version, len(entries), len(r.Files))
	}
	for _, want := range r.Files {
		got, err := measure(folder, want.Name)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("version %s: %s is not what was signed", r.Version, want.Name)
		}
	}
	return nil
}
