//go:build powercut

package powercut_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/internal/powercut"
	"bianmin/platform/authority"
	"bianmin/platform/platformtest"
	"bianmin/platform/registry"
	"bianmin/store/filing"
	"bianmin/sync/enrol"
	"bianmin/sync/governor"
	"bianmin/sync/packet"
)

// world is a terminal on a disk in a virtual machine, and the platform outside.
type world struct {
	t        *testing.T
	random   *rand.Rand
	initrd   string
	scratch  string
	platform *platformtest.Platform
	looker   *powercut.Looker
	content  []byte   // the disk's, while the machine is off
	clock    string   // the machine's at its next start, "" for the right time
	said     []string // what was said in all lives before
	tally    tally
	images   int
}

func newWorld(t *testing.T, initrd string, random *rand.Rand) *world {
	t.Helper()
	w := &world{t: t, random: random, initrd: initrd, scratch: t.TempDir(), platform: platformtest.Start(t, platformtest.Options{})}
	folder := t.TempDir()
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: w.platform.Ticket(early(t), w.platform.URL), Data: folder, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	begin(t, folder)
	content, err := powercut.Make(t.Context(), 64, folder, w.scratch)
	if err != nil {
		t.Fatal(err)
	}
	a, err := authority.Load(authority.Options{Dir: filepath.Join(w.platform.Dir, "authority"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	w.content, w.looker = content, &powercut.Looker{Opener: packet.Opener{Certificate: a.SealingCertificate(), Key: a.SealingKey(), Root: a.SigningRoot()}}
	return w
}

// begin makes the store, as a terminal does when it is set up.
func begin(t *testing.T, folder string) {
	t.Helper()
	f, err := filing.Open(t.Context(), filing.Options{Folder: folder, MinFree: 1})
	if err == nil {
		err = errors.Join(f.Ready(t.Context()), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// early is a terminal that speaks at once after a start; others wait up to a minute, each its own time.
func early(t *testing.T) string {
	for n := range 10_000 {
		if number := fmt.Sprintf("QH%04d", n); governor.First(number, time.Minute, 0) < 500*time.Millisecond {
			return number
		}
	}
	t.Fatal("no terminal speaks early")
	return ""
}

// boot starts the machine and waits until its terminal serves.
func (w *world) boot(words string) (*powercut.Disk, *powercut.Machine) {
	w.t.Helper()
	_, port, err := net.SplitHostPort(w.platform.Addr)
	if err != nil {
		w.t.Fatal(err)
	}
	short, err := os.MkdirTemp("", "cut")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = os.RemoveAll(short) })
	disk := powercut.NewDisk(w.content)
	begun := time.Now()
	machine, err := powercut.Boot(w.t.Context(), powercut.Start{
		Kernel: filepath.Join(built, "kernel"), Initrd: w.initrd, Socket: filepath.Join(short, "d"), Disk: disk, Clock: w.clock,
		Words: "desk=-data,/data/" + powercut.Data + ",-sender,/bin/sender,-platform,10.0.2.2:" + port + words,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.await(machine, "up", 1)
	w.tally.boots, w.tally.booted = w.tally.boots+1, w.tally.booted+time.Since(begun)
	return disk, machine
}

func (w *world) await(machine *powercut.Machine, word string, times int) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 5*time.Minute) // there may be much else to do
	defer cancel()
	if err := machine.Await(ctx, word, times); err != nil {
		w.t.Fatal(errors.Join(err, machine.Cut()))
	}
}

// run lets the terminal file some cases and cuts the power at some moment after.
func (w *world) run(cases int) *powercut.Disk {
	w.t.Helper()
	disk, machine := w.boot("")
	w.await(machine, "filed", cases)
	pause(w.t.Context(), time.Duration(w.random.IntN(400))*time.Millisecond)
	if err := machine.Cut(); err != nil {
		w.t.Fatal(err)
	}
	return disk
}

// live is a terminal's life with many cuts: some that it goes on from, and between them others that are only looked at.
func (w *world) live(cuts int) (last *powercut.Disk) {
	w.t.Helper()
	boots := min(max(2, cuts/cutsForOne), cuts)
	for boot := range boots {
		last = w.run(4 + w.random.IntN(20))
		w.report(w.cut(last, (cuts-boots+boot)/boots, (*powercut.Disk).Cuts))
		w.report(w.cutAt(last, []int{last.Length()}, (*powercut.Disk).Cuts, true))
		if w.t.Failed() {
			return last
		}
	}
	w.end()
	return last
}

func (w *world) report(wrong []error) {
	w.t.Helper()
	for _, err := range wrong {
		w.t.Error(err)
	}
}

type cutter func(d *powercut.Disk, places []int, random *rand.Rand, show func(powercut.Left))

// cut looks at what some cuts at random moments would have left.
func (w *world) cut(disk *powercut.Disk, count int, how cutter) (wrong []error) {
	return w.cutAt(disk, places(w.random, count, disk.Length()), how, false)
}

// cutAt looks at cuts at given places; with keep the machine goes on from the last.
func (w *world) cutAt(disk *powercut.Disk, at []int, how cutter, keep bool) (wrong []error) {
	known := w.known()
	before := w.said
	var mu sync.Mutex
	var looking sync.WaitGroup
	hands := make(chan struct{}, 2)
	how(disk, at, w.random, func(left powercut.Left) {
		w.tally.cuts++
		if left.Unflushed > 0 {
			w.tally.unflushed++
		}
		if keep {
			w.content, w.said = left.Content, append(w.said, left.Said...)
		}
		w.images++
		folder := filepath.Join(w.scratch, fmt.Sprint(w.images))
		hands <- struct{}{}
		looking.Go(func() {
			defer func() { <-hands; _ = os.RemoveAll(folder) }()
			if err := w.look(left, folder, before, known); err != nil {
				mu.Lock()
				defer mu.Unlock()
				wrong = append(wrong, fmt.Errorf("cut %d of %d, unflushed writes: %v of %d: %w", left.At, disk.Length(), left.Way, left.Unflushed, err))
			}
		})
	})
	looking.Wait()
	return wrong
}

// known is what the platform knows of packets.
func (w *world) known() []registry.Packet {
	w.t.Helper()
	r, err := registry.OpenReader(w.t.Context(), w.platform.Dir)
	if err != nil {
		w.t.Fatal(err)
	}
	packets, err := r.Packets(w.t.Context())
	if err := errors.Join(err, r.Close()); err != nil {
		w.t.Fatal(err)
	}
	return packets
}

// look opens what a cut left as a terminal does after it, and compares it with what the world was told.
func (w *world) look(left powercut.Left, folder string, before []string, known []registry.Packet) error {
	ctx := w.t.Context()
	if err := powercut.Unpack(ctx, left.Content, folder); err != nil {
		return err
	}
	data := filepath.Join(folder, powercut.Data)
	if err := pagesWhole(data, left.Said); err != nil {
		return err
	}
	found, err := w.looker.Look(ctx, data)
	if err != nil {
		return err
	}
	if err := allThere(found, append(before[:len(before):len(before)], left.Said...)); err != nil {
		return err
	}
	return agree(found, known, left.When)
}

// pagesWhole looks for every page that was kept since the last start; a start takes away what no case names.
func pagesWhole(folder string, said []string) error {
	for _, words := range said {
		if digest, ok := strings.CutPrefix(words, "page "); ok {
			if err := powercut.Whole(folder, digest); err != nil {
				return fmt.Errorf("a page that was kept: %w", err)
			}
		}
	}
	return nil
}

// allThere looks for everything a person was told.
func allThere(found powercut.Found, said []string) error {
	rated := map[casefile.Number]bool{}
	for _, e := range found.Events {
		rated[e.Case] = rated[e.Case] || e.Kind == casefile.Evaluated
	}
	for _, line := range said {
		words := strings.Fields(line)
		switch {
		case words[0] == "filed" && found.Events[words[2]].Digest != words[3]:
			return fmt.Errorf("case %s was filed with the event %s, the store has %q", words[1], words[3], found.Events[words[2]].Digest)
		case words[0] == "printed" && found.Printed[casefile.Number(words[1])] == 0:
			return fmt.Errorf("a receipt of %s was printed, the ledger does not know", words[1])
		case words[0] == "rated" && !rated[casefile.Number(words[1])]:
			return fmt.Errorf("case %s was rated, the store does not know", words[1])
		}
	}
	return nil
}

// agree compares a store with what the platform has: nothing is there that is not here, and here nothing counts as delivered that is not there.
func agree(found powercut.Found, known []registry.Packet, when time.Time) error {
	state := map[string]registry.State{}
	for _, p := range known {
		state[p.ID] = p.State
		here, ok := found.Events[p.ID]
		if p.Begun.Add(time.Millisecond).Before(when) && !ok {
			return fmt.Errorf("the platform has packet %s, which left before it was safe", p.ID)
		}
		if ok && here.Packet != p.Digest {
			return fmt.Errorf("packet %s is another one at the platform", p.ID)
		}
	}
	for id, e := range found.Events {
		if e.State == casefile.StateRefused || e.State == casefile.StateAccepted && state[id] != registry.Accepted {
			return fmt.Errorf("packet %s is %s here and %v at the platform", id, e.State, state[id])
		}
	}
	return nil
}

// end lets the terminal deliver the rest: then the platform has everything, once.
func (w *world) end() {
	w.t.Helper()
	disk, machine := w.boot(",-drain")
	w.await(machine, "drained", 1)
	if err := machine.Cut(); err != nil {
		w.t.Fatal(err)
	}
	w.report(w.cutAt(disk, []int{disk.Length()}, (*powercut.Disk).Cuts, true))
	folder := filepath.Join(w.scratch, "end")
	if err := powercut.Unpack(w.t.Context(), w.content, folder); err != nil {
		w.t.Fatal(err)
	}
	found, err := w.looker.Look(w.t.Context(), filepath.Join(folder, powercut.Data))
	if err != nil {
		w.t.Fatal(err)
	}
	w.exactlyOnce(found)
}

func (w *world) exactlyOnce(found powercut.Found) {
	w.t.Helper()
	here, there := map[string]string{}, map[string]string{}
	for id, e := range found.Events {
		here[fmt.Sprintf("%s %d", e.Case, e.Sequence)] = id + " " + e.Digest
	}
	for _, c := range w.platform.Cases() {
		if c.State != casefile.StateAccepted || c.Official == "" {
			w.t.Errorf("case %s is %q at the platform", c.Case, c.State)
		}
		for _, e := range c.Events {
			key := fmt.Sprintf("%s %d", c.Case, e.Sequence)
			if there[key] != "" || e.State != casefile.StateAccepted || e.Problem != "" {
				w.t.Errorf("event %s at the platform: %q %q, before it %q", key, e.State, e.Problem, there[key])
			}
			there[key] = e.Packet + " " + e.EventDigest
			for _, a := range e.Attachments {
				if !a.Verified {
					w.t.Errorf("event %s: a page is damaged at the platform", key)
				}
			}
		}
		w.tally.delivered++
	}
	for _, words := range w.said {
		if strings.HasPrefix(words, "filed ") {
			w.tally.filed++
		}
	}
	for key, value := range here {
		if there[key] != value {
			w.t.Errorf("event %s: here %q, at the platform %q", key, value, there[key])
		}
	}
	if len(here) != len(there) {
		w.t.Errorf("%d events here, %d at the platform", len(here), len(there))
	}
}
