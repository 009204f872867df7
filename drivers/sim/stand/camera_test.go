package stand

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/point"
)

const standVariable = "BIANMIN_TEST_STAND"

func TestMain(m *testing.M) {
	if dir := os.Getenv(standVariable); dir != "" {
		os.Exit(apart(dir))
	}
	os.Exit(m.Run())
}

// apart is the process of a bench with a camera, until its standard input ends: a process that looks through a camera of its own can wait for itself.
func apart(dir string) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := Open(ctx, Options{Dir: dir, Camera: true})
	if err == nil {
		fmt.Println(s.Socket(), s.CameraLink())
		_, _ = io.Copy(io.Discard, os.Stdin)
		err = s.Close()
	}
	if err != nil {
		return 1
	}
	return 0
}

// openApart starts it.
func openApart(t *testing.T) (socket, link string) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env, command.Stderr = append(os.Environ(), standVariable+"="+t.TempDir()), os.Stderr
	hold, err1 := command.StdinPipe()
	told, err2 := command.StdoutPipe()
	if err := errors.Join(err1, err2, command.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(hold.Close(), command.Wait()); err != nil {
			t.Error(err)
		}
	})
	if _, err := fmt.Fscanln(told, &socket, &link); err != nil {
		t.Fatal(err)
	}
	return socket, link
}

// ofCamera is what comes of each fault of the document camera: the fault that the driver tells and the beginning of the kiosk's sentence, or what is said of the page.
var ofCamera = map[string]struct {
	fault    drivers.Fault
	sentence string
	quality  drivers.Quality
}{
	"camera-frozen":    {fault: drivers.FaultSilent, sentence: "扫描仪没有回应"},
	"camera-cut":       {fault: drivers.FaultProtocol, sentence: "扫描出来的东西看不懂"},
	"camera-garbage":   {fault: drivers.FaultProtocol, sentence: "扫描出来的东西看不懂"},
	"camera-strange":   {fault: drivers.FaultProtocol, sentence: "扫描出来的东西看不懂"},
	"camera-refuse":    {fault: drivers.FaultDevice, sentence: "扫描仪坏了"},
	"camera-busy":      {fault: drivers.FaultBusy, sentence: "扫描仪正忙"},
	"camera-denied":    {fault: drivers.FaultNotPermitted, sentence: "机器还没有允许使用扫描仪"},
	"camera-unplugged": {fault: drivers.FaultUnplugged, sentence: "扫描仪的线松了"},
	"camera-covered":   {quality: drivers.QualityDark},
	"camera-empty":     {quality: drivers.QualityDark},
	"camera-crooked":   {quality: drivers.QualitySkewed},
	"camera-blurred":   {quality: drivers.QualityBlurred},
}

// TestEachFaultOfTheCamera puts every fault of the document camera on the bench and takes a page as a kiosk does, with the real driver under the
// real manager; when all are over a page is whole again.
func TestEachFaultOfTheCamera(t *testing.T) {
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	socket, link := openApart(t)
	p, err := point.Start(t.Context(), point.Config{Scanner: &point.Scanner{Link: link}}, point.Options{Log: slog.New(slog.DiscardHandler), Retry: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	tell := func(line string) {
		t.Helper()
		if _, err := Tell(t.Context(), socket, line); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	well := func(after string) {
		t.Helper()
		for begun := time.Now(); p.Statuses()[0].Condition != drivers.Online; time.Sleep(20 * time.Millisecond) {
			if time.Since(begun) > 20*time.Second {
				t.Fatalf("after %s: %+v", after, p.Statuses())
			}
			p.Check(t.Context())
		}
	}
	well("its start")
	for _, f := range cameraFaults() {
		want, known := ofCamera[f.Name]
		if !known {
			t.Errorf("nobody says what comes of %s", f.Name)
			continue
		}
		tell("fault " + f.Name + " on")
		page, err := p.Scanner().Scan(t.Context(), drivers.ScanOptions{})
		if got := drivers.FaultOf(err); got != want.fault || page.Quality != want.quality {
			t.Errorf("%s: %q, %q, %v", f.Name, got, page.Quality, err)
		}
		if got := words.T(text.Chinese, "fault.scanner."+string(want.fault)+".means", nil); want.fault != "" && !strings.HasPrefix(got, want.sentence) {
			t.Errorf("%s: people read %q", f.Name, got)
		}
		tell("fault " + f.Name + " off")
		well(f.Name)
	}
	if page, err := p.Scanner().Scan(t.Context(), drivers.ScanOptions{}); err != nil || page.Quality != drivers.QualityGood {
		t.Errorf("after all faults: %s, %v", page.Quality, err)
	}
	look(t, p)
}

// look sees what lies there, as the desk's window does.
func look(t *testing.T, p *point.Point) {
	t.Helper()
	viewer, ok := p.Scanner().(drivers.Viewer)
	if !ok {
		t.Fatal("no view")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	n := 0
	err := viewer.View(ctx, func(picture image.Image) {
		if n++; n == 3 {
			cancel()
		}
	})
	if n < 3 || drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("%d pictures, %v", n, err)
	}
}
