// Package reported hands the state of the terminal's devices from the program
// at the screen, which holds them, to those that do not: the sender, which tells the
// platform, and the readiness check. It goes through one small file in the data folder
// and must not hold anything personal.
package reported

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"bianmin/drivers"
	"bianmin/sync/wire"
)

const (
	file      = "devices.json"
	lookEvery = 2 * time.Second
	sayEvery  = 30 * time.Second // an unchanged state is written anew, so that its age tells whether the program lives
	fresh     = 3 * sayEvery
)

// Told is what the program at the screen last wrote.
type Told struct {
	Program string           `json:"program"` // name and version
	Process int              `json:"process"`
	At      time.Time        `json:"at"`
	Devices []drivers.Status `json:"devices"`
}

// Live tells whether the program still holds the devices: it was heard of lately and its process is there.
func (t Told) Live(now time.Time) bool {
	age := now.Sub(t.At)
	if t.Process <= 0 || age > fresh || age < -fresh {
		return false
	}
	err := syscall.Kill(t.Process, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// Load reads what was told last; zero when nothing ever was.
func Load(folder string) (Told, error) {
	var told Told
	content, err := os.ReadFile(filepath.Join(folder, file))
	if errors.Is(err, fs.ErrNotExist) {
		return told, nil
	}
	if err != nil {
		return told, fmt.Errorf("read the devices' states: %w", err)
	}
	if err := json.Unmarshal(content, &told); err != nil {
		return Told{}, fmt.Errorf("read the devices' states: %w", err)
	}
	return told, nil
}

// Save writes what is told now. It needs no sync: after a power cut nobody believes it.
func Save(folder string, told Told) error {
	content, err := json.Marshal(told)
	if err != nil {
		return fmt.Errorf("write the devices' states: %w", err)
	}
	temporary := filepath.Join(folder, file+".new")
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return fmt.Errorf("write the devices' states: %w", err)
	}
	if err := os.Rename(temporary, filepath.Join(folder, file)); err != nil {
		return fmt.Errorf("write the devices' states: %w", err)
	}
	return nil
}

// Keeper writes the devices' states as they change. Close ends it.
type Keeper struct {
	stop context.CancelFunc
	done sync.WaitGroup
}

// Keep starts writing into a data folder what statuses says; program names who holds the devices. log may be nil.
func Keep(ctx context.Context, folder, program string, statuses func() []drivers.Status, log *slog.Logger) *Keeper {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, stop := context.WithCancel(ctx)
	k := &Keeper{stop: stop}
	k.done.Go(func() { keep(ctx, folder, program, statuses, log) })
	return k
}

// Close waits until nothing is written any more.
func (k *Keeper) Close() {
	k.stop()
	k.done.Wait()
}

func keep(ctx context.Context, folder, program string, statuses func() []drivers.Status, log *slog.Logger) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var last Told
	failed := false
	for {
		now := Told{Program: program, Process: os.Getpid(), At: time.Now().UTC(), Devices: statuses()}
		if !slices.EqualFunc(now.Devices, last.Devices, same) || now.At.Sub(last.At) >= sayEvery || now.At.Before(last.At) {
			err := Save(folder, now)
			if err != nil && !failed {
				log.Warn("the devices' states are not written", "error", err)
			}
			if failed = err != nil; !failed {
				last = now
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// same compares without the time of the last look.
func same(a, b drivers.Status) bool {
	a.At = b.At
	return a == b
}

// Wire says what drivers say in the words of the wire; never nil.
func Wire(statuses []drivers.Status) []wire.Device {
	said := make([]wire.Device, 0, len(statuses))
	for _, s := range statuses {
		said = append(said, wire.Device{
			Role: string(s.Role), Condition: string(s.Condition), Paper: string(s.Paper), Fault: string(s.Fault), Model: short(s.Model),
		})
	}
	return said
}

// short keeps a talkative device within the contract.
func short(s string) string {
	if r := []rune(s); len(r) > 100 {
		return string(r[:100])
	}
	return s
}
