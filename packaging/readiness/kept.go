package readiness

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// longestHistory is how long CUPS may remember a job's name, in seconds: our own programs ask it how the job ended.
const longestHistory = 300

// spool looks whether pages to print lie in memory only, and no longer than they are printed, where there is CUPS.
func (l *look) spool(context.Context) {
	if !l.Live {
		return
	}
	file, err := os.Open(l.path("/etc/cups/cupsd.conf"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		l.say("spool", Warn, "unreadable", nil)
		return
	default:
		files, history := remembers(bufio.NewScanner(file))
		_ = file.Close()
		switch {
		case files:
			l.say("spool", l.stricter(), "kept", nil)
			return
		case history == 0:
			l.say("spool", Warn, "forgets", nil)
			return
		case history > longestHistory:
			l.say("spool", l.stricter(), "names", nil)
			return
		}
	}
	var stat syscall.Statfs_t
	if syscall.Statfs("/var/spool/cups", &stat) != nil {
		return
	}
	if stat.Type != tmpfs {
		l.say("spool", l.stricter(), "disk", nil)
		return
	}
	l.say("spool", OK, "ok", nil)
}

// remembers reads what CUPS keeps of a finished job: its pages, and for how many seconds its name. Of two lines the later counts.
func remembers(lines *bufio.Scanner) (files bool, history int) {
	const day, always = 86400, 1 << 30
	kept := map[string]int{"preservejobfiles": day, "preservejobhistory": always} // CUPS's own
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) != 2 {
			continue
		}
		name, value := strings.ToLower(words[0]), strings.ToLower(words[1])
		if _, known := kept[name]; !known {
			continue
		}
		switch seconds, err := strconv.Atoi(value); {
		case value == "no" || value == "off" || value == "false":
			kept[name] = 0
		case err == nil:
			kept[name] = seconds
		default:
			kept[name] = always // "yes", or a number with a unit: a minute or more
		}
	}
	return kept["preservejobfiles"] != 0, kept["preservejobhistory"]
}

// updates looks at the file that says whose new versions this machine takes: it must be root's alone to change.
func (l *look) updates(context.Context) {
	if !l.Live {
		return
	}
	switch err := roots(l.Settings.Update.Root); {
	case errors.Is(err, fs.ErrNotExist):
		l.say("updates", Warn, "none", nil)
	case errors.Is(err, errOpen):
		l.say("updates", Fail, "open", args{"file": l.Settings.Update.Root})
	case err != nil:
		l.say("updates", Warn, "unreadable", args{"file": l.Settings.Update.Root})
	default:
		l.say("updates", OK, "ok", nil)
	}
}

var errOpen = errors.New("others than root may change it")

// roots tells whether root alone may change a file and replace it.
func roots(path string) error {
	for _, path := range []string{path, filepath.Dir(path)} {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if owner, ok := info.Sys().(*syscall.Stat_t); !ok || owner.Uid != 0 || info.Mode().Perm()&0o022 != 0 {
			return errOpen
		}
	}
	return nil
}
