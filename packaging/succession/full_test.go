package succession_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"bianmin/internal/smalldisk"
	"bianmin/packaging/succession"
)

// TestFullMachine takes over on a machine whose own disk is full, from a stick and from an old disk, and then on one with room.
func TestFullMachine(t *testing.T) {
	for _, c := range []struct{ name, full, from string }{{"from a stick", "here", "stick"}, {"from a disk", "here", "disk"}, {"from a full disk", "there", "disk"}} {
		t.Run(c.name, func(t *testing.T) {
			w := newPair(t)
			from := w.old
			if c.from == "stick" {
				w.do(t, "backup")
				from = w.stick
			}
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), fmt.Sprintf("%s=crowded-%s %s %s - 0", childVariable, c.full, w.fresh, from))
			smalldisk.Alone(cmd)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
			w.mustArrive(t)
		})
	}
}

// crowded is the child's part of TestFullMachine: the machine's data, or the old machine's, lie on a disk without room.
func crowded(ctx context.Context, where string, m succession.Machine, from string) error {
	if err := smalldisk.Private(); err != nil {
		return err
	}
	tight, want := m.Data, succession.ErrFull
	if where == "there" {
		tight, want = from, succession.ErrOldFull
	}
	disk, err := os.MkdirTemp("", "crowded")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(disk) }()
	if err := smalldisk.Mount(disk, "16m"); err != nil {
		return err
	}
	defer smalldisk.Unmount(disk)
	if err := copyAll(tight, disk); err != nil {
		return err
	}
	fill := filepath.Join(disk, filler)
	if err := os.WriteFile(fill, make([]byte, 32<<20), 0o600); err == nil {
		return errors.New("the disk cannot be filled")
	}
	if where == "there" {
		from = disk
	} else {
		m.Data = disk
	}
	if _, err := m.TakeOver(ctx, from); !errors.Is(err, want) || errors.Is(err, succession.ErrStickFull) {
		return fmt.Errorf("on a full disk: %w", err)
	}
	if err := os.Remove(fill); err != nil {
		return err
	}
	if _, err := m.TakeOver(ctx, from); err != nil {
		return fmt.Errorf("with room: %w", err)
	}
	return copyAll(disk, tight)
}

func copyAll(from, to string) error {
	if out, err := exec.Command("cp", "-a", from+"/.", to).CombinedOutput(); err != nil { // #nosec G204 -- folders of the test
		return fmt.Errorf("copy: %w: %s", err, out)
	}
	return nil
}
