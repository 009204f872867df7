package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"bianmin/core/casefile"
	"bianmin/sync/seal"
)

// Attach seals content as it is written and keeps it as a file named by its
// digest: written, fdatasync, renamed, folder synced. After that, and only
// then, may a row name it. The key is in the result and nowhere else.
func (s *Store) Attach(ctx context.Context, mediaType string, content io.Reader) (casefile.Attachment, error) {
	attachment, err := s.attach(ctx, mediaType, content)
	return attachment, wrap(classify(err), "keep an attachment")
}

func (s *Store) attach(ctx context.Context, mediaType string, content io.Reader) (_ casefile.Attachment, err error) {
	key, err := seal.NewKey()
	if err != nil {
		return casefile.Attachment{}, err
	}
	file, err := os.CreateTemp(filepath.Join(s.folder, "tmp"), "page-*")
	if err != nil {
		return casefile.Attachment{}, err
	}
	closed := false
	defer func() {
		if !closed {
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			err = errors.Join(err, remove(file.Name()))
		}
	}()
	writer, err := seal.NewWriter(&early{file: file}, key)
	if err != nil {
		return casefile.Attachment{}, err
	}
	if s.bare {
		plain, err := os.CreateTemp(filepath.Join(s.folder, "tmp"), "plain-*")
		if err != nil {
			return casefile.Attachment{}, err
		}
		defer func() { err = errors.Join(err, plain.Close()) }()
		content = io.TeeReader(content, plain)
	}
	if _, err = io.Copy(writer, &cancellable{ctx: ctx, from: content}); err != nil {
		return casefile.Attachment{}, err
	}
	if err = writer.Close(); err != nil {
		return casefile.Attachment{}, err
	}
	s.point(PointAttachmentWritten)
	if err = syscall.Fdatasync(int(file.Fd())); err != nil { // #nosec G115 -- file descriptors are small
		return casefile.Attachment{}, fmt.Errorf("fdatasync: %w", err)
	}
	closed = true
	if err = file.Close(); err != nil {
		return casefile.Attachment{}, err
	}
	s.point(PointAttachmentSynced)
	if err = s.place(file.Name(), writer.Digest()); err != nil {
		return casefile.Attachment{}, err
	}
	s.point(PointAttachmentRenamed)
	return casefile.Attachment{
		Digest: writer.Digest(), MediaType: mediaType, Sealed: writer.Sealed(), Plain: writer.Plain(), Key: key,
	}, nil
}

// place renames a finished file to its address and makes that durable.
func (s *Store) place(temporary, digest string) error {
	target := s.attachmentPath(digest)
	folder := filepath.Dir(target)
	if err := s.folderFor(folder); err != nil {
		return err
	}
	if err := os.Rename(temporary, target); err != nil {
		return err
	}
	return s.syncFolder(folder)
}

// folderFor makes a folder for attachments durable, once per program: one that is there may be of a program that was killed before it synced.
func (s *Store) folderFor(folder string) error {
	s.placing.Lock()
	defer s.placing.Unlock()
	if s.durable[folder] {
		return nil
	}
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := s.syncFolder(filepath.Dir(folder)); err != nil {
		return err
	}
	s.durable[folder] = true
	return nil
}

// early has the kernel begin to write out what was written while more is sealed, so that little is left for the sync at the end.
type early struct {
	file  *os.File
	at    int64
	begun int64
}

const earlyStep = 256 << 10

func (e *early) Write(p []byte) (int, error) {
	n, err := e.file.Write(p)
	e.at += int64(n)
	if err == nil && e.at-e.begun >= earlyStep {
		// Only a hint: where it is not taken, the sync at the end does all of it, and tells of trouble.
		_ = unix.SyncFileRange(int(e.file.Fd()), e.begun, e.at-e.begun, unix.SYNC_FILE_RANGE_WRITE)
		e.begun = e.at
	}
	return n, err
}

type cancellable struct {
	ctx  context.Context //nolint:containedctx // lives as long as one copy
	from io.Reader
}

func (c *cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.from.Read(p)
}

func (s *Store) attachmentPath(digest string) string {
	return filepath.Join(s.folder, "attachments", digest[:2], digest)
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Drop forgets an attachment of a draft. One that a row names stays.
func (s *Store) Drop(ctx context.Context, digest string) error {
	if !isDigest(digest) {
		return errors.New("drop an attachment: not a digest")
	}
	var named bool
	if err := s.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM attachments WHERE digest = ?)", digest).Scan(&named); err != nil {
		return classify(fmt.Errorf("drop an attachment: %w", err))
	}
	if named {
		return errors.New("drop an attachment: it was filed")
	}
	return wrap(classify(remove(s.attachmentPath(digest))), "drop an attachment")
}

// Has tells whether the file of an attachment is there with its length.
func (s *Store) Has(attachment casefile.Attachment) bool {
	if !isDigest(attachment.Digest) {
		return false
	}
	info, err := os.Stat(s.attachmentPath(attachment.Digest))
	return err == nil && info.Size() == attachment.Sealed
}

func isDigest(text string) bool {
	if len(text) != 2*seal.Size {
		return false
	}
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Sweep removes what dead drafts left: temporary files and attachments no row
// names. Their keys died with the process that held them, so what a disk may
// still hold of them is unreadable. What cannot be removed stops nothing else. Only the
// program that makes drafts calls it, at its start, before the first one.
func (s *Store) Sweep(ctx context.Context) (removed int, err error) {
	named, err := s.namedAttachments(ctx)
	if err != nil {
		return 0, classify(fmt.Errorf("sweep: %w", err))
	}
	var troubles []error
	for _, folder := range []string{"tmp", "attachments"} {
		err := filepath.WalkDir(filepath.Join(s.folder, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				troubles = append(troubles, err)
				return nil
			}
			if entry.IsDir() || folder == "attachments" && named[entry.Name()] {
				return nil
			}
			if err := remove(path); err != nil {
				troubles = append(troubles, err)
				return nil
			}
			removed++
			return nil
		})
		troubles = append(troubles, err)
	}
	if err := errors.Join(troubles...); err != nil {
		return removed, classify(fmt.Errorf("sweep: %w", err))
	}
	return removed, nil
}

func (s *Store) namedAttachments(ctx context.Context) (map[string]bool, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT digest FROM attachments UNION SELECT digest FROM draft_pages")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	named := map[string]bool{}
	for rows.Next() {
		var digest string
		if err := rows.Scan(&digest); err != nil {
			return nil, err
		}
		named[digest] = true
	}
	return named, rows.Err()
}

// OpenAttachment gives an attachment's plain content, the whole of it proven
// genuine. The error wraps fs.ErrNotExist when it was purged.
func (s *Store) OpenAttachment(attachment casefile.Attachment) ([]byte, error) {
	if !isDigest(attachment.Digest) {
		return nil, errors.New("open an attachment: not a digest")
	}
	sealed, err := os.ReadFile(s.attachmentPath(attachment.Digest))
	if err != nil {
		return nil, classify(fmt.Errorf("open an attachment: %w", err))
	}
	content, err := seal.OpenSealed(sealed, attachment.Key)
	if err != nil {
		return nil, fmt.Errorf("open an attachment: %w", err)
	}
	return content, nil
}
