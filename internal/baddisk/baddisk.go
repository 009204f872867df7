// Package baddisk runs a test's child process on a disk that fails: the kernel hands each of its calls that changes a file
// below a folder to the test first, which lets it through or answers with an error in its place. No root, no mount, no
// library under the child. For tests of any package; no program may hold it.
package baddisk

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Fault says which changes fail.
type Fault struct {
	Folder string
	First  int        // the number of the first that fails, from 1; 0 for none
	Ever   bool       // all after it too
	Error  unix.Errno // in place of the call
	Met    func()     // called when the first fails; may be nil
}

// Run runs a command that is not started yet until its end, and gives what it changed, or tried to, below the folder.
func Run(command *exec.Cmd, fault Fault) (changes []string, err error) {
	given, started := make(chan int, 1), make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the filter stays with the thread, and with all that it starts: nothing else may run on it
		listener, err := filter()
		if given <- listener; err == nil {
			err = command.Start()
		}
		started <- err
	}()
	w := watch{listener: <-given, fault: fault, begun: make(chan struct{})}
	if w.listener < 0 {
		return nil, <-started
	}
	var watching sync.WaitGroup
	var broken error
	watching.Go(func() { broken = w.run() })
	err = <-started
	close(w.begun)
	if err == nil {
		err = command.Wait()
	}
	w.over.Store(true)
	watching.Wait()
	return w.changes, errors.Join(err, broken)
}

// calls are what changes a file: by number, and where the file is named: by a descriptor or a path, in which argument.
var calls = map[int32]struct {
	name string
	path bool
	at   int
}{
	unix.SYS_WRITE: {"write", false, 0}, unix.SYS_PWRITE64: {"pwrite", false, 0}, unix.SYS_FSYNC: {"fsync", false, 0},
	unix.SYS_FDATASYNC: {"fdatasync", false, 0}, unix.SYS_FTRUNCATE: {"truncate", false, 0}, unix.SYS_FALLOCATE: {"allocate", false, 0},
	unix.SYS_RENAMEAT: {"rename", true, 3}, unix.SYS_MKDIRAT: {"mkdir", true, 1},
}

type watch struct {
	listener int
	fault    Fault
	changes  []string
	over     atomic.Bool   // the child has ended
	begun    chan struct{} // closed when it is known that it has begun: it may change something sooner
}

// run answers for each call until the child has ended.
func (w *watch) run() error {
	defer func() { _ = unix.Close(w.listener) }()
	for {
		asked, err := receive(w.listener)
		if err != nil {
			return err
		}
		if asked == nil {
			if w.over.Load() {
				return nil
			}
			continue
		}
		answer := reply{ID: asked.ID, Flags: goOn}
		if what := w.change(asked); what != "" {
			w.changes = append(w.changes, what)
			if n := len(w.changes); w.fault.First > 0 && (n == w.fault.First || w.fault.Ever && n > w.fault.First) {
				if n == w.fault.First && w.fault.Met != nil {
					<-w.begun
					w.fault.Met()
				}
				answer = reply{ID: asked.ID, Error: -int32(w.fault.Error)} // #nosec G115 -- a small number
			}
		}
		if err := respond(w.listener, answer); err != nil {
			return err
		}
	}
}

// change names a call that changes something below the folder, "" for any other.
func (w *watch) change(asked *notice) string {
	call := calls[asked.Number]
	path := pathOf(asked, call.path, call.at)
	if inside, ok := strings.CutPrefix(path, w.fault.Folder+"/"); ok {
		return call.name + " " + inside
	}
	if path == w.fault.Folder {
		return call.name + " ."
	}
	return ""
}

func pathOf(asked *notice, byPath bool, at int) string {
	if !byPath {
		path, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", asked.Process, asked.Arguments[at]))
		return path
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", asked.Process))
	if err != nil {
		return ""
	}
	defer func() { _ = memory.Close() }()
	text := make([]byte, 512)
	n, _ := memory.ReadAt(text, int64(asked.Arguments[at])) // #nosec G115 -- an address
	path, _, _ := strings.Cut(string(text[:n]), "\x00")
	return path
}
