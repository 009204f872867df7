package powercut

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// Data is the terminal's folder on the disk.
const Data = "bianmin"

// Make makes an ext4 of some megabytes whose folder Data is a copy of folder.
func Make(ctx context.Context, megabytes int, folder, scratch string) ([]byte, error) {
	file := filepath.Join(scratch, "new-disk")
	defer func() { _ = os.Remove(file) }()
	root := filepath.Join(scratch, "new-root")
	defer func() { _ = os.RemoveAll(root) }()
	if err := os.CopyFS(filepath.Join(root, Data), os.DirFS(folder)); err != nil {
		return nil, fmt.Errorf("copy the terminal: %w", err)
	}
	if err := run(ctx, "mkfs.ext4", "-q", "-F", "-b", "4096", "-J", "size=4", "-d", root, file, fmt.Sprintf("%dM", megabytes)); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// Unpack brings a disk's file system into order as a start of the machine does, which must not need anybody's help, and
// copies the terminal's folder out of it.
func Unpack(ctx context.Context, content []byte, folder string) error {
	descriptor, err := unix.MemfdCreate("disk", unix.MFD_CLOEXEC) // in memory: thousands of disks are looked at
	if err != nil {
		return fmt.Errorf("make a disk in memory: %w", err)
	}
	file := os.NewFile(uintptr(descriptor), "disk") // #nosec G115 -- a descriptor
	defer func() { _ = file.Close() }()
	if _, err := file.Write(content); err != nil {
		return err
	}
	disk := fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), descriptor)
	if err := run(ctx, "e2fsck", "-f", "-p", disk); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	if err := run(ctx, "debugfs", "-R", "rdump /"+Data+" "+folder, disk); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(folder, Data, "bianmin.db")); err != nil {
		return fmt.Errorf("the store is gone: %w", err)
	}
	return nil
}

func run(ctx context.Context, name string, args ...string) error {
	output, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && name == "e2fsck" && exit.ExitCode() <= 1 { // it set something right by itself
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, output)
	}
	return nil
}

// Event is one event a store holds, with its packet whole.
type Event struct {
	casefile.Event

	Digest string // of the event
	Packet string // digest of the packet
	State  string
}

// Found is what a store holds.
type Found struct {
	Events  map[string]Event // by their id
	Printed map[casefile.Number]int
}

// Looker opens stores as the platform opens packets; it remembers heads that it opened before.
type Looker struct {
	Opener packet.Opener

	mu    sync.Mutex
	known map[string]packet.Opened
}

// Look opens a store as a terminal does at its start, and checks all that it holds: the database, the chain of its audit
// trail, each packet with each of its pages.
func (l *Looker) Look(ctx context.Context, folder string) (found Found, err error) {
	s, err := store.Open(ctx, store.Options{Folder: folder, Clock: store.SystemClock, Patience: time.Minute})
	if err != nil {
		return Found{}, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if _, err := s.Sweep(ctx); err != nil {
		return Found{}, err
	}
	if _, err := s.VerifyAudit(ctx); err != nil {
		return Found{}, err
	}
	found = Found{Events: map[string]Event{}, Printed: map[casefile.Number]int{}}
	ids, err := s.Packets(ctx)
	if err != nil {
		return Found{}, err
	}
	for _, id := range ids {
		if found.Events[id], err = l.event(ctx, s, id); err != nil {
			return Found{}, fmt.Errorf("packet %s: %w", id, err)
		}
	}
	prints, err := s.Prints(ctx, "")
	for _, p := range prints {
		found.Printed[p.Case]++
	}
	return found, errors.Join(err, l.complete(ctx, s, found))
}

// complete finds cases that are not what their packets say.
func (l *Looker) complete(ctx context.Context, s *store.Store, found Found) error {
	cases, err := s.AllCases(ctx)
	if err != nil {
		return err
	}
	opened := 0
	for _, e := range found.Events {
		if e.Kind == casefile.Submitted {
			opened++
		}
	}
	if len(cases) != opened {
		return fmt.Errorf("%d cases, %d of them with a packet", len(cases), opened)
	}
	for _, c := range cases {
		states, err := s.PacketStates(ctx, c.Number)
		if err != nil {
			return err
		}
		for id, state := range states {
			e := found.Events[id]
			e.State = state
			found.Events[id] = e
		}
	}
	return nil
}

func (l *Looker) event(ctx context.Context, s *store.Store, id string) (_ Event, err error) {
	reader, err := s.OpenPacket(ctx, id)
	if err != nil {
		return Event{}, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	bytes, err := io.ReadAll(io.NewSectionReader(reader, 0, reader.Total()))
	if err != nil {
		return Event{}, err
	}
	opened, digest, err := l.open(bytes[:reader.HeadLength()])
	if err != nil {
		return Event{}, err
	}
	rest := bytes[reader.HeadLength():]
	for i, a := range opened.Attachments {
		if int64(len(rest)) < a.Length || seal.Digest(rest[:a.Length]) != a.Digest {
			return Event{}, fmt.Errorf("page %d is torn", i+1)
		}
		rest = rest[a.Length:]
	}
	if len(rest) > 0 {
		return Event{}, fmt.Errorf("%d bytes too many", len(rest))
	}
	return Event{Event: opened.Event, Digest: opened.EventDigest, Packet: digest}, nil
}

func (l *Looker) open(head []byte) (packet.Opened, string, error) {
	digest := seal.Digest(head)
	l.mu.Lock()
	defer l.mu.Unlock()
	if opened, ok := l.known[digest]; ok {
		return opened, digest, nil
	}
	opened, err := l.Opener.Open(head)
	if err != nil {
		return packet.Opened{}, "", err
	}
	if l.known == nil {
		l.known = map[string]packet.Opened{}
	}
	l.known[digest] = opened
	return opened, digest, nil
}

// Whole tells whether a page lies in a folder as it was sealed.
func Whole(folder, digest string) error {
	content, err := os.ReadFile(filepath.Join(folder, "attachments", digest[:2], digest))
	if err != nil {
		return err
	}
	if seal.Digest(content) != digest {
		return errors.New("the page is torn")
	}
	return nil
}
