//go:build install

package rig

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// holds is what must be so on an installed kiosk, by the first word of a line that the scripts in the machine say. Each
// must be said at least once.
var holds = map[string]*regexp.Regexp{
	"active":      regexp.MustCompile(` active$`),
	"security":    regexp.MustCompile(`^bianmin-(kiosk [0-4]|sender [0-2]|check [0-4]|update [0-8])\.\d$`),
	"listens":     regexp.MustCompile(`^\w+ (127\.\d+\.\d+\.\d+|\[::1\]):\d+ |^udp \S+%\w+:(68|546) .*systemd-network`), // or asks for an address
	"cups":        regexp.MustCompile(`^active$`),
	"spool":       regexp.MustCompile(`^tmpfs$`),
	"jobs":        regexp.MustCompile(`^No$`),
	"swap":        regexp.MustCompile(`^0$`),
	"core":        regexp.MustCompile(`^\|/bin/false 0$`),
	"sysrq":       regexp.MustCompile(`^0$`),
	"data":        regexp.MustCompile(`^700 bianmin$`),
	"keys":        regexp.MustCompile(`^700 bianmin$`),
	"keys-open":   regexp.MustCompile(`^0 of [1-9]`),
	"config":      regexp.MustCompile(`^640 root bianmin$`),
	"shell":       regexp.MustCompile(`^/usr/sbin/nologin$`),
	"journal-cap": regexp.MustCompile(`^200M$`),
	"automount":   regexp.MustCompile(`^0$`),
	"consoles":    regexp.MustCompile(`^0$`),
	"secrets":     regexp.MustCompile(`^0$`),
	"logs":        regexp.MustCompile(`^[1-9]`),
	"check":       regexp.MustCompile(`^success [1-9]`),
	"mounted":     regexp.MustCompile(`^0$`),
	"restarts":    regexp.MustCompile(`^0$`),
	"vt":          regexp.MustCompile(`^tty7$`),
	"said":        regexp.MustCompile(`^1$`),
	"went":        regexp.MustCompile(`^(watchdog|oom-kill) [1-9]`),
	"stopped":     regexp.MustCompile(`^success 0 inactive$|^inactive success 0$`),
	"runs":        regexp.MustCompile(`^\d+ (0\.4\.\d+|0\.5\.0) of (0\.4\.\d+|0\.5\.0)$`),
	"fit":         regexp.MustCompile(`^\d+ 0$`),
	"newer":       regexp.MustCompile(`^0\.5\.0 0\.5\.0 .*0\.5\.0`),
	"returned":    regexp.MustCompile(`^0\.5\.0 0\.5\.0$`),
	"status-1":    regexp.MustCompile(`^[1-9]`),
	"failed":      regexp.MustCompile(`^[1-9]`),
	"planted":     regexp.MustCompile(`^\w+ [\w-]+ 0 of [1-9]\d*$|^\w+ name [1-9]\d* of 1$|^dumps [1-9]`), // how many the search missed
	"traces":      regexp.MustCompile(`^\w+ [\w-]+ 0 of [1-9]\d*$|^dumps 0$`),
	"person":      regexp.MustCompile(`^0 of [3-9]$`),
}

// asks is what must be so where a technician without rights sets a machine with polkit up.
var asks = map[string]*regexp.Regexp{
	"session": regexp.MustCompile(`^clerk seat0 yes user$`),
	"groups":  regexp.MustCompile(`^clerk$`),
	"unasked": regexp.MustCompile(`^127 0 `),
	"refused": regexp.MustCompile(`^127 0$`),
	"began":   regexp.MustCompile(`^\{"(say|ask)":`),
	"runs-as": regexp.MustCompile(`^root$`),
	"behind":  regexp.MustCompile(`^root clerk +setup$`),
	"told":    regexp.MustCompile(`^2$`),
}

// judge reads what the machine said about itself, and keeps it beside the pictures.
func (i *installing) judge(console string, holds map[string]*regexp.Regexp) {
	i.t.Helper()
	seen, all := map[string]bool{}, ""
	for line := range strings.Lines(console) {
		what, found := strings.CutPrefix(strings.TrimSpace(line), "LOOK ")
		if !found {
			continue
		}
		all += what + "\n"
		about, rest, _ := strings.Cut(what, " ")
		seen[about] = true
		switch rule := holds[about]; {
		case rule == nil:
			i.t.Errorf("nothing says what must hold of %q", what)
		case !rule.MatchString(rest):
			i.t.Errorf("the installed system: %s", what)
		}
	}
	for about := range holds {
		if !seen[about] {
			i.t.Errorf("the machine did not say %q", about)
		}
	}
	i.t.Log("\n" + all)
	if err := os.WriteFile(filepath.Join(i.out, "look.txt"), []byte(all), 0o644); err != nil {
		i.t.Error(err)
	}
}
