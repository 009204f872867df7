package rig

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Canary is a text, or bytes, that must be found nowhere after a session.
type Canary struct {
	Name string // what it is, for the report: "name", "ID number"
	Text string
	Raw  []byte // bytes instead of a text: a photo's
}

// Hit is one place where a canary was found.
type Hit struct {
	Canary string // its Name, never its text
	Form   string // "UTF-8", "UTF-16", "UTF-32", "GB18030" or "bytes"
	Where  string // file, or memory region of a process
}

func (h Hit) String() string { return fmt.Sprintf("%s as %s in %s", h.Canary, h.Form, h.Where) }

type needle struct {
	canary, form string
	bytes        []byte
}

// needles are the forms a program keeps text in: Go strings, a card's UTF-16, runes of the toolkit, a printer's GB18030.
func needles(canaries []Canary) []needle {
	var all []needle
	for _, c := range canaries {
		if c.Raw != nil {
			all = append(all, needle{c.Name, "bytes", c.Raw})
			continue
		}
		all = append(all, needle{c.Name, "UTF-8", []byte(c.Text)})
		var wide, runes []byte
		for _, u := range utf16.Encode([]rune(c.Text)) {
			wide = binary.LittleEndian.AppendUint16(wide, u)
		}
		for _, r := range c.Text {
			runes = binary.LittleEndian.AppendUint32(runes, uint32(r))
		}
		all = append(all, needle{c.Name, "UTF-16", wide}, needle{c.Name, "UTF-32", runes})
		if gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(c.Text)); err == nil && !bytes.Equal(gb, []byte(c.Text)) {
			all = append(all, needle{c.Name, "GB18030", gb})
		}
	}
	return all
}

// SearchFiles looks for the canaries in every file below the folders, contents and names.
func SearchFiles(canaries []Canary, folders ...string) ([]Hit, error) {
	var hits []Hit
	looked := needles(canaries)
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // a temporary file that went away while we looked
			}
			if err != nil {
				return err
			}
			for _, n := range looked {
				if n.form == "UTF-8" && strings.Contains(entry.Name(), string(n.bytes)) {
					hits = append(hits, Hit{n.canary, "file name", path})
				}
			}
			if !entry.Type().IsRegular() {
				return nil
			}
			file, err := os.Open(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			defer func() { _ = file.Close() }()
			found, err := search(file, looked, path)
			hits = append(hits, found...)
			return err
		})
		if err != nil {
			return hits, fmt.Errorf("search %s: %w", folder, err)
		}
	}
	return hits, nil
}

// SearchMemory looks for the canaries in all writable memory of the process.
func SearchMemory(canaries []Canary, pid int) ([]Hit, error) {
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, fmt.Errorf("search memory: %w", err)
	}
	defer func() { _ = maps.Close() }()
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return nil, fmt.Errorf("search memory: %w", err)
	}
	defer func() { _ = memory.Close() }()
	looked := needles(canaries)
	var hits []Hit
	regions := 0
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		var from, to uint64
		var rights string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &rights); err != nil {
			return nil, fmt.Errorf("read memory map: %w", err)
		}
		if !strings.HasPrefix(rights, "rw") || strings.Contains(lines.Text(), "[vvar") {
			continue
		}
		regions++
		where := fmt.Sprintf("memory of process %d, %s", pid, lines.Text())
		found, err := search(io.NewSectionReader(memory, int64(from), int64(to-from)), looked, where)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && len(found) == 0 {
			continue // a region that went away or cannot be read (a device's)
		}
		hits = append(hits, found...)
	}
	if regions == 0 {
		return nil, fmt.Errorf("search memory: process %d shows no writable region", pid)
	}
	return hits, lines.Err()
}

// search reads everything in overlapping windows and reports each needle once.
func search(from io.Reader, looked []needle, where string) ([]Hit, error) {
	longest := 0
	for _, n := range looked {
		longest = max(longest, len(n.bytes))
	}
	var hits []Hit
	seen := map[int]bool{}
	window := make([]byte, 1<<20)
	kept := 0
	for {
		n, err := io.ReadFull(from, window[kept:])
		data := window[:kept+n]
		for i, looking := range looked {
			if !seen[i] && bytes.Contains(data, looking.bytes) {
				seen[i] = true
				hits = append(hits, Hit{looking.canary, looking.form, where})
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return hits, nil
		}
		if err != nil {
			return hits, err
		}
		kept = copy(window, data[max(0, len(data)-longest+1):])
	}
}
