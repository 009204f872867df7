package release_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bianmin/packaging/update/release"
)

func TestVersions(t *testing.T) {
	rising := []string{"0.4", "0.4.20260101", "0.4.20261126011000", "1~rc1", "1~rc2", "1", "1.0.1", "1.2~a.2", "1.2~a.10", "1.2", "1.2+1", "1.2+2", "1.10", "10"}
	for i, a := range rising {
		if !release.ValidVersion(a) {
			t.Errorf("%s is no version", a)
		}
		for j, b := range rising {
			if got, want := release.Compare(a, b), compare(i, j); got != want {
				t.Errorf("%s and %s compare as %d, want %d", a, b, got, want)
			}
		}
	}
	if release.Compare("1.0", "1") != 0 {
		t.Error("1.0 and 1 differ")
	}
	for _, wrong := range []string{"", "a", "1..2", ".", "..", "1/2", "../1", "1.", "1-2", "1 ", "1.2.3.4.5", "dev", "1+", "1~a/b"} {
		if release.ValidVersion(wrong) {
			t.Errorf("%q is taken for a version", wrong)
		}
	}
}

func compare(i, j int) int {
	switch {
	case i < j:
		return -1
	case i > j:
		return 1
	}
	return 0
}

// programs is a folder as a build leaves it.
func programs(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"agent", "kiosk", "provision", "sender"} {
		write(t, filepath.Join(folder, name), []byte("program "+name))
	}
	return folder
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o700); err != nil {
		t.Fatal(err)
	}
}

// TestRoundTrip: the same programs make the same bytes, and come out as they went in, for everybody to run.
func TestRoundTrip(t *testing.T) {
	folder := programs(t)
	var first, second bytes.Buffer
	r, err := release.Pack(&first, folder, "1.2", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := release.Pack(&second, folder, "1.2", "amd64"); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("two archives of the same programs differ, %v", err)
	}
	custom, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = release.Read(custom); err != nil {
		t.Fatal(err)
	}
	var seen []string
	to := t.TempDir()
	if err := r.Unpack(&first, to, func(name string) { seen = append(seen, name) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, []string{"agent", "kiosk", "provision", "sender"}) {
		t.Errorf("unpacked %v", seen)
	}
	if err := r.Verify(to); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Join(to, "kiosk")); err != nil || info.Mode() != 0o755 {
		t.Errorf("the kiosk has mode %v, %v", info.Mode(), err)
	}
	write(t, filepath.Join(to, "kiosk"), []byte("program k1osk"))
	if err := r.Verify(to); err == nil {
		t.Error("a changed program was not found")
	}
	write(t, filepath.Join(to, "more"), nil)
	if err := r.Verify(to); err == nil {
		t.Error("a file too many was not found")
	}
}

// entry is a line of an archive that somebody else made.
type entry struct {
	name, content, link string
	kind                byte
}

func archive(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	w := tar.NewWriter(zipped)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Size: int64(len(e.content)), Typeflag: e.kind, Linkname: e.link, Mode: 0o755}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func file(name, content string) entry { return entry{name: name, content: content, kind: tar.TypeReg} }

func listed(names ...string) (r release.Release) {
	r.Version, r.Arch = "1.2", "amd64"
	for _, name := range names {
		sum := sha256.Sum256([]byte(name))
		r.Files = append(r.Files, release.File{Name: name, Size: int64(len(name)), SHA256: hex.EncodeToString(sum[:])})
	}
	return r
}

// TestForeignArchives: nothing but what was signed leaves an archive, whatever else it holds.
func TestForeignArchives(t *testing.T) {
	good := []entry{file("kiosk", "kiosk"), file("provision", "provision"), file("sender", "sender")}
	r := listed("kiosk", "provision", "sender")
	if err := r.Unpack(bytes.NewReader(archive(t, good...)), t.TempDir(), nil); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"empty": nil, "no archive": []byte("text"), "nothing in it": archive(t),
		"one too few": archive(t, good[:2]...), "one too many": archive(t, append(good, file("more", "more"))...),
		"another order":     archive(t, good[1], good[0], good[2]),
		"out of the folder": archive(t, file("../kiosk", "kiosk"), good[1], good[2]),
		"a link":            archive(t, entry{name: "kiosk", link: "/bin/sh", kind: tar.TypeSymlink}, good[1], good[2]),
		"a hard link":       archive(t, entry{name: "kiosk", link: "/bin/sh", kind: tar.TypeLink}, good[1], good[2]),
		"another content":   archive(t, file("kiosk", "k1osk"), good[1], good[2]),
		"another length":    archive(t, file("kiosk", "kiosk1"), good[1], good[2]),
		"half":              archive(t, good...)[:60],
	} {
		t.Run(name, func(t *testing.T) {
			outer := t.TempDir()
			to := filepath.Join(outer, "in")
			if err := os.Mkdir(to, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := r.Unpack(bytes.NewReader(content), to, nil); err == nil {
				t.Error("taken")
			}
			if entries, err := os.ReadDir(outer); err != nil || len(entries) != 1 {
				t.Errorf("beside the folder lies %v, %v", entries, err)
			}
		})
	}
}

// TestEntries: what is no release is refused before anything is fetched.
func TestEntries(t *testing.T) {
	change := func(c func(r *release.Release)) release.Release {
		r := listed("kiosk", "provision", "sender")
		c(&r)
		return r
	}
	for name, r := range map[string]release.Release{
		"no sender": listed("kiosk", "provision"), "no screen": listed("provision", "sender"), "twice": listed("kiosk", "kiosk", "provision", "sender"),
		"version": change(func(r *release.Release) { r.Version = "../1" }), "machine": change(func(r *release.Release) { r.Arch = "a/b" }),
		"name":   listed("../kiosk", "kiosk", "provision", "sender"),
		"size":   change(func(r *release.Release) { r.Files[0].Size = 1 << 40 }),
		"digest": change(func(r *release.Release) { r.Files[0].SHA256 = "00" }),
		"many":   listed(slices.Repeat([]string{"kiosk"}, 65)...),
	} {
		custom, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := release.Read(custom); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for _, wrong := range []string{"", "null", "[]", `{"version":1}`} {
		if _, err := release.Read([]byte(wrong)); err == nil {
			t.Errorf("%q: taken", wrong)
		}
	}
}
