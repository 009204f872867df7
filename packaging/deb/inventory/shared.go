package main

import (
	"debug/elf"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
)

// libraries are the system's shared libraries whose licence asks to be named where a program uses them.
var libraries = []struct{ file, brings, licence, text string }{
	{"libusb-1.0.so.0", "libusb-1.0-0", "LGPL-2.1-or-later", "LGPL-2.1"},
}

// shared are those that one of the programs is linked with.
func shared(programs []string) (parts []part, err error) {
	var used []string
	for _, program := range programs {
		file, err := elf.Open(program)
		if err != nil {
			return nil, fmt.Errorf("read which libraries %s uses: %w", filepath.Base(program), err)
		}
		names, err := file.ImportedLibraries()
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("read which libraries %s uses: %w", filepath.Base(program), err)
		}
		used = append(used, names...)
	}
	for _, l := range libraries {
		if !slices.Contains(used, l.file) {
			return nil, fmt.Errorf("no program uses %s any more: take it off the list of libraries", l.file)
		}
		parts = append(parts, part{name: l.file, kind: "library", licences: []string{l.licence}, texts: []string{fmt.Sprintf(
			"The programs use %s (%s) as the shared library that the system's package %s brings. It is no part of this package and may be replaced by another version; "+
				"its licence is in /usr/share/common-licenses/%s.", l.file, l.licence, l.brings, l.text,
		)}})
	}
	return parts, nil
}
