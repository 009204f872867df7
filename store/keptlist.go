package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"bianmin/sync/seal"
)

// A kept list is one file of what an account's list holds, sealed by a key of its own. The key stands, sealed by the
// account, in the database: a database without it, or with another, makes the file worthless and loses nothing.
const metaKeptList = "list "

// ErrMoved says that rows went away while a list was written, so it was not kept.
var ErrMoved = errors.New("rows went away while the list was written")

func (s *Store) listPath(account string) string {
	hash := seal.NewHash()
	hash.Write([]byte(account))
	return filepath.Join(s.folder, "lists", hex.EncodeToString(hash.Sum(nil)[:16]))
}

// KeepList puts what write writes in the place of an account's kept list; name seals the key of the file with all that
// must be known to use it. It gives ErrMoved unless the rows removed are still counted as removed. Nothing is synced:
// a list that a power cut damages does not open, and is made anew.
func (s *Store) KeepList(ctx context.Context, account string, removed int64, write func(io.Writer) error, name func(key [16]byte) ([]byte, error)) error {
	err := s.keepList(ctx, account, removed, write, name)
	return wrap(classify(err), "keep a list")
}

func (s *Store) keepList(ctx context.Context, account string, removed int64, write func(io.Writer) error, name func(key [16]byte) ([]byte, error)) (err error) {
	if s.writer == nil {
		return nil // opened to read: the newer version may be at work beside it
	}
	key, err := seal.NewKey()
	if err != nil {
		return err
	}
	sealed, err := name(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(s.folder, "lists"), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Join(s.folder, "tmp"), "list-*")
	if err != nil {
		return err
	}
	err = errors.Join(s.writeList(file, key, write), file.Close())
	if err == nil {
		s.point(PointListWritten)
		err = s.transact(ctx, false, func(tx *sql.Tx, _ statements) error {
			return s.placeList(tx, account, removed, file.Name(), base64.StdEncoding.EncodeToString(sealed))
		})
	}
	if err != nil {
		return errors.Join(err, remove(file.Name()))
	}
	s.point(PointListAfter)
	return nil
}

func (s *Store) writeList(file *os.File, key [16]byte, write func(io.Writer) error) (err error) {
	writer, err := seal.NewWriter(file, key)
	if err != nil {
		return err
	}
	to := io.Writer(writer)
	if s.bare {
		plain, err := os.CreateTemp(filepath.Join(s.folder, "lists"), "plain-*")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, plain.Close()) }()
		to = io.MultiWriter(writer, plain)
	}
	if err := write(to); err != nil {
		return err
	}
	return writer.Close()
}

func (s *Store) placeList(tx *sql.Tx, account string, removed int64, temporary, sealed string) error {
	var now int64
	if err := tx.QueryRow("SELECT removed FROM revision WHERE id = 1").Scan(&now); err != nil {
		return err
	}
	if now != removed {
		return ErrMoved
	}
	if err := setMeta(tx, metaKeptList+account, sealed); err != nil {
		return err
	}
	if err := os.Rename(temporary, s.listPath(account)); err != nil {
		return err
	}
	s.point(PointListBefore)
	return nil
}

// KeptList gives what name sealed for the account's kept list, nil when there is none.
func (s *Store) KeptList(ctx context.Context, account string) ([]byte, error) {
	var text string
	err := s.reader.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", metaKeptList+account).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, classify(fmt.Errorf("find a kept list: %w", err))
	}
	sealed, err := base64.StdEncoding.DecodeString(text)
	return sealed, wrap(err, "find a kept list")
}

// OpenList opens an account's kept list; what is read counts only when io.EOF is reached.
func (s *Store) OpenList(account string, key [16]byte) (io.ReadCloser, error) {
	file, err := os.Open(s.listPath(account))
	if err != nil {
		return nil, fmt.Errorf("open a kept list: %w", err)
	}
	reader, err := seal.NewReader(file, key)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open a kept list: %w", err), file.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{reader, file}, nil
}

// forgetLists makes the kept lists of those unreadable who have one of the cases that number picks, before it goes.
func forgetLists(tx *sql.Tx, numbers string, args ...any) error {
	_, err := tx.Exec("DELETE FROM meta WHERE key IN (SELECT '"+metaKeptList+"' || account FROM desk_cases WHERE number IN ("+numbers+"))", args...)
	return err
}
