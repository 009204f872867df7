package filing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/internal/chance"
	"bianmin/store"
)

// TestDeskAndSenderTogether files from several goroutines while a second store
// on the same folder delivers, looks and purges: nobody meets a lock, nothing is lost.
func TestDeskAndSenderTogether(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	sender, err := store.Open(t.Context(), store.Options{Folder: p.folder, Clock: p.clock.read, Check: store.CheckNone})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sender.Close() }()
	const people, each = 4, 15
	var filing, delivering sync.WaitGroup
	ctx, end := context.WithCancel(t.Context())
	delivering.Go(func() {
		for ctx.Err() == nil {
			acceptAll(t, sender)
		}
	})
	numbers := make(chan casefile.Number, people*each)
	for i := range people {
		filing.Go(func() {
			who := person(fmt.Sprintf("王小%c", '一'+rune(i)), fmt.Sprintf("99010219450101%04d", i))
			for range each {
				filed := submit(t, f, who, []byte("page"))
				numbers <- filed.Number
				if err := f.Evaluate(t.Context(), filed, casefile.Evaluation{Level: 4, Times: 1}); err != nil {
					t.Error(err)
				}
				if _, err := f.Health(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	filing.Wait()
	end()
	delivering.Wait()
	acceptAll(t, sender)
	close(numbers)
	seen := map[casefile.Number]bool{}
	for number := range numbers {
		if seen[number] {
			t.Errorf("%s was given twice", number)
		}
		seen[number] = true
	}
	counts, err := sender.Counts(t.Context())
	if err != nil || counts != (store.Counts{}) {
		t.Errorf("left over: %+v, %v", counts, err)
	}
	if n, err := sender.VerifyAudit(t.Context()); err != nil || n < 4*people*each {
		t.Errorf("audit trail of %d, %v", n, err)
	}
	cases, err := f.Cases(t.Context(), person("王小一", "990102194501010000"))
	if err != nil || len(cases) != each || cases[0].State != casefile.StateAccepted || len(cases[0].Moments) != 3 {
		t.Errorf("%d cases, %v", len(cases), err)
	}
}

func acceptAll(t *testing.T, s *store.Store) {
	t.Helper()
	for {
		items, err := s.Pending(t.Context(), morning, 8)
		if err != nil {
			t.Error(err)
		}
		if err != nil || len(items) == 0 {
			return
		}
		for _, i := range items {
			err := errors.Join(
				s.RecordRegistration(t.Context(), i.Packet, []byte("r"+i.Packet)),
				s.RecordAcknowledgement(t.Context(), i.Packet, []byte("a"+i.Packet), "O-"+string(i.Case), morning),
				s.SetPlatformTime(t.Context(), morning), s.RecordLink(t.Context(), true, true),
			)
			if err != nil {
				t.Error(err)
				return
			}
		}
	}
}

func TestPurge(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx := t.Context()
	who := person("王小丫", "990102194501010027")
	delivered := submit(t, f, who, []byte("delivered"))
	waiting := submit(t, f, who, []byte("waiting"))
	refused := submit(t, f, who, []byte("refused"))
	s := f.Store()
	if err := s.RecordAcknowledgement(ctx, delivered.Event.ID, []byte("a"), "O1", morning); err != nil {
		t.Fatal(err)
	}
	if err := s.RecordRefusal(ctx, refused.Event.ID, []byte("r"), "材料不清", morning); err != nil {
		t.Fatal(err)
	}
	purge := func(want int, left ...casefile.Filed) {
		t.Helper()
		n, err := s.Purge(ctx)
		if err != nil || n != want {
			t.Errorf("purged %d, %v; want %d", n, err, want)
		}
		if got := files(t, p.folder); len(got) != len(left) {
			t.Errorf("files left: %v", got)
		}
		for _, filed := range left {
			digest := filed.Event.Submission.Materials[0].Pages[0].Attachment
			if _, err := os.Stat(filepath.Join(p.folder, "attachments", digest[:2], digest)); err != nil {
				t.Errorf("%s: %v", filed.Number, err)
			}
		}
	}
	cases := func(want int) {
		t.Helper()
		if got, err := f.Cases(ctx, who); err != nil || len(got) != want {
			t.Errorf("%d cases, %v; want %d", len(got), err, want)
		}
	}
	purge(0, delivered, waiting, refused)
	p.clock.pass(8 * 24 * time.Hour)
	purge(1, waiting, refused)
	cases(3) // a delivered case stays readable
	if err := f.Evaluate(ctx, delivered, casefile.Evaluation{Level: 5, Times: 1}); err != nil {
		t.Errorf("rating after the purge: %v", err)
	}
	items, err := s.Pending(ctx, morning.AddDate(0, 1, 0), 10)
	if err != nil || len(items) != 2 {
		t.Fatalf("pending %+v, %v", items, err)
	}
	p.clock.pass(200 * 24 * time.Hour)
	purge(0, waiting, refused)
	cases(3) // its rating is not delivered
	for _, i := range items {
		if i.Kind == casefile.Evaluated {
			if err := s.RecordAcknowledgement(ctx, i.Packet, []byte("b"), "O1", morning); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.clock.pass(8 * 24 * time.Hour)
	purge(1, waiting, refused)
	cases(2) // what was never delivered is never purged
	if err := s.SetSettings(ctx, map[string]string{store.SettingRetention: "nonsense"}); err != nil {
		t.Fatal(err)
	}
	purge(0, waiting, refused)
	p.clock.set(year2036)
	p.clock.boot(year2036, "boot-9")
	purge(0, waiting, refused) // nothing goes while the clock is in doubt
}

// TestFirstOpenTogether lets several processes make the same database at once.
func TestFirstOpenTogether(t *testing.T) {
	for range chance.Count(t, 4, 50) {
		folder := t.TempDir()
		var opening sync.WaitGroup
		for range 4 {
			cmd, output := startChild(t.Context(), t, "first "+folder)
			opening.Go(func() {
				if err := cmd.Wait(); err != nil {
					t.Errorf("%v: %s", err, output)
				}
			})
		}
		opening.Wait()
		s, err := store.Open(t.Context(), store.Options{Folder: folder, Clock: store.SystemClock})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := s.VerifyAudit(t.Context()); err != nil || n != 20 {
			t.Errorf("audit trail of %d, %v", n, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestPurgedCaseIsErased: of a case that was purged, neither its row nor its keys, wrapped by card and for recovery, stay in any file:
// without them what was sealed to the case opens for nobody.
func TestPurgedCaseIsErased(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx := t.Context()
	filed := submit(t, f, person("王小丫", "990102194501010027"), []byte("page"))
	kept := submit(t, f, person("王大山", "990102194501010035"), []byte("page of another"))
	s := f.Store()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	rows := map[casefile.Number]store.Case{}
	all, err := s.AllCases(ctx)
	must(err)
	for _, c := range all {
		rows[c.Number] = c
	}
	must(s.RecordAcknowledgement(ctx, filed.Event.ID, []byte("a"), "O1", morning))
	in := func(pattern []byte) (names []string) {
		for _, name := range []string{"bianmin.db", "bianmin.db-wal"} {
			content, err := os.ReadFile(filepath.Join(p.folder, name))
			must(err)
			if bytes.Contains(content, pattern) {
				names = append(names, name)
			}
		}
		return names
	}
	if len(in(rows[filed.Number].ByCard)) == 0 {
		t.Fatal("the test does not find the key where it is")
	}
	p.clock.pass(200 * 24 * time.Hour)
	if n, err := s.Purge(ctx); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	if _, err := s.Purge(ctx); err != nil { // the case goes once its packet has
		t.Fatal(err)
	}
	for what, pattern := range map[string][]byte{"by card": rows[filed.Number].ByCard, "by recovery": rows[filed.Number].ByRecovery} {
		if names := in(pattern); len(names) > 0 {
			t.Errorf("the purged case's key, wrapped %s, is still in %v", what, names)
		}
	}
	if len(in(rows[kept.Number].ByCard)) == 0 {
		t.Error("the other case went too")
	}
}
