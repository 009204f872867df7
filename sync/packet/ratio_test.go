package packet_test

import (
	"bytes"
	"compress/zlib"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"bianmin/core/casefile"
	"bianmin/internal/forms"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
	"bianmin/sync/wire"
)

// mostOfForm is what a filled-in form may be at most, compressed, of its JSON.
const mostOfForm = 0.20

// sizes are bytes of many forms.
type sizes struct{ form, formZstd, formZlib, manifest, manifestZstd, manifestZlib int }

// measure compresses forms that nobody trained with.
func measure(t testing.TB, seed uint64, n int) sizes {
	t.Helper()
	made, err := forms.Make(forms.Held, seed, n)
	if err != nil {
		t.Fatal(err)
	}
	trained, old := dictionary(t, "dictionary.zstd"), dictionary(t, "dictionary.txt")
	with, err := zstd.NewWriter(nil, zstd.WithEncoderDict(trained), zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderCRC(false))
	if err != nil {
		t.Fatal(err)
	}
	deflated := func(content []byte) int {
		var out bytes.Buffer
		w, err := zlib.NewWriterLevelDict(&out, zlib.BestCompression, old)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Len()
	}
	var s sizes
	for _, form := range made {
		filled, err := form.Filled()
		if err != nil {
			t.Fatal(err)
		}
		manifest, err := packet.Content(form.Event, form.Attachments)
		if err != nil {
			t.Fatal(err)
		}
		s.form, s.formZstd, s.formZlib = s.form+len(filled), s.formZstd+len(with.EncodeAll(filled, nil)), s.formZlib+deflated(filled)
		s.manifest, s.manifestZstd, s.manifestZlib = s.manifest+len(manifest), s.manifestZstd+len(with.EncodeAll(manifest, nil)), s.manifestZlib+deflated(manifest)
	}
	return s
}

func dictionary(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func share(of, all int) float64 { return float64(of) / float64(all) }

// TestFormsAreSmall: forms of people, villages and counties the dictionary never saw come down to a fifth.
func TestFormsAreSmall(t *testing.T) {
	s := measure(t, 7, 150)
	t.Logf("form of %d bytes: %.3f of it (zlib %.3f); manifest with digests and keys of %d bytes: %.3f (zlib %.3f)",
		s.form/150, share(s.formZstd, s.form), share(s.formZlib, s.form), s.manifest/150, share(s.manifestZstd, s.manifest), share(s.manifestZlib, s.manifest))
	if got := share(s.formZstd, s.form); got > mostOfForm {
		t.Errorf("a form is %.3f of its JSON, at most %.2f", got, mostOfForm)
	}
	if share(s.manifestZstd, s.manifest) >= share(s.manifestZlib, s.manifest) {
		t.Error("the trained dictionary saves nothing")
	}
}

// BenchmarkForm gives the shares that TestFormsAreSmall holds to.
func BenchmarkForm(b *testing.B) {
	var s sizes
	for b.Loop() {
		s = measure(b, 11, 300)
	}
	b.ReportMetric(share(s.formZstd, s.form), "form/JSON")
	b.ReportMetric(share(s.formZlib, s.form), "form/JSON-zlib")
	b.ReportMetric(share(s.manifestZstd, s.manifest), "manifest/JSON")
	b.ReportMetric(0, "ns/op")
}

// TestOnlyWhatThePlatformReads: the new word stands in a packet only when the platform has named it; either opens.
func TestOnlyWhatThePlatformReads(t *testing.T) {
	authority := sealtest.New(t)
	identity := authority.Enrol(t, filepath.Join(t.TempDir(), "keys"), "QH0301", "A")
	opener := packet.Opener{Certificate: authority.Encrypt, Key: authority.EncryptKey, Root: authority.Root}
	for name, c := range map[string]struct {
		says *wire.Speaks
		want string
	}{
		"a platform that says nothing": {nil, packet.Zlib},
		"an older one":                 {&wire.Speaks{Compression: []string{"zlib"}}, packet.Zlib},
		"one of today":                 {&wire.Speaks{Compression: packet.Compressions()}, packet.Zstd},
		"one that comes":               {&wire.Speaks{Compression: []string{"zstd9", "zstd1"}}, packet.Zstd},
		"one that left it behind":      {&wire.Speaks{Compression: []string{"zstd9"}}, packet.Zlib},
	} {
		identity.Speaks = c.says
		event := sampleEvent()
		built, err := packet.Build(identity, event, nil)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := opener.Open(built.Head)
		if err != nil || built.Header.Compression != c.want || opened.Event.ID != event.ID {
			t.Errorf("%s: %q, %v", name, built.Header.Compression, err)
		}
		identity.Speaks = &wire.Speaks{Compression: packet.Compressions()}
		event.Kind, event.Submission, event.Evaluation = casefile.Evaluated, nil, &casefile.Evaluation{Level: 5, Times: 1}
		if rated, err := packet.Build(identity, event, nil); err != nil || rated.Header.Compression != "" {
			t.Errorf("an evaluation is compressed: its length would tell, %v", err)
		}
	}
}

// TestDictionaryStays: what was sealed with the word once must open for ever.
func TestDictionaryStays(t *testing.T) {
	const digest = "69a0f45d1bc56574d118566f558e69830d77edd2c60633643ffcb05bb3658710"
	if got := seal.Digest(dictionary(t, "dictionary.zstd")); got != digest {
		t.Errorf("the dictionary of %s has changed (%s): a new dictionary needs a new word", packet.Zstd, got)
	}
}
