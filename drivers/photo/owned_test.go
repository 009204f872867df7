package photo_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bianmin/drivers/photo"
)

// TestCheck: only what nobody but root can have put there is run. As another user than root whatever the test makes is that user's.
func TestCheck(t *testing.T) {
	if err := photo.Check("/bin/true"); err != nil {
		t.Errorf("a program of the system: %v", err)
	}
	folder := t.TempDir() // below a folder in which everybody may write
	program := filepath.Join(folder, "decoder")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, "link")
	if err := os.Symlink("/bin/true", link); err != nil {
		t.Fatal(err)
	}
	mine := os.Geteuid() != 0
	for _, c := range []struct {
		name, path string
		want       error
	}{
		{"relative", "decoder", photo.ErrDecoder},
		{"absent", filepath.Join(folder, "none"), photo.ErrAbsent},
		{"below a folder of everybody", program, photo.ErrWritable},
		{"a link that anybody may turn", link, photo.ErrWritable},
		{"a folder", "/usr/bin", photo.ErrNoRights},
		{"no program", "/etc/passwd", photo.ErrNoRights},
	} {
		err := photo.Check(c.path)
		if mine && errors.Is(err, photo.ErrOwner) {
			continue
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := photo.New(photo.Options{Program: program, Owned: true}).Decode(t.Context(), make([]byte, photo.Size)); !errors.Is(err, photo.ErrWritable) && !errors.Is(err, photo.ErrOwner) {
		t.Errorf("Decode = %v", err)
	}
	if mine {
		return
	}
	own := "/usr/local/lib/bianmin-test-decoder"
	if err := os.WriteFile(own, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(own) })
	for _, step := range []struct {
		name   string
		change func() error
		want   error
	}{
		{"root's", func() error { return nil }, nil},
		{"another's", func() error { return os.Lchown(own, 1000, 1000) }, photo.ErrOwner},
		{"the group may write", func() error { return errors.Join(os.Lchown(own, 0, 0), os.Chmod(own, 0o775)) }, photo.ErrWritable},
	} {
		if err := step.change(); err != nil {
			t.Fatal(err)
		}
		if err := photo.Check(own); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
	}
}
