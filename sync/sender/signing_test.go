package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bianmin/internal/baddisk"
	"bianmin/platform/authority"
	"bianmin/sync/channel"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

// evidence wants every kept acknowledgement to be the platform's word still, by what the terminal knows.
func (a ahead) evidence(n int) {
	a.t.Helper()
	kept, err := a.desk.Store().Acknowledged(a.t.Context(), 0, 100)
	if err != nil || len(kept) != n {
		a.t.Fatalf("%d acknowledgements are kept, want %d: %v", len(kept), n, err)
	}
	believed := a.identity().Believed()
	for _, k := range kept {
		if signed, err := channel.ReadEvidence(k.Signed, believed); err != nil || signed.Packet != k.Packet {
			a.t.Errorf("what is kept of %s: %v", k.Packet, err)
		}
	}
}

// TestSigningKeyRotated: a running platform tells of its next key while the one before signs, and changes without being started anew; terminals that were told go on without a
// word. What either signed stays evidence, to the terminal and to a platform that was put back from a copy.
func TestSigningKeyRotated(t *testing.T) {
	t.Parallel()
	a := newAhead(t)
	a.all = append(a.all, a.file(20_000))
	first := a.startSender("")
	await(t, "the first case", a.drained)
	first.kill()
	a.p.Run("keys", "rotate", "signing")
	a.by.Store(int64(2 * time.Minute)) // the platform looks for what was made beside it every minute
	second := a.startSender("")
	await(t, "the next certificate", func() bool { return len(a.identity().PlatformSigns) == 2 })
	a.all = append(a.all, a.file(20_000))
	await(t, "the second case", a.drained)
	if strings.Contains(second.err.String(), "not reached") {
		t.Errorf("it lost the platform:\n%s", second.err.String())
	}
	a.evidence(2)
	a.by.Store(int64(25 * time.Hour))
	a.all = append(a.all, a.file(20_000))
	await(t, "the third case, answered by the new key", a.drained)
	if said := second.err.String(); strings.Contains(said, "not reached") || strings.Contains(said, "root has certified") {
		t.Errorf("it lost the platform:\n%s", said)
	}
	a.evidence(3)
	second.kill()
	a.p.Run("restored", "--copy-of", "2020-01-01T00:00") // takes its own word of either key
	third := a.startSender("")
	await(t, "the replay", func() bool { return strings.Contains(third.err.String(), "put back from a copy") })
	if said := third.err.String(); strings.Contains(said, "not brought back") || strings.Contains(said, "not known yet") {
		t.Errorf("evidence is not believed:\n%s", said)
	}
	a.accepted()
}

// TestRotatedWhileAway: a terminal that was off for three years, with a dead clock, through two rotations at once, meets signatures of nobody it knows. The root decides: it
// learns who signs now and goes on by itself. A copy of what it learnt from somebody else's root is worth nothing.
func TestRotatedWhileAway(t *testing.T) {
	t.Parallel()
	a := newAhead(t)
	a.all = append(a.all, a.file(20_000))
	a.later(2 * year)
	a.p.Run("keys", "rotate", "signing", "--after", "0s")
	a.later(3 * year)
	a.p.Run("keys", "rotate", "signing", "--after", "0s")
	a.later(3*year + time.Hour)
	a.startSender("")
	await(t, "the case", a.drained)
	if n := len(a.identity().PlatformSigns); n != 3 {
		t.Errorf("it knows %d certificates", n)
	}
	a.evidence(1)
	a.accepted()
}

// TestSignersOnlyByTheRoot: nobody but the platform's root makes one who is believed, and never a terminal or the key for sealing.
func TestSignersOnlyByTheRoot(t *testing.T) {
	t.Parallel()
	a := newAhead(t)
	read := func(path ...string) string {
		content, err := os.ReadFile(filepath.Join(path...))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	for name, certificate := range map[string]string{
		"a terminal's": read(a.keys(), "sign.crt"), "the one for sealing": read(a.keys(), "platform-encrypt.crt"), "the root": seal.EncodeCertificate(a.identity().Trust.SigningRoot.Raw),
		"another province's": seal.EncodeCertificate(sealtest.New(t).Sign.Raw), "none": "text",
	} {
		if fresh, err := seal.SaveSigner(a.keys(), a.identity(), certificate); err == nil || fresh || len(a.identity().PlatformSigns) != 1 {
			t.Errorf("%s was taken: %v", name, err)
		}
	}
	a.p.Run("keys", "rotate", "signing")
	next := read(a.p.Dir, "authority", "signing-0001.pem")
	for i := range 2 {
		if fresh, err := seal.SaveSigner(a.keys(), a.identity(), next); err != nil || fresh != (i == 0) {
			t.Errorf("the next one, %d: %t, %v", i, fresh, err)
		}
	}
	if id := a.identity(); len(id.PlatformSigns) != 2 || seal.EncodeCertificate(id.PlatformSign.Raw) != next {
		t.Error("it is not the newest")
	}
}

// TestEnrolmentAnsweredAcrossRotation: an answer that was lost is given again by the key that signs now, with the order inside it.
func TestEnrolmentAnsweredAcrossRotation(t *testing.T) {
	t.Parallel()
	a := newAhead(t)
	o := enrol.Options{Ticket: a.p.Ticket("QH0301", a.p.URL), Data: a.terminal, Software: "test", Replace: true, Now: time.Now}
	a.p.Faults(`{match: {path: "/v1/enrolments"}, action: drop-after-accept, times: 1}`)
	if _, err := enrol.Enrol(t.Context(), o); err == nil {
		t.Fatal("the answer was not lost")
	}
	a.p.Run("keys", "rotate", "signing", "--after", "0s")
	a.by.Store(int64(2 * time.Minute))
	id, err := enrol.Enrol(t.Context(), o)
	if err != nil || id.Generation != "B" {
		t.Fatal(err)
	}
	order, err := enrol.LoadOrder(a.keys())
	if err != nil || order == nil {
		t.Fatal(err)
	}
	if _, err := enrol.ReadOrder(*order, id.Believed()); err != nil {
		t.Error(err)
	}
}

// TestRotationKilled kills the platform's command, and fails its disk, before each change of a file: the authority has the pairs before or one more, whole, and the next rotation works.
func TestRotationKilled(t *testing.T) {
	t.Parallel()
	bin, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"sealing", "signing"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), "authority")
			o := authority.Options{Dir: folder, Environment: "demo", Now: time.Now}
			if _, err := authority.Open(o); err != nil {
				t.Fatal(err)
			}
			pairs := func() int { return countPairs(t, o, what) }
			rotate := func() *exec.Cmd {
				args := []string{"keys", "rotate", what, "--data", filepath.Dir(folder)}
				if what == "signing" {
					args = append(args, "--after", "0s")
				}
				return exec.Command(filepath.Join(bin, "platform"), args...)
			}
			all, err := baddisk.Run(rotate(), baddisk.Fault{Folder: folder})
			if err != nil || pairs() != 2 {
				t.Fatalf("%v, %d pairs: %v", all, pairs(), err)
			}
			if len(all) < 7 { // two files written, synced and renamed, and the folder
				t.Fatalf("only %v was seen", all)
			}
			for n := 1; n <= len(all); n++ {
				for _, kill := range []bool{true, false} {
					before := pairs()
					command := rotate()
					f := baddisk.Fault{Folder: folder, First: n, Error: unix.EIO}
					if kill {
						f.Met = func() { _ = command.Process.Kill() }
					}
					_, err := baddisk.Run(command, f)
					var exit *exec.ExitError
					if !errors.As(err, &exit) {
						t.Errorf("%s: it did not end: %v", all[n-1], err)
					}
					if now := pairs(); now != before && now != before+1 {
						t.Errorf("%s: %d pairs, before %d", all[n-1], now, before)
					}
				}
				before := pairs()
				if out, err := rotate().CombinedOutput(); err != nil || pairs() != before+1 {
					t.Fatalf("%s: the next rotation: %v\n%s", all[n-1], err, out)
				}
			}
		})
	}
}

// countPairs loads an authority as the platform does at its start, lets it sign and open, and gives how many pairs it has.
func countPairs(t *testing.T, o authority.Options, what string) int {
	t.Helper()
	a, err := authority.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := a.Seal([]byte("word"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := a.Open(sealed); err != nil || string(opened) != "word" {
		t.Fatalf("it does not open what it sealed: %v", err)
	}
	if what == "signing" {
		return len(a.Signers())
	}
	return len(a.SealingKeys())
}
