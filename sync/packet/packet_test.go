package packet_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

type sealedPage struct {
	attachment casefile.Attachment
	content    []byte
}

func page(t *testing.T, size int) sealedPage {
	t.Helper()
	key, err := seal.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := seal.NewWriter(&out, key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return sealedPage{
		attachment: casefile.Attachment{Digest: w.Digest(), MediaType: "image/jpeg", Sealed: w.Sealed(), Plain: w.Plain(), Key: key},
		content:    out.Bytes(),
	}
}

func sampleEvent(pages ...sealedPage) casefile.Event {
	event := casefile.Event{
		Version: casefile.EventVersion, ID: "00112233445566778899aabbccddeeff", Case: "QH0301A-261122-0042-X", Sequence: 1,
		Kind: casefile.Submitted, Terminal: "QH0301", Generation: "A", Point: "柳树沟村便民服务点", Region: "990102103004",
		Actor: "citizen", Software: "bianmin 0.1.0", Nonce: "ffeeddccbbaa99887766554433221100",
		At: casefile.Stamp{Wall: time.Date(2026, 11, 22, 9, 30, 0, 0, time.FixedZone("CST", 8*3600)), BusinessDate: "2026-11-22", OffsetAgeSec: -1},
		Submission: &casefile.Submission{
			Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领 <试点> & 其他"},
			Applicant: casefile.Applicant{Name: "王小丫", Number: "990102194501010027"},
			Values:    json.RawMessage(`{"phone":"13800000000","note":"𠮷 <b> & \u2028"}`),
		},
	}
	material := casefile.Material{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Trust: "C"}
	for _, p := range pages {
		material.Pages = append(material.Pages, casefile.Page{Attachment: p.attachment.Digest, MediaType: "image/jpeg", Width: 10, Height: 10})
	}
	event.Submission.Materials = []casefile.Material{material}
	return event
}

type fixture struct {
	identity *seal.Identity
	opener   packet.Opener
}

func setUp(t *testing.T) fixture {
	t.Helper()
	authority := sealtest.New(t)
	return fixture{
		identity: authority.Enrol(t, filepath.Join(t.TempDir(), "keys"), "QH0301", "A"),
		opener:   packet.Opener{Certificate: authority.Encrypt, Key: authority.EncryptKey, Root: authority.Root},
	}
}

func TestPacketOnTheWire(t *testing.T) {
	f := setUp(t)
	pages := []sealedPage{page(t, 150_000), page(t, 3)}
	event := sampleEvent(pages...)
	built, err := packet.Build(f.identity, event, []casefile.Attachment{pages[0].attachment, pages[1].attachment})
	if err != nil {
		t.Fatal(err)
	}
	wire := append(append(bytes.Clone(built.Head), pages[0].content...), pages[1].content...)
	if built.Total != int64(len(wire)) || built.Digest != seal.Digest(built.Head) {
		t.Errorf("total %d, want %d", built.Total, len(wire))
	}
	for _, secret := range []string{"王小丫", "990102194501010027", "13800000000", "高龄津贴", "柳树沟"} {
		if bytes.Contains(wire, []byte(secret)) {
			t.Errorf("%q is readable on the wire", secret)
		}
	}
	head, err := packet.ReadHead(bytes.NewReader(wire))
	if err != nil || !bytes.Equal(head, built.Head) {
		t.Fatalf("head of %d bytes, %v", len(head), err)
	}
	opened, err := f.opener.Open(head)
	if err != nil {
		t.Fatal(err)
	}
	canonical, err := casefile.Canonical(event)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(opened.Canonical, canonical) || opened.EventDigest != seal.Digest(canonical) {
		t.Errorf("the event's bytes changed on the way:\n%s\n%s", opened.Canonical, canonical)
	}
	if !opened.Signer.Equal(f.identity.SignCert) || len(opened.Attachments) != 2 {
		t.Errorf("signer or attachments differ: %d", len(opened.Attachments))
	}
	again, err := casefile.Canonical(opened.Event)
	if err != nil || !bytes.Equal(again, canonical) {
		t.Errorf("a parsed event has other canonical bytes: %v", err)
	}
	plain, err := seal.OpenSealed(wire[len(head):int64(len(head))+opened.Attachments[0].Length], [16]byte(opened.Attachments[0].Key))
	if err != nil || len(plain) != 150_000 {
		t.Errorf("attachment opened to %d bytes, %v", len(plain), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	f := setUp(t)
	p := page(t, 10)
	good, err := packet.Build(f.identity, sampleEvent(p), []casefile.Attachment{p.attachment})
	if err != nil {
		t.Fatal(err)
	}
	missing, err := packet.Build(f.identity, sampleEvent(p), nil)
	if err != nil {
		t.Fatal(err)
	}
	replace := func(old, with string) []byte {
		if len(old) != len(with) || !bytes.Contains(good.Head, []byte(old)) {
			t.Fatalf("cannot put %q for %q", with, old)
		}
		return bytes.Replace(good.Head, []byte(old), []byte(with), 1)
	}
	cases := map[string]struct {
		head []byte
		want error
	}{
		"nothing":             {nil, packet.ErrFormat},
		"not ours":            {[]byte("<html><body>log in</body></html>"), packet.ErrFormat},
		"cut":                 {good.Head[:len(good.Head)-1], packet.ErrFormat},
		"newer version":       {replace(`{"version":1`, `{"version":9`), packet.ErrNewer},
		"version of nobody":   {replace(`{"version":1`, `{"version":0`), packet.ErrFormat},
		"other case":          {replace("0042-X", "0043-X"), packet.ErrMismatch},
		"other terminal":      {replace(`"QH0301"`, `"QH0302"`), packet.ErrMismatch},
		"other id":            {replace("00112233", "10112233"), packet.ErrMismatch},
		"attachment not sent": {missing.Head, packet.ErrMismatch},
	}
	for name, c := range cases {
		if _, err := f.opener.Open(c.head); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for i := len(good.Head) - 200; i < len(good.Head); i += 13 {
		changed := bytes.Clone(good.Head)
		changed[i] ^= 4
		if _, err := f.opener.Open(changed); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
	stranger := setUp(t)
	foreign, err := packet.Build(stranger.identity, sampleEvent(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.opener.Open(foreign.Head); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("foreign terminal: %v", err)
	}
}

func TestReadHeadCutShort(t *testing.T) {
	f := setUp(t)
	built, err := packet.Build(f.identity, sampleEvent(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 5, 12, 40, len(built.Head) - 1} {
		if _, err := packet.ReadHead(bytes.NewReader(built.Head[:n])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	huge := append([]byte("BMP1\xff\xff\xff\xff\xff\xff\xff\xff"), make([]byte, 100)...)
	if _, err := packet.ReadHead(bytes.NewReader(huge)); !errors.Is(err, packet.ErrFormat) {
		t.Errorf("huge lengths: %v", err)
	}
}

type memory struct {
	*bytes.Reader
	closed *int
}

func (m memory) Close() error { *m.closed++; return nil }

func TestReaderAtEveryOffset(t *testing.T) {
	head, a, b := []byte("0123456789"), []byte("abcdef"), []byte("XYZ")
	var opened, closed int
	part := func(content []byte) packet.Part {
		return packet.Part{Length: int64(len(content)), Open: func() (packet.Source, error) {
			opened++
			return memory{bytes.NewReader(content), &closed}, nil
		}}
	}
	whole := append(append(bytes.Clone(head), a...), b...)
	reader := packet.NewReader(head, []packet.Part{part(a), part(nil), part(b)})
	if reader.Total() != int64(len(whole)) || reader.HeadLength() != int64(len(head)) {
		t.Fatalf("total %d, head %d", reader.Total(), reader.HeadLength())
	}
	for offset := range len(whole) + 1 {
		got, err := io.ReadAll(io.NewSectionReader(reader, int64(offset), reader.Total()-int64(offset)))
		if err != nil || !bytes.Equal(got, whole[offset:]) {
			t.Errorf("from %d: %q, %v", offset, got, err)
		}
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	if opened != closed {
		t.Errorf("%d files opened, %d closed", opened, closed)
	}
	short := packet.NewReader(nil, []packet.Part{{Length: 9, Open: part(a).Open}})
	if _, err := io.ReadAll(io.NewSectionReader(short, 0, 9)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("file shorter than its row: %v", err)
	}
}

func TestManifestIsSmall(t *testing.T) {
	f := setUp(t)
	event := sampleEvent()
	canonical, err := casefile.Canonical(event)
	if err != nil {
		t.Fatal(err)
	}
	built, err := packet.Build(f.identity, event, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("event %d bytes, head of the packet %d bytes", len(canonical), len(built.Head))
	if built.Header.Compression != packet.Zlib {
		t.Error("the manifest is not compressed")
	}
}
