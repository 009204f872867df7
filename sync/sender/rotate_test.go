package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"bianmin/core/casefile"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

// TestSealingKeyRotated: with the real programs, twice. What was sealed before the rotation arrives after it; the terminal hears of the
// new certificate, seals to it, and that arrives too, also at a platform that was not started anew since.
func TestSealingKeyRotated(t *testing.T) {
	w := newWorld(t)
	platform := w.startPlatform("")
	w.enrol()
	held := func() []byte {
		content, err := os.ReadFile(filepath.Join(w.terminal, "keys", "platform-encrypt.crt"))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	for range 2 {
		before := held()
		w.all = append(w.all, w.file(70_000)) // sealed to the key that is left behind
		w.run("keys", "rotate", "sealing")
		platform.kill()
		platform = w.startPlatform("")
		sender := w.startSender("")
		await(t, "the case from before", w.drained)
		await(t, "the new certificate", func() bool { return !bytes.Equal(held(), before) })
		sender.kill()
		if err := w.desk.Close(); err != nil { // the kiosk replaces its process after each session
			t.Fatal(err)
		}
		w.open()
	}
	w.earlier = map[casefile.Number]bool{}
	for _, filed := range w.all {
		w.earlier[filed.Number] = true
	}
	w.run("keys", "rotate", "sealing") // which the platform that runs has not heard of
	newest, err := os.ReadFile(filepath.Join(w.platform, "authority", "sealing-0003.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.terminal, "keys", "platform-encrypt.crt"), newest, 0o600); err != nil { // as an enrolment by stick gives it
		t.Fatal(err)
	}
	if err := w.desk.Close(); err != nil {
		t.Fatal(err)
	}
	w.open()
	w.all = append(w.all, w.file(10))
	w.startSender("")
	await(t, "the case from after", w.drained)
	w.mustHold(w.all)
}

// TestSealingOnlyByThePlatform: a terminal takes no certificate for sealing that is not the platform's, nor one that was left behind.
func TestSealingOnlyByThePlatform(t *testing.T) {
	w := newWorld(t)
	platform := w.startPlatform("")
	w.enrol()
	keys := filepath.Join(w.terminal, "keys")
	identity, err := seal.LoadIdentity(keys)
	if err != nil {
		t.Fatal(err)
	}
	read := func(path ...string) string {
		content, err := os.ReadFile(filepath.Join(path...))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	first := read(keys, "platform-encrypt.crt")
	foreign := sealtest.New(t)
	for name, certificate := range map[string]string{
		"a terminal's": read(keys, "encrypt.crt"), "the one for answers": read(keys, "platform-sign.crt"), "none": "text",
		"another province's": seal.EncodeCertificate(foreign.Encrypt.Raw),
	} {
		if err := seal.SaveSealing(keys, identity, certificate); err == nil || read(keys, "platform-encrypt.crt") != first {
			t.Errorf("%s was taken: %v", name, err)
		}
	}
	platform.kill()
	w.run("keys", "rotate", "sealing")
	second := read(w.platform, "authority", "sealing-0001.pem")
	if err := seal.SaveSealing(keys, identity, second); err != nil || read(keys, "platform-encrypt.crt") == first {
		t.Errorf("the next one: %v", err)
	}
	if err := seal.SaveSealing(keys, identity, first); err == nil && read(keys, "platform-encrypt.crt") == first {
		t.Error("the one that was left behind was taken again")
	}
}
