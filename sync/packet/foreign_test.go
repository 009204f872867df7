//go:build peers

package packet_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"bianmin/core/casefile"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

// foreign asks the program in foreign/, which shares no line with ours; packaging/build/peers installs what it needs.
func foreign(t *testing.T, verb string, order map[string]string, answer any) error {
	t.Helper()
	input, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	modules, err := filepath.Abs("../../build/peers/packet/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "node", "foreign/foreign.cjs", verb)
	command.Env = append(os.Environ(), "NODE_PATH="+modules)
	var complaints bytes.Buffer
	command.Stdin, command.Stderr = bytes.NewReader(input), &complaints
	out, err := command.Output()
	if err != nil {
		return errors.New(complaints.String())
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatal(err)
	}
	return nil
}

func secret(key *sm2.PrivateKey) string { return hex.EncodeToString(key.D.FillBytes(make([]byte, 32))) }

// opened is what the foreign program found in a packet.
type opened struct {
	Packet, Digest, Signer, EventDigest string
	Event                               json.RawMessage
	Attachments                         []string
}

// TestForeignOpens gives whole packets to an implementation from npm: it finds the event, the signer's certificate
// under the root, a signature that fits, and every attachment; and nothing after one byte was changed.
func TestForeignOpens(t *testing.T) {
	authority := sealtest.New(t)
	identity := authority.Enrol(t, filepath.Join(t.TempDir(), "keys"), "QH0301", "A")
	pages := []sealedPage{page(t, 150_000), page(t, 3)}
	event := sampleEvent(pages...)
	built, err := packet.Build(identity, event, []casefile.Attachment{pages[0].attachment, pages[1].attachment})
	if err != nil {
		t.Fatal(err)
	}
	dictionary, err := os.ReadFile("dictionary.txt")
	if err != nil {
		t.Fatal(err)
	}
	wire := append(append(bytes.Clone(built.Head), pages[0].content...), pages[1].content...)
	ask := func(wire []byte, root *smx509.Certificate) (opened, error) {
		var got opened
		err := foreign(t, "open", map[string]string{
			"packet": hex.EncodeToString(wire), "certificate": hex.EncodeToString(authority.Encrypt.Raw), "key": secret(authority.EncryptKey),
			"root": hex.EncodeToString(root.Raw), "dictionary": hex.EncodeToString(dictionary),
		}, &got)
		return got, err
	}
	got, err := ask(wire, authority.Root)
	if err != nil {
		t.Fatal(err)
	}
	if got.Packet != event.ID || got.Digest != built.Digest || got.EventDigest != built.EventDigest || got.Signer != hex.EncodeToString(identity.SignCert.Raw) {
		t.Errorf("packet %s, digests %s and %s, or the signer differ", got.Packet, got.Digest, got.EventDigest)
	}
	found, err := casefile.ParseEvent(got.Event)
	if err != nil {
		t.Fatal(err)
	}
	if canonical, err := casefile.Canonical(found); err != nil || !bytes.Equal(canonical, built.Canonical) {
		t.Errorf("another event, %v", err)
	}
	if len(got.Attachments) != 2 || got.Attachments[0] != hex.EncodeToString(make([]byte, 150_000)) || got.Attachments[1] != "000000" {
		t.Errorf("%d attachments, or their bytes differ", len(got.Attachments))
	}
	if _, err := ask(wire, sealtest.New(t).Root); err == nil {
		t.Error("a terminal of another province is believed: the program checks no certificate")
	}
	for name, at := range map[string]int{"manifest": len(built.Head) - 300, "attachment": len(built.Head) + 70_000} {
		changed := bytes.Clone(wire)
		changed[at] ^= 1
		if _, err := ask(changed, authority.Root); err == nil {
			t.Errorf("a changed byte of the %s is not seen: the program checks nothing", name)
		}
	}
}

// TestForeignSeals opens what the implementation from npm signed and sealed.
func TestForeignSeals(t *testing.T) {
	authority := sealtest.New(t)
	identity := authority.Enrol(t, filepath.Join(t.TempDir(), "keys"), "QH0301", "A")
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for _, content := range []string{"", "x", "a manifest 清单", string(bytes.Repeat([]byte("0123456789abcdef"), 4096))} {
		var answer struct{ Sealed string }
		err := foreign(t, "seal", map[string]string{
			"content": hex.EncodeToString([]byte(content)), "signer": hex.EncodeToString(identity.SignCert.Raw), "key": secret(identity.Keys.Sign),
			"to": hex.EncodeToString(authority.Encrypt.Raw),
		}, &answer)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := hex.DecodeString(answer.Sealed)
		if err != nil {
			t.Fatal(err)
		}
		got, signer, err := seal.OpenCMS(sealed, authority.Encrypt, authority.EncryptKey, authority.Root, at)
		if err != nil || string(got) != content || !signer.Equal(identity.SignCert) {
			t.Errorf("%d bytes: opened %d, %v", len(content), len(got), err)
		}
	}
}
