package courier

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/courier"
)

// TestAnswersComeFirst: where the catalogue's archive cannot be laid onto a stick, or the platform cannot say which edition is in force, the answers to a village's
// cases come back all the same, and whoever carries the stick is not told that it went wrong.
func TestAnswersComeFirst(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, editions string){
		"no archive": func(t *testing.T, editions string) {
			if err := os.RemoveAll(filepath.Join(editions, "archives")); err != nil {
				t.Fatal(err)
			}
		},
		"an edition that cannot be read": func(t *testing.T, editions string) {
			found, err := filepath.Glob(filepath.Join(editions, "divisions", "*", "*.json"))
			if err != nil || len(found) == 0 {
				t.Fatal(found, err)
			}
			for _, path := range found {
				if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			platform := platformtest.Start(t, platformtest.Options{})
			office := t.TempDir()
			if err := os.CopyFS(office, assets.Catalogue()); err != nil {
				t.Fatal(err)
			}
			platform.Run("catalogue", "publish", office)
			v := newVillage(t, platform, "QH0301")
			v.file(10)
			folder := newStick(t)
			v.must("export", folder)
			spoil(t, filepath.Join(platform.Dir, "catalogue"))
			if err := platform.Try("courier", "take", folder); err == nil || !strings.Contains(err.Error(), "not taken whole") {
				t.Errorf("the county hears nothing of it: %v", err)
			}
			if found := bundles(t, folder, courier.BackExt); len(found) != 1 {
				t.Fatalf("answers on the stick: %v", found)
			}
			if said := v.must("import", folder); !strings.Contains(said, "送达 1 件") || v.waiting() != 0 {
				t.Errorf("%s; %d wait", said, v.waiting())
			}
		})
	}
}

// TestOneBadAnswer: of two answers on a stick one is damaged; the screen says what was taken and that a part was not, and not that all failed.
func TestOneBadAnswer(t *testing.T) {
	platform := platformtest.Start(t, platformtest.Options{})
	v := newVillage(t, platform, "QH0301")
	v.file(10)
	folder := newStick(t)
	v.must("export", folder)
	v.county(folder)
	bad := filepath.Join(folder, courier.Folder, courier.Name("QH0301A", 9, courier.BackExt))
	if err := os.WriteFile(bad, []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	for round, want := range []casefile.Carried{{State: casefile.CarryClosing, Delivered: 1, Amiss: true}, {State: casefile.CarryFailed, Code: "foreign"}} {
		if _, err := v.run("errand", "do", casefile.CarryHome, folder); err == nil {
			t.Errorf("round %d: the journal hears nothing of it", round)
		}
		said, err := courier.Said(v.data)
		if err != nil || said.State != want.State || said.Code != want.Code || said.Delivered != want.Delivered || said.Amiss != want.Amiss {
			t.Errorf("round %d: %+v, %v", round, said, err)
		}
	}
	done := casefile.Carried{Errand: casefile.CarryHome, State: casefile.CarryDone, Delivered: 1, Amiss: true}
	if key := done.Key(time.Now()); key != "stick.imported-part" || done.Good() {
		t.Errorf("%q, good %v", key, done.Good())
	}
}
