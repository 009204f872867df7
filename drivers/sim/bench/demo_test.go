package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestEmptyTakesOnlyDemos: a slip of the folder's name deletes nothing of anybody's.
func TestEmptyTakesOnlyDemos(t *testing.T) {
	fill := func(names ...string) string {
		dir := t.TempDir()
		for _, name := range names {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	for name, dir := range map[string]string{
		"none":       filepath.Join(t.TempDir(), "none"),
		"nothing in": t.TempDir(),
		"a demo":     fill("work/logs/kiosk.log", "screens/01-attract.png", "online/receipt.bin", "offline/receipt.bin", "receipt.png", "receipt.bin", "platform.json", "journey.json"),
		"broken off": fill("work/logs/kiosk.log"),
	} {
		if err := empty(dir); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: %v are left, %v", name, left, err)
		}
	}
	for _, other := range []string{"letter.odt", ".git/config"} {
		dir := fill("work/logs/kiosk.log", other)
		if err := empty(dir); err == nil {
			t.Errorf("a folder with %s was emptied", other)
		}
		if _, err := os.Stat(filepath.Join(dir, other)); err != nil {
			t.Error(err)
		}
	}
}
