package filing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/internal/baddisk"
	"bianmin/internal/chance"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/seal/sealtest"
)

// TestBadDisk lets each change of a file that a day of a terminal makes fail in turn, once or from then on, with an I/O
// error or a full disk. What failed is said by its code and can be tried again; what was said to be done is there
// afterwards, and what was said to have failed is not, even when the program ends at that very moment.
func TestBadDisk(t *testing.T) {
	random := chance.Random(t)
	source, authority := realPoint(t)
	all, _ := badDay(t, source, baddisk.Fault{}, "on")
	if len(all) < 40 {
		t.Fatalf("a day changes only %q", all)
	}
	t.Logf("%d changes: %s … %s", len(all), all[0], all[len(all)-1])
	try := func(n int, f fault) {
		f.First = n + 1
		t.Run(fmt.Sprintf("%d %s %v ever=%v %s", n+1, strings.ReplaceAll(all[n], "/", "."), f.Error, f.Ever, f.then), func(t *testing.T) {
			_, d := badDay(t, source, f.Fault, f.then)
			d.check(t, f, authority)
		})
	}
	for n, what := range all { // where a commit waits for the disk it is all written already: the worst place
		if what == "fsync bianmin.db-wal" || what == "fdatasync bianmin.db-wal" {
			try(n, fault{baddisk.Fault{Error: unix.EIO}, "stop"})
		}
	}
	for _, n := range random.Perm(len(all))[:min(len(all), chance.Count(t, 40, len(all)))] {
		for _, f := range faults(random) {
			try(n, f)
		}
	}
}

type fault struct {
	baddisk.Fault

	then string // what the program does after it: "on" or "stop"
}

// faults are what a disk may do at a change: one of them, or all in a long run.
func faults(random *rand.Rand) []fault {
	all := []fault{
		{baddisk.Fault{Error: unix.EIO}, "on"},
		{baddisk.Fault{Error: unix.EIO}, "stop"},
		{baddisk.Fault{Error: unix.EIO, Ever: true}, "on"},
		{baddisk.Fault{Error: unix.ENOSPC, Ever: true}, "on"},
		{baddisk.Fault{Error: unix.EROFS, Ever: true}, "on"},
	}
	if chance.Long() {
		return all
	}
	return []fault{all[random.IntN(len(all))]}
}

// day is what is left of a day on a bad disk.
type day struct {
	folder, seen string
	failed       []string // "step code"
}

// badDay runs a day in a process of its own and gives what it changed.
func badDay(t *testing.T, source string, f baddisk.Fault, then string) ([]string, day) {
	t.Helper()
	d := day{folder: filepath.Join(t.TempDir(), "data"), seen: filepath.Join(t.TempDir(), "world")}
	if err := os.CopyFS(d.folder, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	var output strings.Builder
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=bad %s %s %s", childVariable, d.folder, d.seen, then))
	cmd.Stdout, cmd.Stderr = &output, &output
	f.Folder = d.folder
	changes, err := baddisk.Run(cmd, f)
	if err != nil {
		t.Fatalf("%v: %s", err, output.String())
	}
	for line := range strings.Lines(output.String()) {
		if what, ok := strings.CutPrefix(strings.TrimSpace(line), "failed "); ok {
			d.failed = append(d.failed, what)
		}
	}
	return changes, d
}

func (d day) check(t *testing.T, f fault, authority *sealtest.Authority) {
	t.Helper()
	want := map[unix.Errno]casefile.Code{unix.EIO: casefile.ReadOnly, unix.ENOSPC: casefile.DiskFull, unix.EROFS: casefile.ReadOnly}[f.Error]
	for _, what := range d.failed {
		words := strings.Fields(what)
		if casefile.Code(words[1]) != want && !unclear(what, f.Error) {
			t.Errorf("%s, want %q", what, want)
		}
	}
	if !f.Ever && f.then == "on" && len(d.failed) > 1 {
		t.Errorf("one fault, and more failed: %q", d.failed)
	}
	checkWorld(t, "afterwards", d.folder, d.seen, authority)
	world, err := os.ReadFile(d.seen)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Folder: d.folder, Clock: store.SystemClock})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	took := ""
	for line := range strings.Lines(string(world)) {
		if n, ok := strings.CutPrefix(line, "took "); ok {
			took = strings.TrimSpace(n)
		}
	}
	if cursor, err := s.Cursor(t.Context()); err != nil || cursor != took && !f.Ever {
		t.Errorf("the cursor is %q, updates were taken up to %q: %v", cursor, took, err)
	}
	cases, err := s.AllCases(t.Context())
	corrected := 0
	for _, c := range cases {
		for _, e := range c.Events {
			if e.Kind == casefile.Corrected {
				corrected++
			}
		}
	}
	if said := strings.Count(string(world), "corrected "); corrected != said && !f.Ever {
		t.Errorf("%d corrections are there, %d were said to be filed", corrected, said)
	}
	if filed := strings.Count(string(world), "filed "); err != nil || len(cases) != filed && !f.Ever {
		t.Errorf("%d cases are there, %d were said to be filed: %v", len(cases), filed, err)
	}
}

// unclear tells whether SQLite hides why it could not write: it has one code for all reasons there, and the store says one of the two.
func unclear(what string, errno unix.Errno) bool {
	const shmSize = "(4874)"
	return strings.Contains(what, shmSize) || errno == unix.ENOSPC && strings.Contains(what, "disk I/O error")
}

// bad is the child's day: each step that fails is said, and tried once more, or ends the program.
func bad(folder, seen, then string) error {
	ctx := context.Background()
	world, err := os.OpenFile(seen, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	b := &badly{ctx: ctx, folder: folder, world: world, stop: then == "stop"}
	b.step("open", b.open)
	for i := range 2 {
		b.page = casefile.Attachment{}
		b.filed = casefile.Filed{}
		if b.step("attach", b.attach) && b.step("submit", func() error { return b.submit(i) }) {
			b.step("begin-print", b.beginPrint)
			b.step("end-print", b.endPrint)
			b.step("rate", func() error { return b.f.Evaluate(ctx, b.filed, casefile.Evaluation{Level: 5, Times: 1}) })
			delivered := b.step("deliver", b.deliver)
			if delivered && b.step("return", b.sendBack) && b.step("attach-again", b.attach) && b.step("correct", b.correct) {
				b.step("deliver-again", b.deliver)
			}
			b.step("take", b.take)
		}
	}
	if b.f == nil {
		return nil
	}
	_ = b.f.Close() // a disk that fails for ever fails here too
	return nil
}

type badly struct {
	ctx    context.Context //nolint:containedctx // of one day
	folder string
	world  io.Writer
	stop   bool
	f      *filing.Filing
	page   casefile.Attachment
	filed  casefile.Filed
	job    int64
	cursor int
}

// step does something, twice when it fails.
func (b *badly) step(name string, do func() error) bool {
	if b.f == nil && name != "open" {
		return false
	}
	for range 2 {
		err := do()
		if err == nil {
			return true
		}
		fmt.Println("failed", name, store.Code(err), strings.ReplaceAll(err.Error(), "\n", "; "))
		if b.stop {
			os.Exit(0)
		}
	}
	if name != "open" && !strings.HasPrefix(name, "attach") && b.f.Ready(b.ctx) == nil {
		fmt.Println("failed", name, "and-the-terminal-serves")
	}
	return false
}

func (b *badly) open() error {
	f, err := filing.Open(b.ctx, filing.Options{Folder: b.folder, Software: "bianmin test", Cost: cheap, MinFree: 1})
	if err != nil {
		return err
	}
	if err := f.Ready(b.ctx); err != nil {
		return errors.Join(err, f.Close())
	}
	b.f = f
	return nil
}

func (b *badly) attach() (err error) {
	b.page, err = b.f.Attach(b.ctx, "image/jpeg", []byte(strings.Repeat("page", 20_000)))
	return err
}

func (b *badly) submit(i int) (err error) {
	if b.filed, err = fileOne(b.ctx, b.f, person("王小丫", "990102194501010027"), b.page, i); err == nil {
		_, err = fmt.Fprintf(b.world, "filed %s %s\n", b.filed.Number, b.filed.Digest)
	}
	return err
}

func (b *badly) beginPrint() (err error) {
	if b.job, err = b.f.BeginPrint(b.ctx, filing.PrintJob{Kind: "receipt", Case: b.filed.Number}); err == nil {
		_, err = fmt.Fprintf(b.world, "printed %s %s\n", b.filed.Number, b.filed.Digest)
	}
	return err
}

func (b *badly) endPrint() error {
	if b.job == 0 {
		return nil
	}
	return b.f.EndPrint(b.ctx, b.job, drivers.PrintReport{Outcome: drivers.Printed})
}

func (b *badly) deliver() error { return deliver(b.ctx, b.f.Store(), b.world) }

// sendBack is the platform's notice, correct its answer.
func (b *badly) sendBack() error {
	return b.told(casefile.Update{Kind: casefile.PlatformReturned, Notice: &casefile.Notice{Points: []casefile.NoticePoint{{ID: "1", Material: "m1", Text: "看不清"}}}})
}

func (b *badly) correct() error {
	done, err := b.f.Correct(b.ctx, b.filed.Number, casefile.Correction{
		Notice: fmt.Sprintf("%032d", b.cursor), Points: []string{"1"},
		Materials: []casefile.Material{{Code: "m1", Way: casefile.Scanned, Pages: []casefile.Page{{Attachment: b.page.Digest}}}},
	}, []casefile.Attachment{b.page})
	if err == nil {
		_, err = fmt.Fprintf(b.world, "corrected %s %s\n", b.filed.Number, done.Digest)
	}
	return err
}

func (b *badly) take() error {
	return b.told(casefile.Update{Kind: casefile.PlatformRejected, Reason: "材料不全"})
}

func (b *badly) told(u casefile.Update) error {
	b.cursor++
	u.ID, u.Case, u.At = fmt.Sprintf("%032d", b.cursor), b.filed.Number, time.Now()
	err := b.f.Store().Take(b.ctx, fmt.Sprint(b.cursor), []casefile.Update{u})
	if err == nil {
		_, err = fmt.Fprintf(b.world, "took %d\n", b.cursor)
	}
	return err
}
