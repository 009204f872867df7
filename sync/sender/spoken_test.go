package main

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"bianmin/platform/registry"
	"bianmin/sync/seal"
	"bianmin/sync/spoken"
)

// TestUnderstood: with the real programs each side hears what the other understands: the terminal already when it enrols, and anew
// with each heartbeat.
func TestUnderstood(t *testing.T) {
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	keys, want := filepath.Join(w.terminal, "keys"), spoken.Own()
	identity, err := seal.LoadIdentity(keys)
	if err != nil {
		t.Fatal(err)
	}
	if identity.Speaks == nil || !reflect.DeepEqual(*identity.Speaks, want) {
		t.Errorf("enrolled, the terminal knows of the platform %+v", identity.Speaks)
	}
	if err := os.WriteFile(filepath.Join(keys, "speaks.json"), []byte(`{"packets":`), 0o600); err != nil { // damaged: as good as nothing said
		t.Fatal(err)
	}
	if identity, err = seal.LoadIdentity(keys); err != nil || identity.Speaks != nil {
		t.Fatalf("%+v, %v", identity, err)
	}
	w.startSender("")
	reg, err := registry.OpenReader(t.Context(), w.platform)
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	await(t, "the heartbeat and its answer", func() bool {
		m, err := reg.Member(t.Context(), "QH0301")
		if err != nil {
			t.Fatal(err)
		}
		said := seal.LoadSpeaks(keys)
		return m.Beat != nil && m.Beat.Said.Speaks != nil && reflect.DeepEqual(*m.Beat.Said.Speaks, want) && said != nil && reflect.DeepEqual(*said, want)
	})
}
