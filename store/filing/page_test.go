package filing_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bianmin/core/casefile"
	"bianmin/internal/smalldisk"
	"bianmin/store"
)

const pageSize = 4096

// TestFullAtEachPage gives each step of a terminal room for no page, one page, two and so on until it goes through, on a
// real file system: each try before is said to be for a full disk, and changes nothing.
func TestFullAtEachPage(t *testing.T) {
	source, authority := realPoint(t)
	seen := filepath.Join(t.TempDir(), "world")
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=pages %s %s", childVariable, source, seen))
	smalldisk.Alone(cmd)
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	t.Logf("%s", output)
	for _, step := range []string{"attach", "submit", "begin-print", "rate", "deliver", "return", "correct", "take"} {
		if !strings.Contains(string(output), "full at "+step) {
			t.Errorf("%s never met a full disk", step)
		}
	}
	checkWorld(t, "afterwards", source+"-after", seen, authority)
	world, err := os.ReadFile(seen)
	if err != nil || strings.Count(string(world), "filed ") != 2 {
		t.Errorf("%d cases were filed: %v", strings.Count(string(world), "filed "), err)
	}
}

// pages is the child's part.
func pages(source, seen string) error {
	ctx := context.Background()
	if err := smalldisk.Private(); err != nil {
		return err
	}
	disk := source + "-disk"
	if err := os.Mkdir(disk, 0o700); err != nil {
		return err
	}
	if err := smalldisk.Mount(disk, "64m"); err != nil {
		return err
	}
	defer smalldisk.Unmount(disk)
	if err := os.CopyFS(disk, os.DirFS(source)); err != nil {
		return err
	}
	world, err := os.OpenFile(seen, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	b := &badly{ctx: ctx, folder: disk, world: world}
	for i := range 2 {
		steps := []struct {
			name string
			do   func() error
		}{
			{"open", b.open},
			{"attach", b.attach},
			{"submit", func() error { return b.submit(i) }},
			{"begin-print", b.beginPrint},
			{"end-print", b.endPrint},
			{"rate", func() error { return b.f.Evaluate(ctx, b.filed, casefile.Evaluation{Level: 5, Times: 1}) }},
			{"deliver", b.deliver},
			{"return", b.sendBack},
			{"attach-again", b.attach},
			{"correct", b.correct},
			{"deliver-again", b.deliver},
			{"take", b.take},
			{"close", func() error { return b.f.Close() }},
		}
		for _, step := range steps {
			if err := pageByPage(disk, step.name, step.do); err != nil {
				return err
			}
		}
	}
	return os.CopyFS(source+"-after", os.DirFS(disk))
}

// pageByPage tries a step with more room each time. What a try leaves behind takes none of the next one's room.
func pageByPage(disk, name string, do func() error) error {
	for room := uint64(0); room < 400; room++ {
		var stat syscall.Statfs_t
		if err := syscall.Statfs(disk, &stat); err != nil {
			return err
		}
		used := (stat.Blocks - stat.Bfree) * uint64(stat.Bsize) // #nosec G115 -- a size
		if err := smalldisk.Remount(disk, fmt.Sprint(used+room*pageSize), 0); err != nil {
			return err
		}
		err := do()
		if err == nil {
			if room > 0 {
				fmt.Printf("full at %s until there was room for %d pages\n", name, room)
			}
			return nil
		}
		if code := store.Code(err); code != casefile.DiskFull {
			return fmt.Errorf("%s with room for %d pages: code %q, want %q: %w", name, room, code, casefile.DiskFull, err)
		}
	}
	return fmt.Errorf("%s never went through", name)
}
