package store

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// peersVariable says where store/peers was built to (packaging/build/bench does it).
const peersVariable = "BIANMIN_PEERS"

// foreign is a queue of others, in a process of its own.
type foreign struct {
	name    string
	orders  io.Writer
	answers *bufio.Scanner
}

// startForeign starts one; with a path, what it syncs is written down there.
func startForeign(t testing.TB, name, calls string) *foreign {
	t.Helper()
	args := []string{os.Getenv(peersVariable), name, t.TempDir()}
	if calls != "" {
		args = append([]string{"strace", "-f", "-qq", "-o", calls, "-e", "trace=fsync,fdatasync"}, args...)
	}
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	orders, err := cmd.StdinPipe()
	must(t, err)
	answers, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		must(t, orders.Close())
		if err := cmd.Wait(); err != nil && t.Context().Err() == nil {
			t.Error(name, err)
		}
	})
	return &foreign{name, orders, bufio.NewScanner(answers)}
}

func (f *foreign) do(t testing.TB, order string, n int) time.Duration {
	t.Helper()
	_, err := fmt.Fprintln(f.orders, order, n)
	must(t, err)
	if !f.answers.Scan() {
		t.Fatal(f.name, order, f.answers.Err())
	}
	took, err := strconv.ParseInt(f.answers.Text(), 10, 64)
	must(t, err)
	return time.Duration(took)
}

// syncs are how many a record's life costs it, closing left out.
func (f *foreign) syncs(t testing.TB, calls string, lives int) float64 {
	t.Helper()
	f.do(t, "life", 1)
	before := countCalls(t, calls)
	f.do(t, "life", lives)
	return float64(countCalls(t, calls)-before) / float64(lives)
}

func countCalls(t testing.TB, path string) int {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return bytes.Count(content, []byte("sync(")) // "fdatasync(" among them; what is resumed has no bracket
}

// life is a case filed, the first in the queue taken, and that one acknowledged.
func (f *shelf) life() {
	f.file()
	items, err := f.s.Pending(f.t.Context(), morning, 1)
	if err != nil || len(items) == 0 {
		f.t.Fatal(len(items), err)
	}
	must(f.t, f.s.RecordAcknowledgement(f.t.Context(), items[0].Packet, []byte("accepted "+items[0].Packet), "O1", morning))
}

// BenchmarkQueues times in turn 4 KB appended with one fdatasync, all rows of a case of ours, and 4 KB put into goqite, backlite and bbolt;
// the whole life of each, put, taken and done with; and that again with BIANMIN_WAITING records (100 000) waiting.
func BenchmarkQueues(b *testing.B) {
	waiting := 100_000
	if text := os.Getenv("BIANMIN_WAITING"); text != "" {
		var err error
		waiting, err = strconv.Atoi(text)
		must(b, err)
	}
	file, err := os.OpenFile(filepath.Join(b.TempDir(), "bare"), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	must(b, err)
	b.Cleanup(func() { _ = file.Close() })
	bare := func() time.Duration {
		begun := time.Now()
		_, err := file.Write(make([]byte, 4096))
		must(b, err)
		must(b, syscall.Fdatasync(int(file.Fd())))
		return time.Since(begun)
	}
	ours := newShelf(b, open(b, b.TempDir(), newMachine()))
	ours.n = 1 << 30
	timed := func(do func()) time.Duration { begun := time.Now(); do(); return time.Since(begun) }
	runs := map[string]func(order string) time.Duration{
		"ours": func(order string) time.Duration {
			return timed(map[string]func(){"put": ours.file, "life": ours.life}[order])
		},
	}
	names := []string{"ours", "goqite", "backlite", "bbolt"}
	others := map[string]*foreign{}
	for _, name := range names[1:] {
		f := startForeign(b, name, "")
		others[name], runs[name] = f, func(order string) time.Duration { return f.do(b, order, 1) }
	}
	rounds := func(order, metric string, n int) {
		times := map[string][]time.Duration{}
		for range n {
			times["bare"] = append(times["bare"], bare())
			for _, name := range names {
				times[name] = append(times[name], runs[name](order))
			}
		}
		for _, name := range names {
			b.ReportMetric(middle(times[name])/middle(times["bare"]), "x-"+metric+"-"+name)
		}
	}
	for b.Loop() {
		rounds("put", "put", 200)
		rounds("life", "life", 60)
		grow(b, ours.s, waiting, waiting, ours.public)
		for _, f := range others {
			f.do(b, "fill", waiting)
		}
		rounds("life", "life-waiting", 20)
	}
	for _, name := range names[1:] {
		calls := filepath.Join(b.TempDir(), "calls")
		b.ReportMetric(startForeign(b, name, calls).syncs(b, calls, 50), "syncs-"+name)
	}
	b.ReportMetric(0, "ns/op")
}

// TestPeersCounter holds that a sync is counted once, also where another thread's call comes between its two lines.
func TestPeersCounter(t *testing.T) {
	calls := filepath.Join(t.TempDir(), "calls")
	must(t, os.WriteFile(calls, []byte(strings.Join([]string{
		"10 fdatasync(5 <unfinished ...>", "11 fsync(6)  = 0", "10 <... fdatasync resumed>) = 0", "12 fdatasync(5) = 0",
	}, "\n")), 0o600))
	if n := countCalls(t, calls); n != 3 {
		t.Errorf("%d syncs, not 3", n)
	}
}
