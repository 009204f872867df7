package main

import (
	"os"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestPlatformPutBack: the real programs; a platform put back from a copy gets what it had acknowledged since, under the official numbers it had
// given, and gives none of them to anybody else.
func TestPlatformPutBack(t *testing.T) {
	w := newWorld(t)
	platform := w.startPlatform("")
	w.enrol()
	w.all = append(w.all, w.file(1000))
	sender := w.startSender("")
	await(t, "the first case", w.drained)
	platform.kill()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(w.platform)); err != nil {
		t.Fatal(err)
	}
	made := time.Now().In(casefile.Zone)
	platform = w.startPlatform("")
	for range 3 {
		w.all = append(w.all, w.file(50_000))
	}
	await(t, "three more", w.drained)
	sender.kill()
	platform.kill()
	if err := os.RemoveAll(w.platform); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(w.platform, os.DirFS(copied)); err != nil {
		t.Fatal(err)
	}
	w.run("restored", "--copy-of", made.Add(-time.Hour).Format("2006-01-02T15:04"))
	platform = w.startPlatform("")
	w.all = append(w.all, w.file(1000)) // it may well arrive first
	sender = w.startSender("")
	await(t, "all of them again", func() bool {
		n, err := w.desk.Store().Replayed(t.Context())
		return err == nil && n > 0 && w.drained()
	})
	w.mustHold(w.all)
	sender.kill()
	platform.kill()
}
