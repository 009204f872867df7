package filing_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/store/filing"
	"bianmin/sync/channel"
	"bianmin/sync/seal/sealtest"
	"bianmin/sync/wire"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// inBase64 is what always stands in base64 of bytes that hold a text, wherever in them it stands.
func inBase64(text []byte) (patterns [][]byte) {
	for before := range 3 {
		content := append(make([]byte, before), text...)
		encoded := base64.StdEncoding.EncodeToString(content[:len(content)/3*3])
		patterns = append(patterns, []byte(encoded[(before+2)/3*4:]))
	}
	return patterns
}

// signedRefusal is a refusal as the terminal keeps the platform's word.
func signedRefusal(t *testing.T, reason string) []byte {
	t.Helper()
	body, err := json.Marshal(wire.Answer{Version: wire.Version, Kind: wire.Refusal, Code: wire.RefusedRule, Reason: reason, Time: morning})
	if err != nil {
		t.Fatal(err)
	}
	evidence, err := channel.Signed{Body: body, Signature: make([]byte, 64)}.Evidence()
	if err != nil {
		t.Fatal(err)
	}
	return evidence
}

// found lists the files under a folder that hold a canary in any form text is
// kept in: UTF-8, UTF-16 as on the card, GB18030 as at the printer, base64 as in a signed answer.
func found(t *testing.T, folder string, canaries ...string) []string {
	t.Helper()
	var patterns [][]byte
	for _, text := range canaries {
		patterns = append(patterns, []byte(text))
		var wide []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			wide = append(wide, byte(unit), byte(unit>>8))
		}
		gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		patterns = append(patterns, wide, gb)
		patterns = append(patterns, inBase64([]byte(text))...)
	}
	var names []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, pattern := range patterns {
			if bytes.Contains(content, pattern) {
				names = append(names, filepath.Base(filepath.Dir(path))+"/"+entry.Name())
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// canaryOfRefusal stands nowhere but in the platform's reason.
const canaryOfRefusal = "金丝雀的照片看不清"

// oneSession does everything a session does with a person's data.
func oneSession(t *testing.T, f *filing.Filing, who casefile.Applicant) {
	t.Helper()
	card := person(who.Name, who.Number)
	filed := submit(t, f, card, bytes.Repeat([]byte(canary), 5000), []byte(canary))
	submission(t, f, card, []byte(canary+" of a page that is never filed"))
	job, err := f.BeginPrint(t.Context(), filing.PrintJob{Kind: "receipt", Case: filed.Number, Item: "高龄津贴申领"})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.EndPrint(t.Context(), job, drivers.PrintReport{Outcome: drivers.Printed}); err != nil {
		t.Fatal(err)
	}
	if err := f.Evaluate(t.Context(), filed, casefile.Evaluation{Level: 1, Text: canary, Times: 1}); err != nil {
		t.Fatal(err)
	}
	correctSession(t, f, card)
	if err := f.Store().RecordRefusal(t.Context(), filed.Event.ID, signedRefusal(t, "原因："+canaryOfRefusal), "原因："+canaryOfRefusal, morning); err != nil {
		t.Fatal(err)
	}
	if cases, err := f.Cases(t.Context(), card); err != nil || len(cases) != 2 || cases[1].Reason != "原因："+canaryOfRefusal {
		t.Fatalf("%+v, %v", cases, err)
	}
}

// correctSession corrects another case of the person's.
func correctSession(t *testing.T, f *filing.Filing, card identity.Card) {
	t.Helper()
	ctx := t.Context()
	filed := submit(t, f, card)
	if err := f.Store().RecordAcknowledgement(ctx, filed.Event.ID, []byte("yes"), "O2", morning); err != nil {
		t.Fatal(err)
	}
	u := notice(filed.Number, 7)
	u.Notice.Points[0].Text = canary
	if err := f.Store().Take(ctx, "c", []casefile.Update{u}); err != nil {
		t.Fatal(err)
	}
	c, pages, err := answer(ctx, f, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.Values = []byte(`{"phone":"` + canary + `"}`)
	if _, err := f.Correct(ctx, filed.Number, c, pages); err != nil {
		t.Fatal(err)
	}
}

// TestCanary looks for a person's data in everything the store leaves on disk,
// and proves that it would find it: with sealing off it must.
func TestCanary(t *testing.T) {
	who := casefile.Applicant{Name: "欧阳金丝雀", Number: "990102194501017788"}
	words := []string{canary, canaryOfRefusal, who.Name, who.Number}
	t.Run("sealed", func(t *testing.T) {
		p := newPoint(t)
		f := p.open(t)
		oneSession(t, f, who)
		if names := found(t, p.folder, words...); len(names) > 0 {
			t.Errorf("while open: %v", names)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if names := found(t, p.folder, words...); len(names) > 0 {
			t.Errorf("after closing: %v", names)
		}
	})
	t.Run("sealing switched off", func(t *testing.T) {
		p := newPoint(t)
		f := p.open(t, func(o *filing.Options) { o.Unsealed = true })
		oneSession(t, f, who)
		names := found(t, p.folder, words...)
		database, page := false, false
		for _, name := range names {
			folder := filepath.Dir(name)
			page = page || folder == "tmp"
			database = database || filepath.Base(name) == "bianmin.db-wal" || filepath.Base(name) == "bianmin.db"
		}
		if !database || !page {
			t.Errorf("the canary test is blind: it sees only %v", names)
		}
		if names := found(t, p.folder, canaryOfRefusal); len(names) == 0 {
			t.Error("the canary test is blind to what the platform signed")
		}
	})
	t.Run("refused in production", func(t *testing.T) {
		p := newPoint(t)
		sealtest.NewIn(t, "production").Enrol(t, filepath.Join(p.folder, "keys"), "QH0301", "A")
		f := p.open(t, func(o *filing.Options) { o.Unsealed = true })
		wantCode(t, f.Ready(t.Context()), casefile.Internal)
		if err := p.open(t).Ready(t.Context()); err != nil {
			t.Errorf("sealed, the same terminal serves: %v", err)
		}
	})
}
