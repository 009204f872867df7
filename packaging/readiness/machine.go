package readiness

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"bianmin/packaging/settings/schema"
)

const (
	usualReserve = 64        // megabytes
	enoughFree   = 448 << 20 // bytes more than are kept: with less, somebody should make room soon
	leastRAM     = 900 << 20 // bytes the machine has
	enoughRAM    = 200 << 20 // bytes that are available now
	megabyte     = 1 << 20
	tmpfs        = 0x01021994 // linux/magic.h
)

func (l *look) disk(context.Context) {
	folder := l.Settings.Data
	for folder != "/" {
		if _, err := os.Stat(folder); err == nil {
			break
		}
		folder = filepath.Dir(folder) // it is made when it is needed
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		l.say("disk", Fail, "unreadable", nil)
		return
	}
	free := int64(stat.Bavail) * stat.Bsize // #nosec G115 -- far below 2^63
	kept := l.reserve()
	a := args{"free": free / megabyte}
	switch {
	case stat.Flags&1 != 0: // ST_RDONLY
		l.say("disk", Fail, "read-only", a)
	case free < kept:
		l.say("disk", Fail, "full", a)
	case free < kept+enoughFree:
		l.say("disk", Warn, "low", a)
	default:
		l.say("disk", OK, "ok", a)
	}
}

// reserve is the room in bytes below which nothing is accepted.
func (l *look) reserve() int64 {
	n, err := strconv.ParseInt(l.Settings.Ruled.Value(schema.Reserve).Value, 10, 32)
	if err != nil { // the settings could not be read, which is said elsewhere
		n = usualReserve
	}
	return n << 20
}

func (l *look) memory(context.Context) {
	content, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		l.say("memory", Warn, "unreadable", nil)
		return
	}
	value := func(name string) int64 {
		for line := range strings.Lines(string(content)) {
			fields := strings.Fields(line)
			if len(fields) >= 2 && fields[0] == name+":" {
				kilobytes, _ := strconv.ParseInt(fields[1], 10, 64)
				return kilobytes << 10
			}
		}
		return 0
	}
	total, available := value("MemTotal"), value("MemAvailable")
	a := args{"total": total / megabyte, "free": available / megabyte}
	switch {
	case total < leastRAM:
		l.say("memory", Warn, "small", a)
	case available < enoughRAM:
		l.say("memory", Warn, "low", a)
	default:
		l.say("memory", OK, "ok", a)
	}
}

// services asks the supervisor, where there is one.
func (l *look) services(ctx context.Context) {
	if !l.Live || l.Before {
		return
	}
	if _, err := os.Stat("/run/systemd/system"); err != nil {
		l.say("services", OK, "unsupervised", nil)
		return
	}
	units := []string{"bianmin-sender.service"}
	if l.kiosk() {
		units = append(units, "bianmin-kiosk.service")
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var away []string
	for _, unit := range units {
		if exec.CommandContext(ctx, "systemctl", "is-active", "--quiet", unit).Run() != nil { // #nosec G204 -- names of our own
			away = append(away, unit)
		}
	}
	a := args{"units": strings.Join(away, " ")}
	if len(away) > 0 {
		l.say("services", Fail, "away", a)
		return
	}
	l.say("services", OK, "ok", a)
}

// swap must be off, in memory, or under a key that is lost with the power.
func (l *look) swap(context.Context) {
	if !l.Live {
		return
	}
	content, err := os.ReadFile("/proc/swaps")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.say("swap", Warn, "unreadable", nil)
		return
	}
	for i, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		device, _, _ := strings.Cut(line, " ")
		if i > 0 && !volatile(strings.Fields(device)[0]) {
			l.say("swap", l.stricter(), "on", args{"device": device})
			return
		}
	}
	l.say("swap", OK, "ok", nil)
}

func volatile(device string) bool {
	if strings.HasPrefix(device, "/dev/zram") {
		return true
	}
	kind, err := os.ReadFile(filepath.Join("/sys/block", filepath.Base(device), "dm/uuid")) // #nosec G304 -- a name the kernel gave
	return err == nil && strings.HasPrefix(string(kind), "CRYPT-PLAIN")
}

// dumps looks whether the memory of a program that crashed would be kept.
func (l *look) dumps(context.Context) {
	if !l.Live {
		return
	}
	pattern, err := os.ReadFile("/proc/sys/kernel/core_pattern")
	if err != nil {
		l.say("dumps", Warn, "unreadable", nil)
		return
	}
	kept := strings.TrimSpace(string(pattern))
	_, err = os.Stat(l.path("/etc/systemd/coredump.conf.d/bianmin.conf"))
	switch {
	case kept == "|/bin/false", kept == "":
		l.say("dumps", OK, "ok", nil)
	case strings.Contains(kept, "systemd-coredump") && err == nil:
		l.say("dumps", OK, "ok", nil)
	default:
		l.say("dumps", l.stricter(), "kept", nil)
	}
}

// modes looks whether others can read the terminal's data.
func (l *look) modes(context.Context) {
	for _, name := range []string{"", "keys"} {
		info, err := os.Stat(filepath.Join(l.Settings.Data, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			l.say("modes", Fail, "open", args{"folder": filepath.Join(l.Settings.Data, name)})
			return
		}
	}
	l.say("modes", OK, "ok", nil)
}

// ports looks for anything that listens beyond the machine itself.
func (l *look) ports(context.Context) {
	if !l.Live {
		return
	}
	var open []string
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		file, err := os.Open("/proc/net/" + table) // #nosec G304 -- fixed names
		if err != nil {
			continue
		}
		for lines := bufio.NewScanner(file); lines.Scan(); {
			if port, beyond := listens(table, lines.Text()); beyond && !slices.Contains(open, port) {
				open = append(open, port)
			}
		}
		_ = file.Close()
	}
	slices.Sort(open)
	if len(open) > 0 {
		l.say("ports", Warn, "open", args{"ports": strings.Join(open, " ")})
		return
	}
	l.say("ports", OK, "ok", nil)
}

// listens reads a line of one of the kernel's tables of sockets. A UDP socket that speaks to one partner takes from
// nobody else, and what asks for the machine's own address (DHCP) must hear the answer.
func listens(table, line string) (port string, beyond bool) {
	fields := strings.Fields(line)
	udp := strings.HasPrefix(table, "udp")
	if len(fields) < 4 || (udp && fields[3] != "07") || (!udp && fields[3] != "0A") {
		return "", false
	}
	address, hex, _ := strings.Cut(fields[1], ":")
	number, err := strconv.ParseUint(hex, 16, 16)
	if err != nil {
		return "", false
	}
	var ip net.IP
	for begin := 0; begin+8 <= len(address); begin += 8 { // words in the machine's order
		word, err := strconv.ParseUint(address[begin:begin+8], 16, 32)
		if err != nil {
			return "", false
		}
		ip = append(ip, byte(word), byte(word>>8), byte(word>>16), byte(word>>24)) // #nosec G115 -- bytes of it
	}
	port = strconv.FormatUint(number, 10)
	if udp {
		return port + "/udp", !ip.IsLoopback() && number != 68 && number != 546
	}
	return port, !ip.IsLoopback()
}
