package store

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"bianmin/core/casefile"
)

// SystemClock reads the machine's clocks: wall clock, time since boot with
// sleep included (/proc/uptime), and the boot's id.
func SystemClock() (casefile.Reading, error) {
	uptime, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return casefile.Reading{}, fmt.Errorf("read the uptime: %w", err)
	}
	first, _, _ := strings.Cut(string(uptime), " ")
	seconds, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return casefile.Reading{}, fmt.Errorf("read the uptime: %w", err)
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return casefile.Reading{}, fmt.Errorf("read the boot id: %w", err)
	}
	return casefile.Reading{
		Wall: time.Now().Round(0), Monotonic: time.Duration(seconds * float64(time.Second)), BootID: strings.TrimSpace(string(boot)),
	}, nil
}
