package edition_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/assets"
	"bianmin/platform/editions"
	"bianmin/sync/edition"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
	"bianmin/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// region is the village of the test's terminal, county the demo catalogue's division.
const (
	region = "990301001201"
	county = "990301000000"
)

// world is a province that publishes, and a terminal's shelf.
type world struct {
	t testing.TB
	*sealtest.Authority
	press  editions.Press
	source string // the catalogue's folder in the province's office
	shelf  edition.Shelf
	now    time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, Authority: sealtest.New(t), source: t.TempDir(), now: time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)}
	w.press = editions.Press{Folder: filepath.Join(t.TempDir(), "catalogue"), Now: func() time.Time { return w.now }}
	identity := w.Enrol(t, filepath.Join(t.TempDir(), "keys"), "QH0301", "A")
	w.shelf = edition.Shelf{
		Folder: filepath.Join(t.TempDir(), edition.FolderName), Room: func(string) (int64, error) { return 1 << 40, nil },
		Who: edition.Who{Environment: "demo", Region: region, Key: identity.Believed()},
	}
	if err := os.CopyFS(w.source, assets.Catalogue()); err != nil {
		t.Fatal(err)
	}
	return w
}

// SignAnswer and Environment make the world the press's signer.
func (w *world) SignAnswer(body []byte) (string, error) {
	signature, err := seal.Sign(w.SignKey, body)
	return base64.StdEncoding.EncodeToString(signature), err
}

func (w *world) Environment() string { return "demo" }

// Signed are the certificates of a platform that never rotated its key.
func (w *world) Signed() []string { return nil }

// edit changes a file of the catalogue by replacing text in it.
func (w *world) edit(name, old, replacement string) {
	w.t.Helper()
	path := filepath.Join(w.source, name)
	content, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	if !strings.Contains(string(content), old) {
		w.t.Fatalf("%s has no %q", name, old)
	}
	w.put(name, strings.Replace(string(content), old, replacement, 1))
}

func (w *world) put(name, content string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.source, name), []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// versions gives the catalogue another version.
func (w *world) version(name string) {
	w.t.Helper()
	var main map[string]any
	content, err := os.ReadFile(filepath.Join(w.source, "catalogue.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := json.Unmarshal(content, &main); err != nil {
		w.t.Fatal(err)
	}
	main["version"] = name
	if content, err = json.Marshal(main); err != nil {
		w.t.Fatal(err)
	}
	w.put("catalogue.json", string(content))
}

func (w *world) publish(number int64) editions.Edition {
	w.t.Helper()
	e, err := w.press.Publish(w.t.Context(), os.DirFS(w.source), number)
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

func (w *world) sign() wire.SignedCatalogue {
	w.t.Helper()
	signed, err := w.press.Sign(w, region, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return signed
}

// take weighs and takes an edition as a stick brings it.
func (w *world) take(signed wire.SignedCatalogue, whole bool) (edition.Plan, error) {
	w.t.Helper()
	plan, ok, err := w.shelf.Weigh(w.t.Context(), signed, whole)
	if err != nil || !ok {
		return plan, err
	}
	if plan.Archive == nil {
		return plan, w.shelf.Take(w.t.Context(), plan, nil)
	}
	archive, err := os.ReadFile(w.press.Archive(plan.Archive.Digest))
	if err != nil {
		w.t.Fatal(err)
	}
	return plan, w.shelf.Take(w.t.Context(), plan, bytes.NewReader(archive))
}

func (w *world) mustTake() edition.Plan {
	w.t.Helper()
	plan, err := w.take(w.sign(), false)
	if err != nil {
		w.t.Fatal(err)
	}
	return plan
}

// inForce checks which edition is in force and that its files are the office's.
func (w *world) inForce(number int64, name string) edition.Held {
	w.t.Helper()
	held, ok, err := w.shelf.Current(w.t.Context())
	if !ok || held.Edition != number || held.Name != name {
		w.t.Fatalf("in force: %v %d %q, want %d %q (%v)", ok, held.Edition, held.Name, number, name, err)
	}
	return held
}

func (w *world) sameAsOffice(held edition.Held) {
	w.t.Helper()
	here, err := edition.Scan(w.t.Context(), os.DirFS(held.Content))
	if err != nil {
		w.t.Fatal(err)
	}
	there, err := edition.Scan(w.t.Context(), os.DirFS(w.source))
	if err != nil {
		w.t.Fatal(err)
	}
	if here.Digest() != there.Digest() {
		w.t.Fatal("the set in force is not the office's")
	}
}

// items are the names of the catalogue's item files.
func (w *world) items() []string {
	w.t.Helper()
	names, err := fs.Glob(os.DirFS(w.source), "items/*.json")
	if err != nil || len(names) < 3 {
		w.t.Fatal(err, len(names))
	}
	return names
}

// grow gives the catalogue n more items, each with 900 characters of its own, so that it is as large as a county's.
func (w *world) grow(n int) {
	w.t.Helper()
	content, err := os.ReadFile(filepath.Join(w.source, w.items()[0]))
	if err != nil {
		w.t.Fatal(err)
	}
	var item map[string]any
	if err := json.Unmarshal(content, &item); err != nil {
		w.t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		item["code"] = fmt.Sprintf("grown-%04d", i)
		item["notes"] = []any{map[string]any{"zh": sentence(random, 300)}, map[string]any{"zh": sentence(random, 300)}, map[string]any{"zh": sentence(random, 300)}}
		content, err := json.MarshalIndent(item, "", "  ")
		if err != nil {
			w.t.Fatal(err)
		}
		w.put(fmt.Sprintf("items/grown-%04d.json", i), string(content))
	}
}

// sentence is n Chinese characters that no archive can shorten below what their choice holds.
func sentence(random *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteRune(rune(0x4e00 + random.IntN(2500)))
	}
	return b.String()
}
