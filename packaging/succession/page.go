package succession

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"bianmin/packaging/stick"
	"bianmin/store"
	"bianmin/sync/seal"
)

// copyPages copies the attachments, which are sealed already. One that was delivered and purged meanwhile is left out. One that is
// needed and cannot be read is named as lost, and keeps nothing else from being saved: a disk that fails is why copies are made.
func (m Machine) copyPages(ctx context.Context, made *Manifest, pages []store.Page, on stick.Folder, folder string) error {
	made.Pages = []File{}
	for _, page := range pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		length, err := copyPage(store.PagePath(m.Data, page.Digest), on, pageFile(folder, page.Digest), page.Digest)
		if unreadable := (*unreadableError)(nil); errors.As(err, &unreadable) {
			if page.Needed {
				made.Lost = append(made.Lost, page.Digest)
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("copy a page: %w", err)
		}
		made.Pages = append(made.Pages, File{Digest: page.Digest, Length: length})
		m.step("backup-page")
	}
	return nil
}

// unreadableError is trouble with the file that is copied, not with where the copy goes.
type unreadableError struct{ err error }

func (e *unreadableError) Error() string { return e.err.Error() }
func (e *unreadableError) Unwrap() error { return e.err }

// noting notes whether reading failed, rather than writing.
type noting struct {
	from   io.Reader
	failed error
}

func (n *noting) Read(p []byte) (int, error) {
	count, err := n.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		n.failed = err
	}
	return count, err
}

// copyPage copies a file that is named by its digest, unless it is there already and whole. What is wrong with from itself is an
// unreadableError.
func copyPage(from string, in stick.Folder, to, digest string) (length int64, err error) {
	if sum, n, err := digestOf(to); err == nil && sum == digest {
		return n, nil
	}
	file, err := os.Open(from) // #nosec G304 -- our own folders
	if err != nil {
		return 0, &unreadableError{err}
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum, source := seal.NewHash(), &noting{from: file}
	err = place(in, to, func(w io.Writer) error {
		if length, err = io.Copy(io.MultiWriter(w, sum), source); source.failed != nil {
			return &unreadableError{source.failed}
		}
		if err != nil {
			return err
		}
		if hex.EncodeToString(sum.Sum(nil)) != digest {
			return &unreadableError{fmt.Errorf("%w: a page is not what its name says", ErrDamaged)}
		}
		return nil
	})
	return length, err
}

func digestOf(path string) (_ string, _ int64, err error) {
	file, err := os.Open(path) // #nosec G304 -- our own folders and the technician's stick
	if err != nil {
		return "", 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := seal.NewHash()
	n, err := io.Copy(sum, file)
	return hex.EncodeToString(sum.Sum(nil)), n, err
}
