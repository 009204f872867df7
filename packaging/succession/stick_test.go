package succession_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"bianmin/core/casefile"
	"bianmin/internal/smalldisk"
	"bianmin/packaging/succession"
	"bianmin/sync/channel"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// first gives the first file below a folder whose name fits.
func first(t *testing.T, folder, pattern string) string {
	t.Helper()
	var found string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if ok, _ := filepath.Match(pattern, entry.Name()); ok && !entry.IsDir() && found == "" {
			found = path
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatalf("no %s below %s: %v", pattern, folder, err)
	}
	return found
}

func flip(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

const pagePattern = "[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]*"

// TestBadSticks: whatever is wrong with a stick is said, nothing of it is taken, and a good backup afterwards is.
func TestBadSticks(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, w *pair)
		want  error
	}{
		{"an empty stick", func(_ *testing.T, w *pair) { w.stick = t.TempDir() }, succession.ErrNoBackup},
		{"no manifest", func(t *testing.T, w *pair) { remove(t, first(t, w.stick, "manifest.p7")) }, succession.ErrUnfinished},
		{"a bit of the manifest", func(t *testing.T, w *pair) { flip(t, first(t, w.stick, "manifest.p7")) }, succession.ErrDamaged},
		{"a bit of the store", func(t *testing.T, w *pair) { flip(t, first(t, w.stick, "store-*")) }, succession.ErrDamaged},
		{"no store", func(t *testing.T, w *pair) { remove(t, first(t, w.stick, "store-*")) }, succession.ErrDamaged},
		{"half the store", func(t *testing.T, w *pair) {
			if err := os.Truncate(first(t, w.stick, "store-*"), 1000); err != nil {
				t.Fatal(err)
			}
		}, succession.ErrDamaged},
		{"a bit of a page", func(t *testing.T, w *pair) {
			flip(t, first(t, filepath.Join(w.stick, "bianmin-QH0301A", "pages"), pagePattern))
		}, succession.ErrDamaged},
		{"a page missing", func(t *testing.T, w *pair) {
			remove(t, first(t, filepath.Join(w.stick, "bianmin-QH0301A", "pages"), pagePattern))
		}, succession.ErrDamaged},
		{"another terminal's stick", func(t *testing.T, w *pair) {
			other := t.TempDir()
			enrolIn(t, w.p, "QH0302", other)
			w.stick = t.TempDir()
			if _, err := machine(other).Backup(t.Context(), w.stick, false); err != nil {
				t.Fatal(err)
			}
		}, succession.ErrOther},
		{"another terminal's under this one's name", func(t *testing.T, w *pair) {
			other := t.TempDir()
			enrolIn(t, w.p, "QH0302", other)
			w.stick = t.TempDir()
			if _, err := machine(other).Backup(t.Context(), w.stick, false); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(filepath.Join(w.stick, "bianmin-QH0302A"), filepath.Join(w.stick, "bianmin-QH0301A")); err != nil {
				t.Fatal(err)
			}
		}, succession.ErrOther},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newPair(t)
			good := w.stick
			w.do(t, "backup")
			c.spoil(t, w)
			if _, err := machine(w.fresh).Restore(t.Context(), w.stick); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			f := desk(t, w.fresh)
			if n := counts(t, f); n.Waiting != 0 {
				t.Errorf("%d taken from a bad stick", n.Waiting)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			nothingLeft(t, w.fresh)
			w.stick = good
			w.do(t, "backup") // mends what is broken, on the same stick
			w.do(t, "restore")
			w.mustWait(t)
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// TestNoOrderNoRestore: a machine that succeeds nobody, or another terminal's successor, takes nothing.
func TestNoOrderNoRestore(t *testing.T) {
	w := newPair(t)
	w.do(t, "backup")
	if _, err := machine(w.old).Restore(t.Context(), w.stick); !errors.Is(err, succession.ErrOrder) {
		t.Errorf("the old machine itself: %v", err)
	}
	other := t.TempDir()
	enrolIn(t, w.p, "QH0302", t.TempDir())
	enrolIn(t, w.p, "QH0302", other)
	if _, err := machine(other).Restore(t.Context(), w.stick); !errors.Is(err, succession.ErrOther) {
		t.Errorf("another terminal's successor: %v", err)
	}
	if _, err := machine(other).Offer(w.stick); err != nil {
		t.Fatal(err)
	}
	w.do(t, "backup") // the other's offer on the stick is not for this machine
	w.do(t, "restore")
	w.mustWait(t)
}

// TestCustodiansOpen: a backup made before anybody knew of a successor is opened
// by the two custodians, for the machine that asks and no other.
func TestCustodiansOpen(t *testing.T) {
	w := newPair(t)
	w.stick = t.TempDir()
	w.do(t, "backup") // no offer on this stick
	var asked *succession.WaitingError
	if _, err := machine(w.fresh).Restore(t.Context(), w.stick); !errors.As(err, &asked) {
		t.Fatalf("got %v, want to be sent to the custodians", err)
	}
	answer := w.p.Run("recovery", "answer", "--request", asked.Request)
	third := t.TempDir() // a further generation cannot use that answer
	enrolIn(t, w.p, terminal, third)
	if err := os.WriteFile(filepath.Join(filepath.Dir(asked.Answer), "opening-QH0301C.answer"), answer, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := machine(third).Restore(t.Context(), w.stick); err == nil {
		t.Error("another machine opened the backup with the answer")
	}
	if err := w.p.Try("recovery", "answer", "--request", asked.Request); err == nil {
		t.Error("the custodians answered a generation that is replaced itself")
	}
	if err := os.WriteFile(asked.Answer, answer, 0o600); err != nil {
		t.Fatal(err)
	}
	w.do(t, "restore")
	w.mustWait(t)
}

// TestStickTellsNothing looks on the stick for keys, secrets and people.
func TestStickTellsNothing(t *testing.T) {
	w := newPair(t)
	w.do(t, "backup")
	self, err := seal.LoadIdentity(filepath.Join(w.old, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	hidden := map[string][]byte{
		"the signing key": self.Keys.Sign.D.Bytes(), "the encryption key": self.Keys.Encrypt.D.Bytes(), "the TLS key": self.Keys.TLS.D.Bytes(),
		"the secret": self.Keys.Secret[:], "a name": []byte(person(1).Name), "an ID number": []byte(person(1).Number),
		"a case number": []byte(w.filed[0].Number), "a key file": []byte("PRIVATE KEY"), "a database": []byte("SQLite format 3"),
	}
	files := 0
	err = filepath.WalkDir(w.stick, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		for what, bytesOf := range hidden {
			if bytes.Contains(content, bytesOf) {
				t.Errorf("%s holds %s", filepath.Base(path), what)
			}
		}
		return err
	})
	if err != nil || files < 3+waiting {
		t.Errorf("%d files looked through, %v", files, err)
	}
}

// TestUnsignedWordClosesNothing: who is not the platform cannot close a terminal by saying 403.
func TestUnsignedWordClosesNothing(t *testing.T) {
	w := newPair(t)
	f := desk(t, w.old)
	w.p.Faults(`{match: {path: "/v1/heartbeats"}, action: bad-signature}`)
	seen := 0
	send(t, w.old, func() bool { seen++; return seen > 60 })
	if err := f.Ready(t.Context()); err != nil {
		t.Errorf("closed by a stranger: %v", err)
	}
	w.p.Faults()
	send(t, w.old, func() bool { return f.Ready(t.Context()) != nil })
	wantCode(t, f.Ready(t.Context()), casefile.Replaced)
}

// TestOldDisk: the old machine is dead, its disk is at hand.
func TestOldDisk(t *testing.T) {
	w := newPair(t)
	third := t.TempDir()
	ticket := w.p.Ticket(terminal, w.p.URL)
	w.p.Stop()
	if _, err := machine(third).Replace(t.Context(), ticket, w.old); err == nil || channel.Stranger(err) {
		t.Fatalf("without the platform: %v", err)
	}
	w.p.Serve(w.p.Addr)
	for round := range 2 {
		taken, err := machine(third).Replace(t.Context(), ticket, w.old)
		if err != nil || len(taken) != 1 || taken[0].Packets != waiting*(1-round) {
			t.Fatalf("round %d: %+v, %v", round, taken, err)
		}
	}
	w.fresh = third
	w.mustWait(t)
	_, err := machine(w.old).Retire(t.Context(), succession.Retiring{
		Out: w.stick, By: "陈师傅", Stick: machine(third).Between(), Certify: func(succession.Erasure) ([]byte, error) { return []byte("%PDF-"), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(w.old); err != nil || len(left) != 0 {
		t.Errorf("the old disk still holds %v, %v", left, err)
	}
}

// TestReplaceByStick walks the stick between the machines, with the same command twice.
func TestReplaceByStick(t *testing.T) {
	w := newPair(t)
	third, stick := t.TempDir(), t.TempDir()
	ticket := w.p.Ticket(terminal, w.p.URL)
	var offered *succession.OfferedError
	if _, err := machine(third).Replace(t.Context(), ticket, stick); !errors.As(err, &offered) {
		t.Fatalf("got %v, want to be sent to the old machine", err)
	}
	if made, err := machine(w.old).Backup(t.Context(), stick, true); err != nil || made.Key.Successor == "" {
		t.Fatalf("%+v, %v", made, err)
	}
	if _, err := machine(third).Replace(t.Context(), ticket, stick); err != nil {
		t.Fatal(err)
	}
	w.fresh = third
	w.mustWait(t)
}

// TestRetireRefuses: nothing that is nowhere else is erased by mistake.
func TestRetireRefuses(t *testing.T) {
	w := newPair(t)
	retire := func(change func(*succession.Retiring)) error {
		r := succession.Retiring{Out: filepath.Join(w.stick, "out"), By: "陈师傅", Certify: func(succession.Erasure) ([]byte, error) { return []byte("%PDF-"), nil }}
		change(&r)
		_, err := machine(w.old).Retire(t.Context(), r)
		return err
	}
	var undelivered *succession.UndeliveredError
	if err := retire(func(*succession.Retiring) {}); !errors.As(err, &undelivered) || undelivered.Count != waiting {
		t.Errorf("with a queue: %v", err)
	}
	if err := retire(func(r *succession.Retiring) { r.Lose = waiting - 1 }); !errors.As(err, &undelivered) {
		t.Errorf("with a wrong count: %v", err)
	}
	if err := retire(func(r *succession.Retiring) { r.Stick = w.stick }); err == nil {
		t.Error("without a receipt on the stick")
	}
	if err := retire(func(r *succession.Retiring) { r.Lose, r.Out = waiting, filepath.Join(w.old, "keys") }); err == nil {
		t.Error("with the certificate in what is erased")
	}
	f := desk(t, w.old)
	if err := f.Ready(t.Context()); err != nil {
		t.Errorf("a refused retirement closed the machine: %v", err)
	}
	w.do(t, "backup")
	w.do(t, "restore")
	// A receipt speaks of what was in that backup, not of what came since.
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	w.p.Stop()
	if err := retire(func(r *succession.Retiring) { r.Stick, r.Lose = w.stick, 1 }); err == nil {
		t.Error("with a count although nothing would be lost")
	}
	if err := retire(func(r *succession.Retiring) { r.Stick = w.stick }); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.LoadIdentity(filepath.Join(w.old, "keys")); !errors.Is(err, seal.ErrNotEnrolled) {
		t.Errorf("keys after the retirement: %v", err)
	}
	w.p.Serve(w.p.Addr)
	if kept := w.p.Run("terminal", "retired"); bytes.Contains(kept, []byte("QH0301")) {
		t.Errorf("the platform was told without a line: %s", kept)
	}
}

// TestLost gives a queue up, with its count typed.
func TestLost(t *testing.T) {
	w := newPair(t)
	e, err := machine(w.old).Retire(t.Context(), succession.Retiring{
		Out: w.stick, By: "陈师傅", Lose: waiting, Certify: func(succession.Erasure) ([]byte, error) { return []byte("%PDF-"), nil },
	})
	if err != nil || e.Lost != waiting || !e.Told || e.KeyFiles < 8 {
		t.Errorf("%+v, %v", e, err)
	}
	// The number goes on: the next machine is the next generation, and the retired one stays out even when the number is allowed.
	w.p.Run("terminal", "allow", terminal)
	third := t.TempDir()
	enrolIn(t, w.p, terminal, third)
	if id, err := seal.LoadIdentity(filepath.Join(third, "keys")); err != nil || id.Generation != "C" {
		t.Errorf("%+v, %v", id, err)
	}
}

// TestFullStick writes to a stick without room, and then to one with it.
func TestFullStick(t *testing.T) {
	w := newPair(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=full %s %s - 0", childVariable, w.old, w.stick))
	smalldisk.Alone(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	nothingLeft(t, w.old)
}

// full is the child's part of TestFullStick, in a mount namespace of its own.
func full(ctx context.Context, m succession.Machine, stick string) error {
	if err := smalldisk.Private(); err != nil {
		return err
	}
	if err := smalldisk.Mount(stick, "64k"); err != nil {
		return fmt.Errorf("mount a stick: %w", err)
	}
	defer smalldisk.Unmount(stick)
	if _, err := m.Backup(ctx, stick, false); !errors.Is(err, succession.ErrStickFull) || errors.Is(err, succession.ErrFull) {
		return fmt.Errorf("on a full stick: %w", err)
	}
	if found, err := filepath.Glob(filepath.Join(stick, "*", "manifest.p7")); err != nil || len(found) > 0 {
		return fmt.Errorf("a manifest on a full stick: %v, %w", found, err)
	}
	if err := smalldisk.Remount(stick, "8m", 0); err != nil {
		return fmt.Errorf("give the stick room: %w", err)
	}
	_, err := m.Backup(ctx, stick, false)
	return err
}

// TestEnrolledInPlace: a machine that got its next generation in place inherits nothing and loses nothing.
func TestEnrolledInPlace(t *testing.T) {
	w := newPair(t)
	_, err := enrol.Enrol(t.Context(), enrol.Options{
		Ticket: w.p.Ticket(terminal, w.p.URL), Data: w.old, Software: "test", Replace: true, Now: machine("").Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	f := desk(t, w.old)
	if err := f.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.filed = append(w.filed, mustFile(t, f, waiting+1))
	send(t, w.old, drained(t, f))
	mustHold(t, w.p, w.filed)
}
