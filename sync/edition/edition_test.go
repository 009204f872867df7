package edition_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/platform/editions"
	"bianmin/sync/edition"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// TestSnapshotThenDelta: a new terminal takes the whole, later ones what has changed: changed, new and dropped items.
func TestSnapshotThenDelta(t *testing.T) {
	w := newWorld(t)
	w.version("2026.12.1")
	w.publish(0)
	if plan := w.mustTake(); plan.Base != "" {
		t.Fatal("a new terminal took a delta")
	}
	w.sameAsOffice(w.inForce(1, "2026.12.1"))

	w.version("2026.12.2")
	names := w.items()
	w.put("items/zz-new.json", string(reCode(t, filepath.Join(w.source, names[0]), "zz-new")))
	w.publish(0)
	if plan := w.mustTake(); plan.Base == "" {
		t.Fatal("the second edition came whole")
	}
	w.sameAsOffice(w.inForce(2, "2026.12.2"))

	w.version("2026.12.3")
	if err := os.Remove(filepath.Join(w.source, "items/zz-new.json")); err != nil {
		t.Fatal(err)
	}
	w.publish(0)
	w.mustTake()
	w.sameAsOffice(w.inForce(3, "2026.12.3"))

	data := filepath.Dir(w.shelf.Folder)
	held, ok, err := edition.InForce(t.Context(), data)
	if !ok || err != nil || held.Edition != 3 {
		t.Fatal(ok, err, held.Edition)
	}
	for range 4 {
		w.version(held.Name + "x")
		held.Name += "x"
		w.publish(0)
		w.mustTake()
	}
	entries, err := os.ReadDir(w.shelf.Folder)
	if err != nil {
		t.Fatal(err)
	}
	sets := 0
	for _, entry := range entries {
		if entry.IsDir() {
			sets++
		}
	}
	if sets != 3 {
		t.Errorf("%d sets are kept, want 3", sets)
	}
}

func reCode(t *testing.T, path, code string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var item map[string]any
	if err := json.Unmarshal(content, &item); err != nil {
		t.Fatal(err)
	}
	item["code"] = code
	if content, err = json.Marshal(item); err != nil {
		t.Fatal(err)
	}
	return content
}

// TestSkippedEditions: a terminal that was away for some editions takes one delta, one that was away for too many the snapshot.
func TestSkippedEditions(t *testing.T) {
	w := newWorld(t)
	w.press.Bases = 3
	w.publish(0)
	w.mustTake()
	for i := range 3 {
		w.version("3." + string(rune('a'+i)))
		w.publish(0)
	}
	if plan := w.mustTake(); plan.Base == "" {
		t.Error("three editions behind took the snapshot")
	}
	w.sameAsOffice(w.inForce(4, "3.c"))
	for i := range 4 {
		w.version("4." + string(rune('a'+i)))
		w.publish(0)
	}
	if plan := w.mustTake(); plan.Base != "" {
		t.Error("four editions behind took a delta")
	}
	w.sameAsOffice(w.inForce(8, "4.d"))
}

// TestRefused: what an attacker or an accident can send is refused, and what is here stays in force.
func TestRefused(t *testing.T) {
	w := newWorld(t)
	w.version("1")
	w.publish(0)
	first := w.sign()
	w.mustTake()
	w.version("2")
	w.publish(0)
	second := w.sign()
	w.mustTake()

	other := newWorld(t)
	other.publish(9)
	resign := func(change func(*wire.Catalogue)) wire.SignedCatalogue {
		var said wire.Catalogue
		if err := json.Unmarshal(second.Answer, &said); err != nil {
			t.Fatal(err)
		}
		change(&said)
		body, err := json.Marshal(said)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := seal.Sign(w.SignKey, body)
		if err != nil {
			t.Fatal(err)
		}
		return wire.SignedCatalogue{Answer: body, Signature: signature}
	}
	for name, one := range map[string]struct {
		signed wire.SignedCatalogue
		want   error
	}{
		"rollback":           {first, edition.ErrOlder},
		"another's key":      {other.sign(), edition.ErrSignature},
		"a changed byte":     {wire.SignedCatalogue{Answer: append(bytes.Clone(second.Answer[:len(second.Answer)-1]), ' '), Signature: second.Signature}, edition.ErrSignature},
		"another county":     {resign(func(c *wire.Catalogue) { c.Region = "990302000000" }), edition.ErrForeign},
		"another province":   {resign(func(c *wire.Catalogue) { c.Region = "110000000000" }), edition.ErrForeign},
		"practice":           {resign(func(c *wire.Catalogue) { c.Environment = "production" }), edition.ErrForeign},
		"same number":        {resign(func(c *wire.Catalogue) { c.Digest = c.Snapshot.Digest }), edition.ErrTwice},
		"a kind of its own":  {resign(func(c *wire.Catalogue) { c.Kind = wire.News }), edition.ErrForm},
		"a newer word":       {resign(func(c *wire.Catalogue) { c.Version = 2 }), edition.ErrNewer},
		"a digest of a path": {resign(func(c *wire.Catalogue) { c.Edition, c.Snapshot.Digest = 3, "../../../../etc/passwd" }), edition.ErrForm},
		"endless":            {resign(func(c *wire.Catalogue) { c.Edition, c.Size = 3, 1<<50 }), edition.ErrForm},
		// Mix and match: the next number with an older set's archive, and a set that is not the archive's.
		"mixed":    {resign(func(c *wire.Catalogue) { c.Edition, c.Digest, c.Deltas = 3, c.Snapshot.Digest, nil }), edition.ErrArchive},
		"one less": {resign(func(c *wire.Catalogue) { c.Edition, c.Files, c.Deltas = 3, c.Files-1, nil; c.Digest = flip(c.Digest) }), edition.ErrArchive},
	} {
		if _, err := w.take(one.signed, false); !errors.Is(err, one.want) {
			t.Errorf("%s: %v, want %v", name, err, one.want)
		}
		w.inForce(2, "2")
	}
}

func flip(digest string) string {
	if digest[0] == '0' {
		return "1" + digest[1:]
	}
	return "0" + digest[1:]
}

// TestFreeze: the same edition signed again is believed for longer; without that a terminal can tell that it may have missed something.
func TestFreeze(t *testing.T) {
	w := newWorld(t)
	w.version("1")
	w.publish(0)
	w.mustTake()
	first := w.inForce(1, "1").Until
	if want := w.now.Add(editions.Lasts); !first.Equal(want) {
		t.Fatalf("believed until %v, want %v", first, want)
	}
	w.now = w.now.Add(24 * time.Hour)
	if plan := w.mustTake(); !plan.Renewed {
		t.Fatal("it was not renewed")
	}
	if until := w.inForce(1, "1").Until; !until.Equal(first.Add(24 * time.Hour)) {
		t.Errorf("believed until %v", until)
	}
	w.now = w.now.Add(-12 * time.Hour) // an older word of the same edition
	w.mustTake()
	if until := w.inForce(1, "1").Until; !until.Equal(first.Add(24 * time.Hour)) {
		t.Errorf("an older word counts: %v", until)
	}
}

// TestDamagedArchive: an archive with any byte changed, cut short or lengthened is not taken.
func TestDamagedArchive(t *testing.T) {
	w := newWorld(t)
	w.version("1")
	e := w.publish(0)
	good, err := os.ReadFile(w.press.Archive(e.Snapshot.Digest))
	if err != nil {
		t.Fatal(err)
	}
	plan, ok, err := w.shelf.Weigh(t.Context(), w.sign(), false)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	for name, content := range map[string][]byte{
		"nothing": {}, "half": good[:len(good)/2], "more": append(bytes.Clone(good), 0), "a bit": append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1),
	} {
		if err := w.shelf.Take(t.Context(), plan, bytes.NewReader(content)); !errors.Is(err, edition.ErrArchive) {
			t.Errorf("%s: %v", name, err)
		}
		if _, there, _ := w.shelf.Current(t.Context()); there {
			t.Errorf("%s came into force", name)
		}
	}
	w.mustTake()
}

// TestBrokenCatalogue: a signed edition whose catalogue this program cannot use is refused and noted; the old one serves.
func TestBrokenCatalogue(t *testing.T) {
	w := newWorld(t)
	w.version("1")
	w.publish(0)
	w.mustTake()
	w.version("2")
	good := w.publish(0)
	// The province's own check would have refused it: another implementation of it may not.
	name := w.items()[0]
	w.put(name, `{"code": "x"}`)
	set, err := edition.Scan(t.Context(), os.DirFS(w.source))
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	if err := edition.WriteArchive(&archive, nil, set, os.DirFS(w.source)); err != nil {
		t.Fatal(err)
	}
	said := w.third(archive.Bytes(), set, good)
	plan, ok, err := w.shelf.Weigh(t.Context(), said, true)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := w.shelf.Take(t.Context(), plan, bytes.NewReader(archive.Bytes())); !errors.Is(err, edition.ErrBroken) {
		t.Fatal(err)
	}
	w.inForce(1, "1")
	if refused := w.shelf.Refused(); refused.Edition != 3 || refused.Reason == "" {
		t.Errorf("%+v", refused)
	}
}

// third signs edition 3 of a set, with an archive that leads to it.
func (w *world) third(content []byte, set edition.Set, like editions.Edition) wire.SignedCatalogue {
	w.t.Helper()
	said := wire.Catalogue{
		Version: 1, Kind: wire.Contents, Environment: "demo", Region: county, Edition: 3, Name: "3", Published: like.Published, Format: 1, Made: w.now,
		Time: w.now, Until: w.now.Add(time.Hour), Digest: set.Digest(), Files: len(set), Size: set.Size(),
		Snapshot: wire.Archive{Digest: digest(content), Size: int64(len(content))}, Deltas: []wire.Delta{},
	}
	body, err := json.Marshal(said)
	if err != nil {
		w.t.Fatal(err)
	}
	signature, err := seal.Sign(w.SignKey, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return wire.SignedCatalogue{Answer: body, Signature: signature}
}

// TestDamagedDisk: a set whose bytes changed on the disk does not serve; the one before does, and the snapshot mends it.
func TestDamagedDisk(t *testing.T) {
	w := newWorld(t)
	w.version("1")
	w.publish(0)
	w.mustTake()
	w.version("2")
	w.publish(0)
	w.mustTake()
	held := w.inForce(2, "2")
	path := filepath.Join(held.Content, "catalogue.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.inForce(1, "1")
	_, ok, err := edition.InForce(t.Context(), filepath.Dir(w.shelf.Folder))
	if !ok || !errors.Is(err, edition.ErrDamaged) {
		t.Error(ok, err)
	}
	// Going back to 1 for good is refused all the same.
	if _, _, err := w.shelf.Weigh(t.Context(), w.sign(), false); err != nil {
		t.Fatal(err)
	}
	w.mustTake()
	w.sameAsOffice(w.inForce(2, "2"))
}

// TestNoRoom: an edition never takes the room that cases need.
func TestNoRoom(t *testing.T) {
	w := newWorld(t)
	w.publish(0)
	w.shelf.Room = func(string) (int64, error) { return 200 << 20, nil }
	if _, err := w.take(w.sign(), false); !errors.Is(err, edition.ErrRoom) {
		t.Fatal(err)
	}
	w.shelf.Room = nil
	w.mustTake()
}

// TestPublish: the province's side refuses what no terminal could take.
func TestPublish(t *testing.T) {
	w := newWorld(t)
	if number, err := w.press.Number(region); number != 0 || err != nil {
		t.Error(number, err)
	}
	w.publish(0)
	if _, err := w.press.Publish(t.Context(), os.DirFS(w.source), 0); !errors.Is(err, editions.ErrSame) {
		t.Error(err)
	}
	w.version("other")
	if _, err := w.press.Publish(t.Context(), os.DirFS(w.source), 1); !errors.Is(err, editions.ErrNumber) {
		t.Error(err)
	}
	w.publish(40)
	if number, err := w.press.Number(region); number != 40 || err != nil {
		t.Error(number, err)
	}
	if number, err := w.press.Number("990302001201"); number != 0 || err != nil {
		t.Error(number, err)
	}
	w.put("note.txt", "no part of the catalogue")
	w.put("files/..x", "x")
	w.version("third")
	if _, err := w.press.Publish(t.Context(), os.DirFS(w.source), 0); !errors.Is(err, edition.ErrForm) {
		t.Error(err)
	}
}

// TestKilled: whatever step a power cut falls on, one whole edition is in force after it and the next try brings the new one.
func TestKilled(t *testing.T) {
	for _, point := range []string{edition.PointBuilt, edition.PointNoted, edition.PointTaken} {
		w := newWorld(t)
		w.version("1")
		w.publish(0)
		w.mustTake()
		w.version("2")
		w.publish(0)
		type cutOff struct{}
		w.shelf.Point = func(name string) {
			if name == point {
				panic(cutOff{})
			}
		}
		func() {
			defer func() {
				if recover() != (cutOff{}) {
					t.Fatal("the point was not reached")
				}
			}()
			_, _ = w.take(w.sign(), false)
		}()
		w.shelf.Point = nil
		held, ok, _ := w.shelf.Current(t.Context())
		if !ok || (held.Edition != 1 && held.Edition != 2) {
			t.Fatal(point, ok, held.Edition)
		}
		w.mustTake()
		w.sameAsOffice(w.inForce(2, "2"))
	}
}

func TestCovers(t *testing.T) {
	for _, one := range []struct {
		division, other string
		want            bool
	}{
		{"990301000000", "990301001201", true},
		{"990301001201", "990301001201", true},
		{"990300000000", "990301001201", true},
		{"990000000000", "990301001201", true},
		{"990301001000", "990301001201", true},
		{"990301002000", "990301001201", false},
		{"990301001202", "990301001201", false},
		{"110000000000", "990301001201", false},
		{"", "990301001201", false},
		{"9903", "990301001201", false},
		{"990301000000", "99030", false},
		{"000000000000", "990301001201", true},
	} {
		if edition.Covers(one.division, one.other) != one.want {
			t.Errorf("%s covers %s: %v", one.division, one.other, !one.want)
		}
	}
}
