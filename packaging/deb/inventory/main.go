// Command inventory writes what a release is made of: the copyright file with every licence in full, and a bill of
// materials (CycloneDX). It reads the built programs, not the work tree, and the same programs give the same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", "", "folder to write copyright and sbom.cdx.json to")
	version := flag.String("version", "dev", "version of the release")
	data := flag.String("assets", "assets", "folder of the fonts and data that are built in")
	flag.Parse()
	if err := write(*out, *version, *data, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "inventory:", err)
		os.Exit(1)
	}
}

func write(out, version, data string, programs []string) error {
	parts, err := linked(programs)
	if err != nil {
		return err
	}
	built, err := builtIn(data)
	if err != nil {
		return err
	}
	parts = append(parts, built...)
	libraries, err := shared(programs)
	if err != nil {
		return err
	}
	parts = append(parts, libraries...)
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	if err := os.WriteFile(filepath.Join(out, "copyright"), copyright(parts), 0o644); err != nil {
		return fmt.Errorf("write the copyright file: %w", err)
	}
	bill, err := bill(version, parts)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "sbom.cdx.json"), bill, 0o644); err != nil {
		return fmt.Errorf("write the bill of materials: %w", err)
	}
	return nil
}
