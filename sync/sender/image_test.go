package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/text/encoding/simplifiedchinese"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/sync/channel"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// TestWholeDiskImage takes a terminal's disk as it lies there, byte for byte: database, WAL, pages, folders of passing files, what was
// deleted, the file system's journal (which carries contents too, here), and the sender's whole memory as a swap file would hold it.
// With every key that stands anywhere on it nothing of a person is found or opened, before the cases are sent and after. The test
// sees: with sealing off it finds the person, and with the platform's key, which is not on the disk, it opens the very same bytes.
func TestWholeDiskImage(t *testing.T) {
	for name, unsealed := range map[string]bool{"sealed": false, "sealing off": true} {
		t.Run(name, func(t *testing.T) {
			d := newDisk(t)
			w := newWorld(t)
			w.terminal, w.unsealed = filepath.Join(d.folder, "terminal"), unsealed
			temp := filepath.Join(d.folder, "tmp")
			if err := os.Mkdir(temp, 0o700); err != nil {
				t.Fatal(err)
			}
			t.Setenv("TMPDIR", temp)
			rules := `[{item: "*", refuse: {phone: "000"}, reason: ` + refusalWords + `}]`
			if err := os.WriteFile(filepath.Join(w.platform, "rules.yaml"), []byte(rules), 0o600); err != nil {
				t.Fatal(err)
			}
			w.startPlatform("")
			w.enrol()
			words, last := w.canary(3)
			queued := d.take()
			if unsealed { // the sender always seals: here the desk records the platform's word
				w.refuse(last)
			}
			sender := w.startSender("")
			await(t, "the cases to be decided", func() bool { c := w.counts(); return c.Waiting == 0 && c.Refused == 1 })
			// Its memory holds what comes in, and its unit lets none of that be swapped; so the platform's words are looked for before.
			if seen := plain(t, d.take().raw, []string{refusalWords}); (len(seen) > 0) != unsealed {
				t.Errorf("refused: in clear on the disk: %q", seen)
			}
			w.swap(sender, filepath.Join(d.folder, "swapfile"))
			sent := d.take()
			for stage, image := range map[string]image{"queued": queued, "sent": sent} {
				if seen := plain(t, image.raw, words); (len(seen) > 0) != unsealed {
					t.Errorf("%s: in clear on the disk: %q", stage, seen)
				}
				keys := keysOn(image.raw)
				if len(keys) < 3 {
					t.Fatalf("%s: only %d keys were found on the disk", stage, len(keys))
				}
				thief := packet.Opener{
					Certificate: certificate(t, filepath.Join(w.terminal, "keys", "platform-encrypt.crt")),
					Root:        certificate(t, filepath.Join(w.platform, "authority", "sign-root.pem")),
				}
				if events, pages := attack(image, thief, keys); events+pages > 0 {
					t.Errorf("%s: %d events and %d pages opened with what lies beside them", stage, events, pages)
				}
				foreign := [][]byte{private(t, filepath.Join(w.platform, "authority", "sealing.key"))}
				if events, pages := attack(image, thief, foreign); events < 3 || pages < 3 {
					t.Errorf("%s: the attack is blind: with the platform's key it opens %d events and %d pages", stage, events, pages)
				}
			}
		})
	}
}

// refusalWords are the platform's to the last case.
const refusalWords = "金丝雀的电话有误"

// canary files cases of one invented person, of which the last is refused, and leaves a page behind that is never filed; it gives what must not be found.
func (w *world) canary(cases int) (words []string, last string) {
	w.t.Helper()
	who := identity.Card{Kind: identity.Resident, Name: "欧阳金丝雀", Number: "990102194501017788", Issuer: "望河县公安局", LongTerm: true}
	for i, unit := range utf16.Encode([]rune(who.Name + who.Number)) {
		who.Raw[2*i], who.Raw[2*i+1] = byte(unit), byte(unit>>8)
	}
	const scanned, written = "金丝雀在扫描页上", "金丝雀写在表格里"
	for i := range cases {
		a, err := w.desk.Attach(w.t.Context(), "image/jpeg", bytes.Repeat([]byte(scanned), 9000+i))
		if err != nil {
			w.t.Fatal(err)
		}
		applicant := casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card", RawText: hex.EncodeToString(who.Raw[:])}
		filed, err := w.desk.Submit(w.t.Context(), casefile.Submission{
			Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5},
			Applicant: applicant, Values: json.RawMessage(fmt.Sprintf(`{"note":%q,"phone":%q}`, written, []string{"000", "1380"}[min(cases-1-i, 1)])),
			Materials: []casefile.Material{{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Pages: []casefile.Page{{Attachment: a.Digest, MediaType: a.MediaType}}}},
		}, []casefile.Attachment{a}, who)
		if err != nil {
			w.t.Fatal(err)
		}
		last = filed.Event.ID
	}
	left, err := w.desk.Attach(w.t.Context(), "image/jpeg", bytes.Repeat([]byte(scanned), 500))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(w.terminal, "attachments", left.Digest[:2], left.Digest)); err != nil { // as a purge does: the blocks stay
		w.t.Fatal(err)
	}
	return []string{who.Name, who.Number, scanned, written}, last
}

// refuse records a refusal in the form in which one is kept.
func (w *world) refuse(packet string) {
	w.t.Helper()
	body, err := json.Marshal(wire.Answer{Version: wire.Version, Kind: wire.Refusal, Packet: packet, Code: wire.RefusedRule, Reason: refusalWords, Time: time.Now()})
	if err != nil {
		w.t.Fatal(err)
	}
	evidence, err := channel.Signed{Body: body, Signature: make([]byte, 64)}.Evidence()
	if err == nil {
		err = w.desk.Store().RecordRefusal(w.t.Context(), packet, evidence, refusalWords, time.Now())
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// swap writes all of a sender's memory to a file of the disk and ends it.
func (w *world) swap(sender *process, swap string) {
	w.t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", sender.cmd.Process.Pid))
	if err != nil {
		w.t.Fatal(err)
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", sender.cmd.Process.Pid))
	if err != nil {
		w.t.Fatal(err)
	}
	defer memory.Close()
	out, err := os.Create(swap)
	if err != nil {
		w.t.Fatal(err)
	}
	var written int64
	for line := range strings.Lines(string(maps)) {
		from, to, _ := strings.Cut(strings.Fields(line)[0], "-")
		begin, _ := strconv.ParseInt(from, 16, 64)
		end, _ := strconv.ParseInt(to, 16, 64)
		if !strings.Contains(line, "rw-p") || begin == 0 || end-begin > 64<<20 {
			continue
		}
		n, _ := io.Copy(out, io.NewSectionReader(memory, begin, end-begin)) // a part that is not there is not swapped either
		written += n
	}
	if err := out.Close(); err != nil || written < 1<<20 {
		w.t.Fatalf("%d bytes of memory, %v", written, err)
	}
	sender.kill()
}

// disk is a file system in an image file.
type disk struct {
	t             *testing.T
	image, folder string
	mounted       bool
}

// image is what a thief has of a disk: its bytes, and the sealed pages as its file system puts them together.
type image struct {
	raw   []byte
	pages [][]byte
}

// newDisk makes an ext4 file system of its own, whose journal carries contents, and mounts it; without root it is a folder that take
// makes an image of.
func newDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{t: t, image: filepath.Join(t.TempDir(), "image"), folder: filepath.Join(t.TempDir(), "disk")}
	if err := os.Mkdir(d.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		return d
	}
	d.make()
	if out, err := exec.Command("mount", "-o", "loop,data=journal", d.image, d.folder).CombinedOutput(); err != nil {
		t.Logf("no loop device (%v: %s): the image is made of the folder", err, bytes.TrimSpace(out))
		return d
	}
	d.mounted = true
	t.Cleanup(func() { _ = exec.Command("umount", "-l", d.folder).Run() })
	return d
}

func (d *disk) make(args ...string) {
	d.t.Helper()
	args = append([]string{"-q", "-F", "-t", "ext4", "-E", "lazy_itable_init=0,nodiscard"}, append(args, d.image, "48M")...)
	if out, err := exec.Command("mke2fs", args...).CombinedOutput(); err != nil {
		d.t.Fatalf("mke2fs: %v: %s", err, out)
	}
}

// take gives the image's bytes as a thief finds them.
func (d *disk) take() image {
	d.t.Helper()
	if d.mounted {
		// Freezing writes what the journal carries to its place, and leaves it in the journal too.
		for _, how := range []string{"-f", "-u"} {
			if out, err := exec.Command("fsfreeze", how, d.folder).CombinedOutput(); err != nil {
				d.t.Fatalf("fsfreeze %s: %v: %s", how, err, out)
			}
		}
	} else {
		d.make("-d", d.folder)
	}
	content, err := os.ReadFile(d.image)
	if err != nil {
		d.t.Fatal(err)
	}
	taken := image{raw: content}
	paths, err := filepath.Glob(filepath.Join(d.folder, "terminal", "attachments", "*", "*"))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, path := range paths {
		page, err := os.ReadFile(path)
		if err != nil {
			d.t.Fatal(err)
		}
		taken.pages = append(taken.pages, page)
	}
	return taken
}

// plain lists the words that stand on an image in any form text is kept in.
func plain(t *testing.T, image []byte, words []string) []string {
	t.Helper()
	var seen []string
	for _, word := range words {
		var wide []byte
		for _, unit := range utf16.Encode([]rune(word)) {
			wide = append(wide, byte(unit), byte(unit>>8))
		}
		gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(word))
		if err != nil {
			t.Fatal(err)
		}
		forms := map[string][]byte{"utf-8": []byte(word), "utf-16": wide, "hex": []byte(hex.EncodeToString(wide)), "gb18030": gb}
		for before := range 3 { // what stands in base64 of bytes that hold the word, as in a signed answer
			content := append(make([]byte, before), word...)
			encoded := base64.StdEncoding.EncodeToString(content[:len(content)/3*3])
			forms[fmt.Sprint("base64 +", before)] = []byte(encoded[(before+2)/3*4:])
		}
		for form, pattern := range forms {
			if bytes.Contains(image, pattern) {
				seen = append(seen, word+" "+form)
			}
		}
	}
	return seen
}

// keysOn gives all that stands on an image as a key or a secret, in files or in what was deleted.
func keysOn(image []byte) [][]byte {
	var keys [][]byte
	known := map[string]bool{}
	for rest := image; ; {
		at := bytes.Index(rest, []byte("-----BEGIN "))
		if at < 0 {
			return keys
		}
		rest = rest[at:]
		block, _ := pem.Decode(rest[:min(len(rest), 8<<10)])
		if block != nil && (strings.Contains(block.Type, "KEY") || strings.Contains(block.Type, "SECRET")) && !known[string(block.Bytes)] {
			known[string(block.Bytes)] = true
			keys = append(keys, block.Bytes)
		}
		rest = rest[len("-----BEGIN "):]
	}
}

// attack tries every key on every packet and every sealed page of an image, and the keys that an opened packet names too.
func attack(of image, thief packet.Opener, keys [][]byte) (events, pages int) {
	var short [][16]byte
	for _, key := range keys {
		for at := 0; at+16 <= len(key); at++ { // whatever part of it might serve as one
			short = append(short, [16]byte(key[at:]))
		}
	}
	private := parsed(keys)
	for _, at := range offsets(of.raw, packet.Magic) {
		head, err := packet.ReadHead(bytes.NewReader(of.raw[at:]))
		if err != nil {
			continue
		}
		for _, key := range private {
			thief.Key = key
			if opened, err := thief.Open(head); err == nil {
				events++
				for _, a := range opened.Attachments {
					short = append(short, [16]byte(a.Key))
				}
			}
		}
	}
	sealed := of.pages
	for _, at := range offsets(of.raw, "BMA1") { // what was deleted, while it lies in one piece
		sealed = append(sealed, of.raw[at:])
	}
	for _, page := range sealed {
		for _, key := range short {
			reader, err := seal.NewReader(bytes.NewReader(page), key)
			if err != nil {
				break
			}
			if _, err := reader.Read(make([]byte, 1)); err == nil {
				pages++
				break
			}
		}
	}
	return events, pages
}

// parsed gives those keys that open what is sealed to somebody.
func parsed(keys [][]byte) []*sm2.PrivateKey {
	var private []*sm2.PrivateKey
	for _, der := range keys {
		if key, err := smx509.ParsePKCS8PrivateKey(der); err == nil {
			if key, ok := key.(*sm2.PrivateKey); ok {
				private = append(private, key)
			}
		}
	}
	return private
}

func offsets(image []byte, magic string) []int {
	var found []int
	for at := 0; ; {
		i := bytes.Index(image[at:], []byte(magic))
		if i < 0 {
			return found
		}
		found = append(found, at+i)
		at += i + len(magic)
	}
}

func certificate(t *testing.T, path string) *smx509.Certificate {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := smx509.ParseCertificatePEM(content)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func private(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(content)
	return block.Bytes
}
