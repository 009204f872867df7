package practice_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/sync/enrol/practice"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

var morning = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

// TestBegin: the identity is a whole one, says what it is, and shares nothing with the one before.
func TestBegin(t *testing.T) {
	folder := practice.Folder(t.TempDir())
	first, err := practice.Begin(folder, practice.Place{Point: "柳树沟村便民服务点", Region: "990301001201"}, morning)
	if err != nil {
		t.Fatal(err)
	}
	if first.Environment != practice.Environment || first.Number != practice.Terminal || first.Point != "柳树沟村便民服务点" || first.Region != "990301001201" ||
		first.Role != "agent" || !first.Enrolled.Equal(morning) || first.Platform != "" {
		t.Errorf("the identity is %+v", first.Terminal)
	}
	left := filepath.Join(folder, "terminal.db")
	if err := os.WriteFile(left, []byte("of an earlier learner"), 0o600); err != nil {
		t.Fatal(err)
	}
	second, err := practice.Begin(folder, practice.Place{}, morning.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an earlier learner's data are still there: %v", err)
	}
	switch {
	case second.Region != practice.Region || second.Point != "":
		t.Errorf("a PC without enrolment practises as %+v", second.Terminal)
	case second.Keys.Sign.Equal(first.Keys.Sign), second.Keys.Secret == first.Keys.Secret, second.Recovery.Equal(first.Recovery),
		second.PlatformEncrypt.Equal(first.PlatformEncrypt), second.Trust.SigningRoot.Equal(first.Trust.SigningRoot):
		t.Error("a key of the earlier practice goes on")
	}
}

// TestKeysAreOverwritten: what an open file still shows after clearing is no key.
func TestKeysAreOverwritten(t *testing.T) {
	folder := practice.Folder(t.TempDir())
	if _, err := practice.Begin(folder, practice.Place{}, morning); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(folder, "keys", "secret.key")
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if err := practice.Clear(folder); err != nil {
		t.Fatal(err)
	}
	after := make([]byte, len(before))
	if _, err := file.ReadAt(after, 0); err != nil {
		t.Fatal(err)
	}
	if string(after) == string(before) {
		t.Error("the terminal's secret was unlinked as it was")
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

// TestNothingElseIsCleared: a folder of another name, and a real enrolment in one of that name, stay.
func TestNothingElseIsCleared(t *testing.T) {
	data := t.TempDir()
	if err := practice.Clear(data); !errors.Is(err, practice.ErrNotPractice) {
		t.Errorf("another folder: %v", err)
	}
	folder := practice.Folder(data)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	sealtest.New(t).Enrol(t, filepath.Join(folder, "keys"), "QH0301", "A")
	if _, err := practice.Begin(folder, practice.Place{}, morning); !errors.Is(err, practice.ErrNotPractice) {
		t.Errorf("a real enrolment: %v", err)
	}
	if _, err := seal.LoadIdentity(filepath.Join(folder, "keys")); err != nil {
		t.Errorf("the real enrolment is gone: %v", err)
	}
}
