package point_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/drivers/sim/social"
	"bianmin/drivers/sim/stand"
)

// atRest is how long the manager is watched with nothing to do: two looks at the scanner, twenty at a reader.
const atRest = 65 * time.Second

// BenchmarkAtRest measures what share of one core the device manager takes with a device of every role attached, at its own pace and with no window,
// the programs that it starts included: card reader, reader of social-security cards behind the machine's PC/SC service, receipt printer, A4 printer,
// button, code reader, and as scanner one of SANE's or a document camera. The devices are simulated in a process of their own, which does not count.
func BenchmarkAtRest(b *testing.B) {
	for _, scanner := range []string{"SANE", "document-camera"} {
		b.Run(scanner, func(b *testing.B) { rest(b, scanner == "document-camera") })
	}
}

func rest(b *testing.B, camera bool) {
	dir := b.TempDir()
	bench := exec.CommandContext(b.Context(), os.Args[0])
	bench.Env = append(os.Environ(), benchVariable+"="+dir)
	bench.Stderr = os.Stderr
	hold, err := bench.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	told, err := bench.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := bench.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _, _ = hold.Close(), bench.Wait() }()
	var document, lens string
	if _, err := fmt.Fscanln(told, &document, &lens); err != nil {
		b.Fatal(err)
	}
	scanner := &point.Scanner{SANE: "test:0", DPI: 75, Env: saneTest(b, dir)}
	if camera {
		scanner = &point.Scanner{Link: lens}
	}
	p, err := point.Start(b.Context(), point.Config{
		Reader: &point.Reader{Link: "serial:" + dir + "/reader"}, Printer: &point.Printer{Link: "serial:" + dir + "/printer"},
		Button: &point.Button{Link: "serial:" + dir + "/button"}, Code: &point.Code{Link: "serial:" + dir + "/code"}, Document: &point.Document{Link: document},
		Scanner: scanner, Social: &point.Social{Link: "pcsc:" + social.VirtualName},
	}, point.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	for begun, online := time.Now(), 0; online < 7; {
		if time.Since(begun) > time.Minute {
			b.Fatalf("not all come: %+v", p.Statuses())
		}
		online = 0
		for _, s := range p.Statuses() {
			if s.Condition == drivers.Online {
				online++
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	for b.Loop() {
		before := used(b)
		time.Sleep(atRest)
		b.ReportMetric(100*float64(used(b)-before)/float64(atRest), "%-of-a-core")
	}
}

const benchVariable = "BIANMIN_TEST_BENCH"

// onBench is the process of the simulated devices; it ends with its standard input.
func onBench(dir string) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	chips, err := social.OpenApart(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s, err := stand.Open(ctx, stand.Options{Dir: dir, Document: true, Code: true, Camera: true, Social: chips})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.DocumentLink(), s.CameraLink())
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := s.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// saneTest is the environment in which scanimage sees SANE's test scanner only.
func saneTest(t testing.TB, dir string) []string {
	t.Helper()
	sane := filepath.Join(dir, "sane")
	if err := os.MkdirAll(sane, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"dll.conf": "test\n", "test.conf": "number_of_devices 1\ngeometry_max 300.0\ntest-picture \"Grid\"\n"} {
		if err := os.WriteFile(filepath.Join(sane, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "SANE_CONFIG_DIR=" + sane}
}

// used is the processor time of this process and of those it started and saw end.
func used(t testing.TB) time.Duration {
	t.Helper()
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var usage syscall.Rusage
		if err := syscall.Getrusage(who, &usage); err != nil {
			t.Fatal(err)
		}
		sum += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	return sum
}
