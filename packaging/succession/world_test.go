package succession_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/packaging/succession"
	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// sender is the real sender's program, built once.
var sender = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "succession-test")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", dir+"/", "bianmin/sync/sender").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return filepath.Join(dir, "sender"), nil
})

var built bool

func removeSender() {
	if built {
		if path, err := sender(); err == nil {
			_ = os.RemoveAll(filepath.Dir(path))
		}
	}
}

const terminal = "QH0301"

var cheap = seal.Cost{Time: 1, Memory: 64, Threads: 1}

func enrolIn(t testing.TB, p *platformtest.Platform, number, data string) {
	t.Helper()
	_, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket(number, p.URL), Data: data, Software: "test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
}

func machine(data string) succession.Machine {
	return succession.Machine{Data: data, Software: "test", Now: time.Now}
}

func person(i int) identity.Card {
	return identity.Card{Kind: identity.Resident, Name: "王小丫", Number: fmt.Sprintf("9901021945%08d", i), Issuer: "望河县公安局", LongTerm: true}
}

func desk(t testing.TB, data string) *filing.Filing {
	t.Helper()
	f, err := filing.Open(t.Context(), filing.Options{Folder: data, Software: "test", Cost: cheap, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// file files a case with a page of its own.
func file(t testing.TB, f *filing.Filing, i int) (casefile.Filed, error) {
	t.Helper()
	who := person(i)
	a, err := f.Attach(t.Context(), "image/jpeg", bytes.Repeat([]byte{byte(i), byte(i >> 8)}, 500))
	if err != nil {
		t.Fatal(err)
	}
	return f.Submit(t.Context(), casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"}, Values: json.RawMessage(`{}`),
		Materials: []casefile.Material{{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Pages: []casefile.Page{{Attachment: a.Digest, MediaType: a.MediaType}}}},
	}, []casefile.Attachment{a}, who)
}

func mustFile(t testing.TB, f *filing.Filing, i int) casefile.Filed {
	t.Helper()
	filed, err := file(t, f, i)
	if err != nil {
		t.Fatal(err)
	}
	return filed
}

// send runs the real sender on a data folder until done, or to the test's end when it is nil.
func send(t testing.TB, data string, done func() bool) {
	t.Helper()
	path, err := sender()
	if err != nil {
		t.Fatal(err)
	}
	built = true
	cmd := exec.Command(path, "-data", data)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the sender said:\n%s", said.String())
		}
	}()
	for deadline := time.Now().Add(2 * time.Minute); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Errorf("waited too long for the sender")
			return
		}
	}
}

func counts(t testing.TB, f *filing.Filing) store.Counts {
	t.Helper()
	c, err := f.Store().Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func drained(t testing.TB, f *filing.Filing) func() bool {
	return func() bool { return counts(t, f).Waiting == 0 }
}

// mustHold checks that the platform holds exactly these cases, each once, whole and accepted.
func mustHold(t testing.TB, p *platformtest.Platform, filed []casefile.Filed) {
	t.Helper()
	held := map[string]bool{}
	cases := p.Cases()
	digests := map[casefile.Number]string{}
	for _, f := range filed {
		if digests[f.Number] != "" {
			t.Errorf("the number %s was given twice", f.Number)
		}
		digests[f.Number] = f.Digest
	}
	for _, c := range cases {
		held[c.Case] = true
		want := digests[casefile.Number(c.Case)]
		if c.State != "accepted" || len(c.Events) != 1 || c.Events[0].EventDigest != want || !c.Events[0].Attachments[0].Verified {
			t.Errorf("case %s at the platform: %+v", c.Case, c)
		}
	}
	if len(cases) != len(filed) || len(held) != len(filed) {
		t.Errorf("the platform holds %d cases (%d numbers), %d were filed", len(cases), len(held), len(filed))
	}
}

func wantCode(t testing.TB, err error, want casefile.Code) {
	t.Helper()
	var known *casefile.Error
	if !errors.As(err, &known) || known.Code != want {
		t.Errorf("got %v, want code %s", err, want)
	}
}
