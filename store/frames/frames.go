// Package frames is a layer (VFS) between SQLite and its files that gives the frames of a transaction to the system in
// one write, into room the write-ahead log already has. It must change nothing else: what SQLite was told is in the log
// of a transaction that ends, the system has.
package frames

import (
	"fmt"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Name is what connections name the layer by (vfs=).
const Name = "bianmin-frames"

// The methods that SQLite calls, as they are in Go.
type (
	opening   = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32
	closing   = func(tls *libc.TLS, file uintptr) int32
	moving    = func(tls *libc.TLS, file, content uintptr, n int32, at int64) int32 // reads or writes
	cutting   = func(tls *libc.TLS, file uintptr, size int64) int32
	syncing   = func(tls *libc.TLS, file uintptr, flags int32) int32
	measuring = func(tls *libc.TLS, file, size uintptr) int32
	locking   = func(tls *libc.TLS, file uintptr, first, n, flags int32) int32
)

// below are the methods of the system's files.
type below struct {
	close   closing
	read    moving
	write   moving
	cut     cutting
	sync    syncing
	measure measuring
	lock    locking
}

var (
	registering sync.Once
	registered  error
	system      uintptr // the layer below
	systemOpen  opening
	nothing     uintptr // zeros, to make room with

	mu      sync.RWMutex
	files   = map[uintptr]*file{} // open logs and databases, by where SQLite keeps them
	named   = map[uintptr]*log{}  // logs by the address of their database's name: one for each connection
	methods = map[kind]*replace{} // never removed
)

// kind is what methods are replaced, and of what.
type kind struct {
	methods uintptr
	log     bool
}

// replace are methods of ours, where SQLite can reach them, with those below.
type replace struct {
	below
	ours uintptr
}

// file is a log, or the database it belongs to: that one tells when a transaction is over.
type file struct {
	below *below
	log   *log    // the log
	name  uintptr // the database's name
}

// Register makes the layer known to SQLite, once in a process.
func Register() error {
	registering.Do(func() { registered = register() })
	return registered
}

func register() error {
	tls := libc.NewTLS()
	defer tls.Close()
	if system = sqlite3.Xsqlite3_vfs_find(tls, 0); system == 0 {
		return fmt.Errorf("register %s: there is no layer below", Name)
	}
	name, err := libc.CString(Name) // kept by SQLite
	if err != nil {
		return fmt.Errorf("register %s: %w", Name, err)
	}
	nothing = libc.Xcalloc(tls, 1, piece)
	at := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	if nothing == 0 || at == 0 {
		return fmt.Errorf("register %s: out of memory", Name)
	}
	layer := to[sqlite3.Tsqlite3_vfs](at)
	*layer = *to[sqlite3.Tsqlite3_vfs](system)
	systemOpen = method[opening](layer.FxOpen)
	layer.FzName, layer.FxOpen = name, address[opening](open)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, at, 0); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("register %s: %d", Name, rc)
	}
	return nil
}

// to is what lies at an address of SQLite's memory, which is none of Go's.
func to[T any](at uintptr) *T { return *(**T)(unsafe.Pointer(&at)) }

// method is the function a method's address stands for, address the other way: an address points to where the function's begins.
func method[F any](at uintptr) F { return *(*F)(unsafe.Pointer(&at)) }

func address[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// open opens a file below. Of a database and its log some methods are replaced.
func open(tls *libc.TLS, _, name, at uintptr, flags int32, out uintptr) int32 {
	rc := systemOpen(tls, system, name, at, flags, out)
	of := to[sqlite3.Tsqlite3_file](at)
	if rc != sqlite3.SQLITE_OK || of.FpMethods == 0 {
		return rc
	}
	f := &file{}
	switch {
	case flags&sqlite3.SQLITE_OPEN_WAL != 0:
		f.name, f.log = sqlite3.Xsqlite3_filename_database(tls, name), &log{file: at, buffer: libc.Xmalloc(tls, most)}
	case flags&sqlite3.SQLITE_OPEN_MAIN_DB != 0 && name != 0:
		f.name = name
	default:
		return rc
	}
	mu.Lock()
	defer mu.Unlock()
	r := replacing(tls, kind{of.FpMethods, f.log != nil})
	if r == nil || f.log != nil && f.log.buffer == 0 {
		_ = systemClose(tls, at)
		return sqlite3.SQLITE_NOMEM
	}
	f.below, of.FpMethods = &r.below, r.ours
	files[at] = f
	if f.log != nil {
		f.log.below = f.below
		named[f.name] = f.log
	}
	return rc
}

// systemClose closes a file that was opened below only.
func systemClose(tls *libc.TLS, at uintptr) int32 {
	of := to[sqlite3.Tsqlite3_file](at)
	rc := method[closing](to[sqlite3.Tsqlite3_io_methods](of.FpMethods).FxClose)(tls, at)
	of.FpMethods = 0
	return rc
}

// replacing gives the methods that take the place of others, nil without memory. The mutex is held.
func replacing(tls *libc.TLS, of kind) *replace {
	if known := methods[of]; known != nil {
		return known
	}
	r := &replace{ours: libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{})))}
	if r.ours == 0 {
		return nil
	}
	ours := to[sqlite3.Tsqlite3_io_methods](r.ours)
	*ours = *to[sqlite3.Tsqlite3_io_methods](of.methods)
	r.below = below{
		close: method[closing](ours.FxClose), read: method[moving](ours.FxRead), write: method[moving](ours.FxWrite),
		cut: method[cutting](ours.FxTruncate), sync: method[syncing](ours.FxSync), measure: method[measuring](ours.FxFileSize),
		lock: method[locking](ours.FxShmLock),
	}
	ours.FxClose = address[closing](closeFile)
	if of.log {
		ours.FxRead, ours.FxWrite, ours.FxTruncate = address[moving](read), address[moving](write), address[cutting](truncate)
		ours.FxSync, ours.FxFileSize = address[syncing](synchronize), address[measuring](fileSize)
	} else {
		ours.FxShmLock = address[locking](lock)
	}
	methods[of] = r
	return r
}

func find(at uintptr) *file {
	mu.RLock()
	defer mu.RUnlock()
	return files[at]
}

func closeFile(tls *libc.TLS, at uintptr) int32 {
	mu.Lock()
	f := files[at]
	delete(files, at)
	if f.log != nil && named[f.name] == f.log {
		delete(named, f.name)
	}
	mu.Unlock()
	if f.log != nil {
		libc.Xfree(tls, f.log.buffer)
	}
	return f.below.close(tls, at)
}

// lock is called for the locks of a log. Who lets the writers' one go has ended its transaction, or undone it. What is held back then is of
// one that was undone, and nobody would read it; but it is given to the system while nobody else may write, as SQLite alone would have done.
func lock(tls *libc.TLS, at uintptr, first, n, flags int32) int32 {
	f := find(at)
	if first == writers && flags == sqlite3.SQLITE_SHM_UNLOCK|sqlite3.SQLITE_SHM_EXCLUSIVE {
		mu.RLock()
		l := named[f.name]
		mu.RUnlock()
		if l != nil {
			_ = l.flush(tls)
		}
	}
	return f.below.lock(tls, at, first, n, flags)
}
