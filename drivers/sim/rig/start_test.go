package rig

import (
	"image"
	"image/color"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bianmin/ui/play"
	"bianmin/ui/theme"
)

// BenchmarkFirstScreen measures from the start of the kiosk's process to its
// first painted screen, against the bare toolkit's window on the same display in turns.
func BenchmarkFirstScreen(b *testing.B) {
	dir := b.TempDir()
	build := exec.CommandContext(b.Context(), "go", "build", "-tags", "x11,gles", "-o", dir+"/",
		"./kiosk", "./sync/sender", "./packaging/provision", "./platform", "./drivers/sim/bench/bare")
	build.Dir = filepath.Join("..", "..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	r, err := Start(b.Context(), Options{Dir: filepath.Join(dir, "rig"), Bin: dir})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	display, err := OpenDisplay(b.Context(), theme.DesignWidth, theme.DesignHeight)
	if err != nil {
		b.Fatal(err)
	}
	defer display.Close()
	hand, err := play.OpenHand(display.Name)
	if err != nil {
		b.Fatal(err)
	}
	defer hand.Close()
	var kiosk, bare []time.Duration
	for b.Loop() {
		bare = append(bare, firstPaint(b, hand, display, r, "bare"))
		kiosk = append(kiosk, firstPaint(b, hand, display, r, "kiosk", "-config", r.Config()))
	}
	b.ReportMetric(median(kiosk).Seconds()/median(bare).Seconds(), "x-bare-window")
	b.ReportMetric(float64(median(kiosk).Milliseconds()), "ms-kiosk")
	b.ReportMetric(float64(median(bare).Milliseconds()), "ms-bare")
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// firstPaint starts the program and waits until the colour of the one filled button, or of the bare window, is in the middle of the screen.
func firstPaint(b *testing.B, hand play.Hand, display *Display, r *Rig, program string, args ...string) time.Duration {
	b.Helper()
	begin := time.Now()
	p, err := r.options.launch(program, append(r.Env(), display.Env()...), args...)
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		p.Kill()
		for painted(b, hand) { // the window's last picture goes with it
			time.Sleep(20 * time.Millisecond)
		}
	}()
	for !painted(b, hand) {
		if time.Since(begin) > time.Minute || p.running() != nil {
			b.Fatalf("%s painted nothing\n%s", program, p.Tail(10))
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(begin)
}

// painted looks for the action colour down the middle of the screen.
func painted(b *testing.B, hand play.Hand) bool {
	b.Helper()
	picture, err := hand.Picture()
	if err != nil {
		b.Fatal(err)
	}
	return has(picture, theme.Colour(theme.Action))
}

func has(picture image.Image, wanted color.Color) bool {
	r, g, bl, _ := wanted.RGBA()
	bounds := picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y += 20 {
		pr, pg, pb, _ := picture.At(bounds.Dx()/8, y).RGBA()
		if pr>>8 == r>>8 && pg>>8 == g>>8 && pb>>8 == bl>>8 {
			return true
		}
	}
	return false
}
