package settings

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"bianmin/sync/standing"
)

// Watch tells a program whether what it goes by still counts. It is for one goroutine.
type Watch struct {
	config, data string
	values       []Value
	files        []string
	seen         []stamp // nil before the first look, which reads anew whatever the files' times say
	changed      bool
}

// stamp tells one content of a file from the next.
type stamp struct {
	inode      uint64
	size, time int64
}

// NewWatch watches for other values than those of s, which was read from config, or is Bare's with "".
func NewWatch(config string, s Settings) *Watch {
	keys := filepath.Join(s.Data, "keys")
	w := &Watch{config: config, data: s.Data, values: s.Ruled.Values}
	w.files = []string{filepath.Join(keys, standing.File), filepath.Join(keys, "terminal.json")}
	if config != "" {
		w.files = append(w.files, config)
	}
	return w
}

// Changed tells whether other values count now. A file that cannot be read, half edited perhaps, changes nothing.
func (w *Watch) Changed() bool {
	now := w.look()
	if w.seen != nil && slices.Equal(now, w.seen) {
		return w.changed
	}
	w.seen = now
	fresh := Bare(w.data)
	if w.config != "" {
		var err error
		if fresh, err = Read(w.config); err != nil {
			return w.changed
		}
	}
	w.changed = !slices.EqualFunc(fresh.Ruled.Values, w.values, func(a, b Value) bool { return a.Value == b.Value })
	return w.changed
}

func (w *Watch) look() []stamp {
	all := make([]stamp, len(w.files))
	for i, path := range w.files {
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		all[i] = stamp{size: info.Size(), time: info.ModTime().UnixNano()}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			all[i].inode = stat.Ino
		}
	}
	return all
}
