package store

import (
	"errors"
	"io/fs"
	"syscall"

	"bianmin/core/casefile"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"bianmin/store/room"
)

// classify gives errors that people must hear of their code. Others stay as they are.
func classify(err error) error {
	if err == nil {
		return nil
	}
	var known *casefile.Error
	if errors.As(err, &known) {
		return err
	}
	if code := codeOf(err); code != "" {
		return &casefile.Error{Code: code, Err: err}
	}
	return err
}

func codeOf(err error) casefile.Code {
	switch {
	case room.Full(err):
		return casefile.DiskFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EIO), errors.Is(err, fs.ErrPermission):
		return casefile.ReadOnly
	}
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return ""
	}
	switch lite.Code() {
	case sqlite3.SQLITE_IOERR_SHMSIZE: // no room for the WAL's index
		return casefile.DiskFull
	case sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_DATA, sqlite3.SQLITE_IOERR_CORRUPTFS:
		return casefile.Damaged
	}
	switch lite.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return casefile.DiskFull
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR: // the disk does not take what is written
		return casefile.ReadOnly
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return casefile.Damaged
	}
	return ""
}

// Code is the code of an error of this package, casefile.Internal for an
// unexpected one, "" for nil.
func Code(err error) casefile.Code {
	var known *casefile.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &known):
		return known.Code
	}
	return casefile.Internal
}
