// Package reported hands the state of the terminal's devices from the program
// at the screen, which holds them, to the sender, which tells the platform:
// through one small file in the data folder. It must not hold anything personal.
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
	"reflect"
	"sync"
	"time"

	"bianmin/drivers"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

const (
	file      = "devices.json"
	lookEvery = 5 * time.Second
	sayEvery  = 5 * time.Minute // an unchanged state is written anew, so that its age tells whether the program lives
)

// Told is what the program at the screen last wrote.
type Told struct {
	At      time.Time     `json:"at"`
	Devices []wire.Device `json:"devices"`
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

// Save writes what is told now.
func Save(folder string, told Told) error {
	content, err := json.Marshal(told)
	if err != nil {
		return fmt.Errorf("write the devices' states: %w", err)
	}
	return seal.WriteFile(filepath.Join(folder, file), content)
}

// Keeper writes the devices' states as they change. Close ends it.
type Keeper struct {
	stop context.CancelFunc
	done sync.WaitGroup
}

// Keep starts writing into a data folder what statuses says; log may be nil.
func Keep(ctx context.Context, folder string, statuses func() []drivers.Status, log *slog.Logger) *Keeper {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, stop := context.WithCancel(ctx)
	k := &Keeper{stop: stop}
	k.done.Go(func() { keep(ctx, folder, statuses, log) })
	return k
}

// Close waits until nothing is written any more.
func (k *Keeper) Close() {
	k.stop()
	k.done.Wait()
}

func keep(ctx context.Context, folder string, statuses func() []drivers.Status, log *slog.Logger) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var last Told
	failed := false
	for {
		now := Told{At: time.Now().UTC(), Devices: Wire(statuses())}
		if !reflect.DeepEqual(now.Devices, last.Devices) || now.At.Sub(last.At) >= sayEvery || now.At.Before(last.At) {
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
