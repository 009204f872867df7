package rig

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestSearchFindsEveryForm(t *testing.T) {
	dir := t.TempDir()
	secret := "诸葛" + "测试甲"
	canaries := []Canary{{Name: "name", Text: secret}}
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The canary lies across the border of two windows of the search.
	write("plain", []byte(strings.Repeat("x", 1<<20-4)+secret))
	var wide []byte
	for _, u := range utf16.Encode([]rune(secret)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	write("wide", wide)
	write("clean", []byte("nothing here"))
	hits, err := SearchFiles(canaries, dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(hits) != 2 || hits[0].Form != "UTF-8" || hits[1].Form != "UTF-16" {
		t.Fatalf("got %v, want one UTF-8 and one UTF-16 hit", hits)
	}
	if strings.Contains(hits[0].String(), secret) {
		t.Fatal("the report itself shows the canary")
	}
}

func TestSearchMemoryFindsAndMisses(t *testing.T) {
	held := []byte(strings.ToUpper("canary-held-in-") + t.Name())
	hits, err := SearchMemory([]Canary{{Name: "held", Text: string(held)}}, os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if len(hits) == 0 {
		t.Fatal("a text held in this process's memory was not found")
	}
	runtime.KeepAlive(held)
}
