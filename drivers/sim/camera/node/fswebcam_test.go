package node_test

import (
	"context"
	"fmt"
	"image"
	_ "image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	sim "bianmin/drivers/sim/camera"
	"bianmin/drivers/sim/camera/node"
)

func TestMain(m *testing.M) {
	if os.Getenv(node.Variable) != "" {
		if err := node.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// TestOutsider: a program that nobody here wrote takes a picture with the camera, in both formats, and sees what lies there; it is off afterwards.
// One that is on already takes no second, and one that was pulled is not there.
func TestOutsider(t *testing.T) {
	all, err := node.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := all.Close(); err != nil {
			t.Error(err)
		}
	}()
	for name, build := range map[string]sim.Options{"jpeg": {}, "yuyv": {Plain: true}} {
		far, err := all.Plug(name, sim.Sheet{Bars: 5}, build)
		if err != nil {
			t.Fatal(err)
		}
		picture, said := photograph(t, far)
		if bars := barsOn(picture); bars != 5 {
			t.Errorf("%s: %d bars\n%s", name, bars, said)
		}
		if look, err := far.Look(); err != nil || look.On || look.Times < 1 || look.Mode.JPEG == build.Plain || look.Mode.Size != image.Pt(640, 480) {
			t.Errorf("%s: %+v, %v", name, look, err)
		}
		if err := far.Have(node.Trouble{Busy: true}); err != nil {
			t.Error(err)
		}
		if picture, said := photograph(t, far); picture != nil || !strings.Contains(said, "busy") {
			t.Errorf("%s: while another films:\n%s", name, said)
		}
		if err := far.Unplug(); err != nil {
			t.Error(err)
		}
		if picture, said := photograph(t, far); picture != nil || !strings.Contains(said, "No such file") {
			t.Errorf("%s: pulled:\n%s", name, said)
		}
	}
}

// photograph has fswebcam take a picture; nil where it gets none. It waits for none that a busy machine makes late, and is asked again.
func photograph(t *testing.T, far *node.Distant) (image.Image, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "picture.jpg")
	device := strings.TrimPrefix(far.Link(), "video:")
	var said []byte
	for range 10 {
		var err error
		said, err = exec.CommandContext(t.Context(), "fswebcam", "--device", "V4L2:"+device, "--resolution", "640x480", "--no-banner", path).CombinedOutput()
		if err != nil {
			t.Logf("fswebcam: %v", err)
		}
		if !strings.Contains(string(said), "temporarily unavailable") {
			break
		}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, string(said)
	}
	defer func() { _ = file.Close() }()
	picture, _, err := image.Decode(file)
	if err != nil {
		t.Error(err)
	}
	return picture, string(said)
}

// barsOn counts the bars of a sheet that lies level in the middle of the picture, on its dark table.
func barsOn(picture image.Image) int {
	if picture == nil {
		return -1
	}
	size := picture.Bounds().Size()
	sheet := image.Rect(size.X*272/1024, size.Y*45/768, size.X*752/1024, size.Y*723/768)
	cut, ok := picture.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok {
		return -1
	}
	return sim.BarsOn(cut.SubImage(sheet))
}
