package photo_test

import (
	"bytes"
	"context"
	"errors"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"bianmin/drivers"
	"bianmin/drivers/photo"
)

func TestMain(m *testing.M) {
	photo.Launch()
	goleak.VerifyTestMain(m)
}

// decoder compiles the real program that stands for a vendor's.
func decoder(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "decoder")
	if out, err := exec.CommandContext(t.Context(), "cc", "-Wall", "-Werror", "-o", program, "testdata/decoder.c").CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	return program
}

// invented begins like a photo and is none.
func invented() []byte {
	p := bytes.Repeat([]byte{0x5A, 0xC3}, photo.Size/2)
	copy(p, "WLf\x00CANARY")
	return p
}

func TestDecode(t *testing.T) {
	program := decoder(t)
	for _, way := range []string{"", "leaves", "deaf"} {
		picture, err := photo.New(photo.Options{Program: program, Args: []string{way}}).Decode(t.Context(), invented())
		if err != nil {
			t.Fatalf("%q: %v", way, err)
		}
		if size := picture.Bounds().Size(); size.X != 102 || size.Y != 126 {
			t.Errorf("%q: a picture of %v", way, size)
		}
		if got := color.RGBAModel.Convert(picture.At(0, 0)); way != "deaf" && got != (color.RGBA{'f', 'L', 'W', 255}) {
			t.Errorf("%q: the first dot is %v", way, got)
		}
	}
}

// TestDecoderFails: whatever a decoder does, there is an error in time that holds nothing of the photo.
func TestDecoderFails(t *testing.T) {
	program, dir := decoder(t), t.TempDir()
	file := filepath.Join(dir, "photo")
	for way, said := range map[string]string{
		"hang": "took longer", "crash": "signal: aborted", "fail": "exit status 7", "flood": "says more", "nothing": "no picture", "half": "half a picture",
		"noise": "no picture", "huge": "60000", "memory": "exit status 8", "network": "exit status 9", "disk": "file size limit exceeded",
	} {
		t.Run(way, func(t *testing.T) {
			begun, limit := time.Now(), 20*time.Second
			if way == "hang" {
				limit = time.Second
			}
			picture, err := photo.New(photo.Options{Program: program, Args: []string{way, file}, Limit: limit}).Decode(t.Context(), invented())
			if picture != nil || !errors.Is(err, photo.ErrDecoder) || !strings.Contains(err.Error(), said) {
				t.Errorf("Decode = %v, want %q", err, said)
			}
			if err != nil && strings.Contains(err.Error(), "CANARY") || strings.Contains(err.Error(), "WLf") {
				t.Error("the error holds the photo")
			}
			if took := time.Since(begun); took > limit+3*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	if content, err := os.ReadFile(file); err != nil || len(content) != 0 {
		t.Errorf("on the disk: %d bytes, %v", len(content), err)
	}
}

// TestFamilyDies: a child that would leave the decoder's group cannot, and dies with it.
func TestFamilyDies(t *testing.T) {
	file := filepath.Join(t.TempDir(), "alive")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	held := func() bool {
		lock := unix.Flock_t{Type: unix.F_WRLCK}
		if err := unix.FcntlFlock(f.Fd(), unix.F_GETLK, &lock); err != nil {
			t.Fatal(err)
		}
		return lock.Type != unix.F_UNLCK
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := photo.New(photo.Options{Program: decoder(t), Args: []string{"family", file}, Limit: time.Minute}).Decode(ctx, invented())
		ended <- err
	}()
	until := func(what string, is bool) {
		for begun := time.Now(); held() != is; time.Sleep(5 * time.Millisecond) {
			if time.Since(begun) > 20*time.Second {
				t.Fatal(what)
			}
		}
	}
	until("the child never lived", true)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Decode = %v", err)
	}
	until("the child lives on", false)
}

func TestWithoutDecoder(t *testing.T) {
	for _, c := range []struct {
		program string
		photo   []byte
		want    error
	}{
		{"", invented(), drivers.ErrNoDecoder},
		{"decoder", invented(), photo.ErrDecoder},
		{filepath.Join(t.TempDir(), "none"), invented(), photo.ErrDecoder},
		{"/bin/cat", nil, photo.ErrPhoto},
		{"/bin/cat", invented()[1:], photo.ErrPhoto},
	} {
		if _, err := photo.New(photo.Options{Program: c.program}).Decode(t.Context(), c.photo); !errors.Is(err, c.want) {
			t.Errorf("%q with %d bytes: %v, want %v", c.program, len(c.photo), err, c.want)
		}
	}
}
