package frames

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	header  = 24        // bytes before each page; of them 4 to 8 say that it ends a transaction
	most    = 512 << 10 // bytes held back of a larger transaction
	piece   = 64 << 10  // what the layer below takes at once: it looks at the lowest 17 bits of a length only
	room    = 1 << 20   // what a log grows by, so that most syncs have no new length to write down
	enough  = 16 << 20  // and up to where: SQLite cuts it to that
	writers = 0         // the first of a log's locks is that of who writes
)

// log is the log of one connection, which uses it from one thread at a time. What is held back is frames of a transaction
// that has not ended: with its last page all is given to the system, and so before anything else is done with the file.
type log struct {
	below  *below
	file   uintptr
	buffer uintptr
	at     int64 // where what is held back begins
	n      int64 // its length
	page   int64 // where the page of the last header goes
	last   bool  // that page ends the transaction
	tail   int64 // what lies before it was written already: a header there is mended and no page comes after it
	length int64 // of the file, when last looked at; 0 where that is not known
	named  bool  // the file's name is on the disk too
}

func write(tls *libc.TLS, at, content uintptr, n int32, offset int64) int32 {
	l := find(at).log
	if l.n > 0 && (offset != l.at+l.n || l.n+int64(n) > most) {
		if rc := l.flush(tls); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	end := offset + int64(n)
	switch {
	case n == header && offset >= l.tail:
		l.heads(content, end)
		return l.hold(tls, content, n, offset)
	case n == header:
		l.heads(content, end)
	case offset == l.page && l.n > 0:
		if rc := l.hold(tls, content, n, offset); rc != sqlite3.SQLITE_OK || !l.last {
			return rc
		}
		rc := l.end(tls)
		l.tail = end
		return rc
	case offset == l.page && l.last, offset == 0: // the end of a transaction, the beginning of the log
		l.tail, l.length = end, 0
	}
	l.tail = max(l.tail, end)
	return l.below.write(tls, at, content, n, offset)
}

// heads notes what a frame's header says, and where its page will go.
func (l *log) heads(content uintptr, end int64) {
	l.page, l.last = end, binary.BigEndian.Uint32(to[[header]byte](content)[4:]) != 0
}

func (l *log) hold(tls *libc.TLS, content uintptr, n int32, offset int64) int32 {
	if l.n == 0 {
		l.at = offset
	}
	libc.Xmemcpy(tls, l.buffer+uintptr(l.n), content, libc.Tsize_t(n))
	l.n += int64(n)
	return sqlite3.SQLITE_OK
}

// flush gives what is held back to the system. What that does not take is gone: SQLite undoes the transaction.
func (l *log) flush(tls *libc.TLS) int32 {
	if l.n == 0 {
		return sqlite3.SQLITE_OK
	}
	n := l.n
	l.forget()
	l.tail = max(l.tail, l.at+n)
	return l.give(tls, l.buffer, piece, n, l.at)
}

// give writes n bytes in pieces, step further on in what is written for each.
func (l *log) give(tls *libc.TLS, content uintptr, step, n, at int64) int32 {
	for done := int64(0); done < n; done += piece {
		part := int32(min(piece, n-done)) // #nosec G115 -- at most piece
		if rc := l.below.write(tls, l.file, content+uintptr(done/piece*step), part, at+done); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	return sqlite3.SQLITE_OK
}

// end is flush at the end of a transaction. Where the log grew it grows further, by zeros, which no frame begins with.
func (l *log) end(tls *libc.TLS) int32 {
	end := l.at + l.n
	if rc := l.look(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	if rc := l.flush(tls); rc != sqlite3.SQLITE_OK || end <= l.length || end >= enough {
		return rc
	}
	l.length = 0
	if l.give(tls, nothing, 0, min(room, enough-end), end) != sqlite3.SQLITE_OK {
		return l.below.cut(tls, l.file, end) // a full disk: others need what is left
	}
	return sqlite3.SQLITE_OK
}

// look learns the length of the file where it is not known. To ask each time would be dear: a file that was looked at gets a new
// time of change with the next write, which the sync then writes down.
func (l *log) look(tls *libc.TLS) int32 {
	if l.length > 0 {
		return sqlite3.SQLITE_OK
	}
	at := tls.Alloc(8)
	defer tls.Free(8)
	rc := l.below.measure(tls, l.file, at)
	l.length = *to[int64](at)
	return rc
}

// forget drops what is held back.
func (l *log) forget() { l.n, l.page = 0, -1 }

func read(tls *libc.TLS, at, content uintptr, n int32, offset int64) int32 {
	f := find(at)
	if rc := f.log.flush(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return f.below.read(tls, at, content, n, offset)
}

func truncate(tls *libc.TLS, at uintptr, size int64) int32 {
	f := find(at)
	if rc := f.log.flush(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return f.below.cut(tls, at, size)
}

// synchronize waits for the disk. The first time the layer below does, which sees to the name of a new file as well; from then on
// for what the file holds and its length, as SQLite itself does where it is built for it, and not for the time of its last change.
func synchronize(tls *libc.TLS, at uintptr, flags int32) int32 {
	f := find(at)
	if rc := f.log.flush(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	if !f.log.named {
		rc := f.below.sync(tls, at, flags)
		f.log.named = rc == sqlite3.SQLITE_OK
		return rc
	}
	for {
		switch err := unix.Fdatasync(int(to[sqlite3.TunixFile](at).Fh)); err {
		case nil:
			return sqlite3.SQLITE_OK
		case unix.EINTR:
		default:
			return sqlite3.SQLITE_IOERR_FSYNC
		}
	}
}

func fileSize(tls *libc.TLS, at, size uintptr) int32 {
	f := find(at)
	if rc := f.log.flush(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return f.below.measure(tls, at, size)
}
