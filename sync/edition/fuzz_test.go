package edition_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/klauspost/compress/zstd"

	"bianmin/sync/edition"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
	"bianmin/sync/wire"
)

// FuzzManifest: whatever a platform signs, a manifest is refused by a named error, or leads to a plan within the bounds.
func FuzzManifest(f *testing.F) {
	authority := sealtest.New(f)
	identity := authority.Enrol(f, f.TempDir(), "QH0301", "A")
	shelf := edition.Shelf{Folder: f.TempDir(), Who: edition.Who{Environment: "demo", Region: region, Key: identity.Believed()}}
	now := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	hex := digest([]byte("x"))
	good, err := json.Marshal(wire.Catalogue{
		Version: 1, Kind: wire.Contents, Environment: "demo", Region: county, Edition: 3, Name: "n", Published: "2026-11-27", Format: 1, Made: now, Time: now, Until: now,
		Digest: hex, Files: 3, Size: 100, Snapshot: wire.Archive{Digest: hex, Size: 5}, Deltas: []wire.Delta{{From: hex, Archive: wire.Archive{Digest: hex, Size: 2}}},
	})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{good, []byte("{}"), []byte("null"), bytes.Replace(good, []byte(county), []byte("110000000000"), 1), bytes.ReplaceAll(good, []byte("100"), []byte("-1"))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		if len(answer) == 0 {
			return // nobody signs nothing
		}
		signature, err := seal.Sign(authority.SignKey, answer)
		if err != nil {
			t.Fatal(err)
		}
		plan, ok, err := shelf.Weigh(t.Context(), wire.SignedCatalogue{Answer: answer, Signature: signature}, false)
		if ok && (err != nil || plan.Archive == nil || plan.Archive.Size <= 0 || plan.Archive.Size > edition.MaxArchive || len(plan.Archive.Digest) != 64) {
			t.Fatalf("%+v %v", plan, err)
		}
	})
}

// FuzzArchive: whatever an archive holds, an edition that it does not make is not put into place, and nothing is written outside.
func FuzzArchive(f *testing.F) {
	authority := sealtest.New(f)
	identity := authority.Enrol(f, f.TempDir(), "QH0301", "A")
	folder := fstest.MapFS{"catalogue.json": {Data: []byte("{}")}, "items/a.json": {Data: []byte("{}")}}
	set, err := edition.Scan(f.Context(), folder)
	if err != nil {
		f.Fatal(err)
	}
	var good bytes.Buffer
	if err := edition.WriteArchive(&good, nil, set, folder); err != nil {
		f.Fatal(err)
	}
	reader, err := zstd.NewReader(&good)
	if err != nil {
		f.Fatal(err)
	}
	var plain bytes.Buffer
	if _, err := plain.ReadFrom(reader); err != nil {
		f.Fatal(err)
	}
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(64<<10))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain.Bytes(), true)
	f.Add(bytes.ReplaceAll(plain.Bytes(), []byte("items/a.json"), []byte("../../b.json")), true)
	f.Add(good.Bytes(), false)
	f.Fuzz(func(t *testing.T, content []byte, pack bool) {
		if pack { // what lies inside is reached only so
			content = packer.EncodeAll(content, nil)
		}
		if len(content) == 0 {
			return
		}
		outside := inMemory(t)
		shelf := edition.Shelf{
			Folder: outside + "/data/" + edition.FolderName, Room: func(string) (int64, error) { return 1 << 40, nil },
			Who: edition.Who{Environment: "demo", Region: region, Key: identity.Believed()},
		}
		now := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
		answer, err := json.Marshal(wire.Catalogue{
			Version: 1, Kind: wire.Contents, Environment: "demo", Region: county, Edition: 1, Format: 1, Made: now, Time: now, Until: now,
			Digest: set.Digest(), Files: len(set), Size: set.Size(), Snapshot: wire.Archive{Digest: digest(content), Size: int64(len(content))},
		})
		if err != nil {
			t.Fatal(err)
		}
		signature, err := seal.Sign(authority.SignKey, answer)
		if err != nil {
			t.Fatal(err)
		}
		plan, ok, err := shelf.Weigh(t.Context(), wire.SignedCatalogue{Answer: answer, Signature: signature}, false)
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		if err := shelf.Take(t.Context(), plan, bytes.NewReader(content)); err == nil {
			t.Fatal("two empty files made an edition") // the catalogue's own check refuses them, at the latest
		}
		if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
			t.Fatal("something was written outside")
		}
		if _, there, _ := shelf.Current(t.Context()); there {
			t.Fatal("something came into force")
		}
	})
}

// inMemory is a folder where a sync costs nothing, so that fuzzing does not wait for the disk.
func inMemory(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "edition-fuzz-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}
