package edition

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/klauspost/compress/zstd"
)

// changesFile is the first entry of an archive.
const changesFile = "changes.json"

// archiveFormat is the version of archives that this code reads and writes.
const archiveFormat = 1

// changes say what an archive does.
type changes struct {
	Format int      `json:"format"`
	From   string   `json:"from"` // digest of the set it begins with, "" for a snapshot
	To     string   `json:"to"`   // digest of the set after it
	Gone   []string `json:"gone"` // paths that are in the one and not in the other
}

const maxChanges = 8 << 20 // bytes of changes.json

// WriteArchive writes what leads from base to set, or the whole set when base is nil: the same bytes for the same sets.
func WriteArchive(to io.Writer, base, set Set, folder fs.FS) error {
	changed, gone := set.Changes(base)
	head := changes{Format: archiveFormat, To: set.Digest(), Gone: gone}
	if head.Gone == nil {
		head.Gone = []string{}
	}
	if base != nil {
		head.From = base.Digest()
	}
	first, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("write an archive: %w", err)
	}
	packed, err := zstd.NewWriter(to, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("write an archive: %w", err)
	}
	archive := tar.NewWriter(packed)
	err = writeEntry(archive, changesFile, first)
	for _, file := range changed {
		if err != nil {
			break
		}
		var content []byte
		if content, err = fs.ReadFile(folder, file.Path); err == nil {
			err = writeEntry(archive, file.Path, content)
		}
	}
	if err = errors.Join(err, archive.Close(), packed.Close()); err != nil {
		return fmt.Errorf("write an archive: %w", err)
	}
	return nil
}

func writeEntry(archive *tar.Writer, path string, content []byte) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: path, Size: int64(len(content)), Mode: 0o644, Format: tar.FormatUSTAR}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err := archive.Write(content)
	return err
}

// readArchive hands each file of an archive to put, which must read it. from and to are what the archive must say of itself.
func readArchive(ctx context.Context, source io.Reader, from, to string, put func(file File, content io.Reader) error) (gone []string, err error) {
	packed, err := zstd.NewReader(source, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20), zstd.WithDecoderMaxWindow(32<<20))
	if err != nil {
		return nil, fmt.Errorf("read an archive: %w", err)
	}
	defer packed.Close()
	// A tar adds at most a block of header and one of padding to each file.
	archive := tar.NewReader(io.LimitReader(packed, MaxSet+maxChanges+1024*(MaxFiles+2)))
	head, err := readChanges(archive)
	if err != nil {
		return nil, err
	}
	if head.From != from || head.To != to {
		return nil, fmt.Errorf("%w: it leads elsewhere", ErrArchive)
	}
	seen := map[string]bool{}
	for ctx.Err() == nil {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return head.Gone, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrArchive, err)
		}
		if header.Typeflag != tar.TypeReg || !pathForm.MatchString(header.Name) || header.Size > MaxFile || seen[header.Name] || len(seen) == MaxFiles {
			return nil, fmt.Errorf("%w: an entry that does not belong there", ErrArchive)
		}
		seen[header.Name] = true
		if err := put(File{Path: header.Name, Size: header.Size}, archive); err != nil {
			return nil, err
		}
	}
	return nil, ctx.Err()
}

func readChanges(archive *tar.Reader) (changes, error) {
	var head changes
	header, err := archive.Next()
	if err != nil {
		return head, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	if header.Name != changesFile || header.Typeflag != tar.TypeReg || header.Size > maxChanges {
		return head, fmt.Errorf("%w: it does not begin as it must", ErrArchive)
	}
	content, err := io.ReadAll(archive)
	if err != nil {
		return head, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	if err := json.Unmarshal(content, &head); err != nil {
		return head, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	if head.Format != archiveFormat {
		return head, fmt.Errorf("%w: it is of form %d, this program reads %d", ErrNewer, head.Format, archiveFormat)
	}
	return head, nil
}
