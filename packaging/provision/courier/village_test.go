package courier

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/courier"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// village is a terminal that no network reaches, with the real store, and the county's real platform.
type village struct {
	t        *testing.T
	platform *platformtest.Platform
	number   string
	data     string
	config   string
	id       *seal.Identity
	n        int
	now      func() time.Time // of the tool; nil is the machine's clock
}

func newVillage(t *testing.T, platform *platformtest.Platform, number string) *village {
	t.Helper()
	t.Setenv("LANG", "zh_CN.UTF-8")
	v := &village{t: t, platform: platform, number: number, data: filepath.Join(t.TempDir(), "data"), config: filepath.Join(t.TempDir(), "terminal.yaml")}
	id, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: platform.Ticket(number, platform.URL), Data: v.data, Software: "test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	v.id = id
	if err := os.WriteFile(v.config, fmt.Appendf(nil, "data: %s\nupdate: {state: %s}\n", v.data, filepath.Join(v.data, "update")), 0o600); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *village) store(do func(ctx context.Context, s *store.Store)) {
	v.t.Helper()
	s, err := store.Open(v.t.Context(), store.Options{Folder: v.data, Clock: store.SystemClock, Check: store.CheckNone})
	if err != nil {
		v.t.Fatal(err)
	}
	do(v.t.Context(), s)
	if err := s.Close(); err != nil {
		v.t.Fatal(err)
	}
}

// file commits a case as the kiosk does.
func (v *village) file(size int) casefile.Number {
	v.t.Helper()
	v.n++
	desk, err := filing.Open(v.t.Context(), filing.Options{Folder: v.data, Software: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() {
		if err := desk.Close(); err != nil {
			v.t.Error(err)
		}
	}()
	who := identity.Card{Kind: identity.Resident, Name: "王小丫", Number: fmt.Sprintf("9901021945%08d", v.n), Issuer: "望河县公安局", LongTerm: true}
	a, err := desk.Attach(v.t.Context(), "image/jpeg", bytes.Repeat([]byte{7}, size))
	if err != nil {
		v.t.Fatal(err)
	}
	filed, err := desk.Submit(v.t.Context(), casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"}, Values: json.RawMessage(`{}`),
		Materials: []casefile.Material{{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Pages: []casefile.Page{{Attachment: a.Digest, MediaType: a.MediaType}}}},
	}, []casefile.Attachment{a}, who)
	if err != nil {
		v.t.Fatal(err)
	}
	return filed.Number
}

func (v *village) waiting() (n int) {
	v.t.Helper()
	v.store(func(ctx context.Context, s *store.Store) {
		items, err := s.Waiting(ctx)
		if err != nil {
			v.t.Fatal(err)
		}
		n = len(items)
	})
	return n
}

func (v *village) run(args ...string) (string, error) {
	v.t.Helper()
	var out bytes.Buffer
	now := time.Now
	if v.now != nil {
		now = v.now
	}
	c := Command("test", now)
	c.SetArgs(append(args, "--config", v.config))
	c.SetOut(&out)
	c.SetErr(&out)
	err := c.ExecuteContext(v.t.Context())
	return out.String(), err
}

func (v *village) must(args ...string) string {
	v.t.Helper()
	out, err := v.run(args...)
	if err != nil {
		v.t.Fatalf("%v: %v", args, err)
	}
	return out
}

// county takes a stick and gives what it said.
func (v *village) county(folder string) (said []struct{ Accepted, Registered, Refused, Damaged, Left int }) {
	v.t.Helper()
	if err := json.Unmarshal(v.platform.Run("courier", "take", folder), &said); err != nil {
		v.t.Fatal(err)
	}
	return said
}

func newStick(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "stick")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

func bundles(t *testing.T, folder, ext string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, courier.Folder, "*"+ext))
	if err != nil {
		t.Fatal(err)
	}
	return names
}
