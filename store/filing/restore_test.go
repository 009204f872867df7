package filing_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/core/casefile"
)

// TestStoreFromACopyAcceptsNothing puts back what stood in the morning.
func TestStoreFromACopyAcceptsNothing(t *testing.T) {
	who := person("王小丫", "990102194501010027")
	database := []string{"bianmin.db", "bianmin.db-wal", "bianmin.db-shm"}
	for _, c := range []struct {
		name    string
		restore func(t *testing.T, p *point, copied string)
	}{
		{"the database alone", func(t *testing.T, p *point, copied string) {
			for _, name := range database {
				_ = os.Remove(filepath.Join(p.folder, name))
			}
			content, err := os.ReadFile(filepath.Join(copied, "bianmin.db"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(p.folder, "bianmin.db"), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"no database at all", func(_ *testing.T, p *point, _ string) {
			for _, name := range database {
				_ = os.Remove(filepath.Join(p.folder, name))
			}
		}},
		{"keys without the high-water file", func(t *testing.T, p *point, _ string) {
			if err := os.Remove(filepath.Join(p.folder, "keys", "highwater")); err != nil {
				t.Fatal(err)
			}
		}},
		{"a damaged high-water file", func(t *testing.T, p *point, _ string) {
			if err := os.Truncate(filepath.Join(p.folder, "keys", "highwater"), 10); err != nil {
				t.Fatal(err)
			}
		}},
		{"the platform saw a number twice", func(t *testing.T, p *point, _ string) {
			s := p.openStore(t)
			if err := s.MarkRestored(t.Context(), "A"); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPoint(t)
			f := p.open(t)
			first := submit(t, f, who)
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			copied := filepath.Join(t.TempDir(), "morning")
			if err := os.CopyFS(copied, os.DirFS(p.folder)); err != nil {
				t.Fatal(err)
			}
			f = p.open(t)
			second := submit(t, f, who)
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}

			c.restore(t, p, copied)
			for range 2 { // a restart changes nothing
				f = p.open(t)
				wantCode(t, f.Ready(t.Context()), casefile.Restored)
				s, pages := submission(t, f, who)
				filed, err := f.Submit(t.Context(), s, pages, who)
				wantCode(t, err, casefile.Restored)
				if filed.Number != "" {
					t.Errorf("a number was given: %s", filed.Number)
				}
				wantCode(t, f.Evaluate(t.Context(), first, casefile.Evaluation{Level: 5, Times: 1}), casefile.Restored)
				if health, err := f.Health(t.Context()); err != nil || health.Problem != casefile.Restored {
					t.Errorf("health %+v, %v", health, err)
				}
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
			}

			p.authority.Enrolled = morning
			p.authority.Certify(t, filepath.Join(p.folder, "keys"), p.identity.Keys, "QH0301", "B")
			f = p.open(t)
			third := submit(t, f, who)
			if !strings.HasPrefix(string(third.Number), "QH0301B-") || third.Number == first.Number || third.Number == second.Number {
				t.Errorf("under the new generation: %s", third.Number)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			if err := p.open(t).Ready(t.Context()); err != nil {
				t.Errorf("the next session: %v", err)
			}
		})
	}
}

// TestRestoredStoreKeepsWhatItHolds: what the copy holds is still sent and shown.
func TestRestoredStoreKeepsWhatItHolds(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	who := person("王小丫", "990102194501010027")
	filed := submit(t, f, who, []byte("page"))
	if err := f.Store().MarkRestored(t.Context(), "A"); err != nil {
		t.Fatal(err)
	}
	items, err := f.Store().Pending(t.Context(), morning, 10)
	if err != nil || len(items) != 1 || items[0].Case != filed.Number {
		t.Errorf("pending %+v, %v", items, err)
	}
	if cases, err := f.Cases(t.Context(), who); err != nil || len(cases) != 1 {
		t.Errorf("%d cases, %v", len(cases), err)
	}
}

// TestEvaluationUnderANewGeneration begins that generation's sequence anew.
func TestEvaluationUnderANewGeneration(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	filed := submit(t, f, person("王小丫", "990102194501010027"))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p.authority.Certify(t, filepath.Join(p.folder, "keys"), p.identity.Keys, "QH0301", "B")
	f = p.open(t)
	if err := f.Evaluate(t.Context(), filed, casefile.Evaluation{Level: 5, Times: 1}); err != nil {
		t.Fatal(err)
	}
	items, err := f.Store().Pending(t.Context(), morning, 10)
	if err != nil || len(items) != 2 {
		t.Fatalf("pending %+v, %v", items, err)
	}
	for _, i := range items {
		if i.Sequence != 1 || (i.Kind == casefile.Evaluated) != (i.Generation == "B") {
			t.Errorf("item %+v", i)
		}
	}
}

// TestFirstCaseOfAll: a program that was open before the first case of all was accepted by another does not take the store for a copy.
func TestFirstCaseOfAll(t *testing.T) {
	p := newPoint(t)
	early := p.openStore(t)
	defer func() {
		if err := early.Close(); err != nil {
			t.Error(err)
		}
	}()
	submit(t, p.open(t), person("王秀兰", "990102194501010021"), []byte("page"))
	if _, err := early.Fit(t.Context(), "A"); err != nil {
		t.Error(err)
	}
	if err := early.Adopt(t.Context(), "A"); err != nil {
		t.Error(err)
	}
}
