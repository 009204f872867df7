package filing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/internal/chance"
	"bianmin/store"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

var points = []string{
	store.PointAttachmentWritten, store.PointAttachmentSynced, store.PointAttachmentRenamed, store.PointSubmitBefore, store.PointSubmitAfter,
	store.PointPrintBegun, store.PointPrintEnded, store.PointEvaluateBefore, store.PointEvaluateAfter, store.PointAckBefore, store.PointAckAfter,
	store.PointTakeBefore, store.PointTakeAfter, store.PointDeskBefore, store.PointDeskAfter,
}

// realPoint is a terminal on the machine's own clocks, told the time by the platform.
func realPoint(t *testing.T) (string, *sealtest.Authority) {
	t.Helper()
	folder, authority := t.TempDir(), sealtest.New(t)
	authority.Enrol(t, filepath.Join(folder, "keys"), "QH0301", "A")
	s, err := store.Open(t.Context(), store.Options{Folder: folder, Clock: store.SystemClock})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.SetPlatformTime(t.Context(), time.Now()), s.Close()); err != nil {
		t.Fatal(err)
	}
	return folder, authority
}

func startChild(ctx context.Context, t *testing.T, order string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+order)
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, &output
}

func wasKilled(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// TestKilledAtEveryCommitPoint kills one terminal again and again, so that each
// life begins with what the one before left.
func TestKilledAtEveryCommitPoint(t *testing.T) {
	random := chance.Random(t)
	folder, authority := realPoint(t)
	seen := filepath.Join(t.TempDir(), "world")
	for range chance.Count(t, 2, 20) {
		for _, point := range points {
			at := fmt.Sprintf("%s:%d", point, 1+random.IntN(3))
			cmd, output := startChild(t.Context(), t, "life "+folder+" "+seen+" "+at+" 0s")
			if err := cmd.Wait(); !wasKilled(err) {
				t.Fatalf("%s: %v: %s", at, err, output)
			}
			checkWorld(t, at, folder, seen, authority)
		}
	}
}

// TestKilledAtAnyMoment kills at moments nobody chose.
func TestKilledAtAnyMoment(t *testing.T) {
	random := chance.Random(t)
	folder, authority := realPoint(t)
	seen := filepath.Join(t.TempDir(), "world")
	for range chance.Count(t, 8, 100) {
		cmd, output := startChild(t.Context(), t, "life "+folder+" "+seen+" never:0 0s")
		wait := time.Duration(20+random.IntN(300)) * time.Millisecond
		timer := time.NewTimer(wait)
		<-timer.C
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); !wasKilled(err) {
			t.Fatalf("after %v: %v: %s", wait, err, output)
		}
		checkWorld(t, wait.String(), folder, seen, authority)
	}
}

// checkWorld compares what the world saw with what the store holds.
func checkWorld(t *testing.T, at, folder, seen string, authority *sealtest.Authority) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Folder: folder, Clock: store.SystemClock})
	if err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	defer func() { _ = s.Close() }()
	if _, err := s.Sweep(t.Context()); err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	cases, err := s.AllCases(t.Context())
	if err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	held := map[string]string{} // case number to event digest, of a correction behind "corrected "
	opener := packet.Opener{Certificate: authority.Encrypt, Key: authority.EncryptKey, Root: authority.Root}
	sent := events(t, s, opener)
	for _, event := range sent {
		if event.Kind == casefile.Submitted {
			held[string(event.Case)] = event.digest
		}
	}
	if len(held) != len(cases) {
		t.Errorf("%s: %d cases, %d of them with a packet", at, len(cases), len(held))
	}
	for _, event := range sent {
		if key := "corrected " + string(event.Case); event.Kind == casefile.Corrected {
			if held[key] != "" {
				t.Errorf("%s: %s was corrected twice", at, event.Case)
			}
			held[key] = event.digest
		}
	}
	checkSeen(t, at, seen, held)
	if _, err := s.VerifyAudit(t.Context()); err != nil {
		t.Errorf("%s: %v", at, err)
	}
}

type sentEvent struct {
	casefile.Event
	digest string
}

// events opens every packet of the store as the platform would, attachments and all.
func events(t *testing.T, s *store.Store, opener packet.Opener) []sentEvent {
	t.Helper()
	ids, err := s.Packets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var found []sentEvent
	for _, id := range ids {
		reader, err := s.OpenPacket(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		wire, err := io.ReadAll(io.NewSectionReader(reader, 0, reader.Total()))
		if err != nil {
			t.Fatalf("packet %s: %v", id, err)
		}
		if err := reader.Close(); err != nil {
			t.Fatal(err)
		}
		opened, err := opener.Open(wire[:reader.HeadLength()])
		if err != nil {
			t.Fatalf("packet %s: %v", id, err)
		}
		rest := wire[reader.HeadLength():]
		for _, a := range opened.Attachments {
			if _, err := seal.OpenSealed(rest[:a.Length], [16]byte(a.Key)); err != nil || seal.Digest(rest[:a.Length]) != a.Digest {
				t.Errorf("packet %s: an attachment is damaged: %v", id, err)
			}
			rest = rest[a.Length:]
		}
		found = append(found, sentEvent{opened.Event, opened.EventDigest})
	}
	return found
}

// checkSeen holds what was filed, printed and sent against the cases held.
func checkSeen(t *testing.T, at, seen string, held map[string]string) {
	t.Helper()
	world, err := os.ReadFile(seen)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	sent := map[string]string{} // case and sequence to the bytes the platform saw
	for _, line := range strings.Split(strings.TrimSpace(string(world)), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "filed" || words[0] == "printed":
			if held[words[1]] != words[2] {
				t.Errorf("%s: %s was %s with digest %s, the store has %q", at, words[1], words[0], words[2], held[words[1]])
			}
		case words[0] == "corrected":
			if key := words[0] + " " + words[1]; held[key] != words[2] {
				t.Errorf("%s: %s was corrected with digest %s, the store has %q", at, words[1], words[2], held[key])
			}
		case words[0] == "sent":
			key, value := words[1]+" "+words[3], words[2]+" "+words[4]
			if before, known := sent[key]; known && before != value {
				t.Errorf("%s: %s came to the platform twice, as %s and as %s", at, key, before, value)
			}
			sent[key] = value
		}
	}
}
