package tested_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/packaging/tested"
)

var at = time.Date(2026, 11, 27, 3, 30, 0, 0, time.UTC)

func result(role drivers.Role, level selftest.Level, days int) selftest.Result {
	return selftest.Result{Role: role, Level: level, Outcome: selftest.Passed, At: at.AddDate(0, 0, days), Serial: "S1", Asked: selftest.Asker{Program: "test"}}
}

// TestKept: a year of nights does not push out the one test a person did, and who reads later finds it.
func TestKept(t *testing.T) {
	data := t.TempDir()
	if err := tested.Keep(data, result(drivers.RolePrinter, selftest.Interactive, 0), result(drivers.RoleReader, selftest.Internal, 0)); err != nil {
		t.Fatal(err)
	}
	for day := 1; day <= 40; day++ {
		if err := tested.Keep(data, result(drivers.RolePrinter, selftest.Internal, day)); err != nil {
			t.Fatal(err)
		}
	}
	all, err := tested.All(data)
	if err != nil || len(all) != 22 {
		t.Fatalf("%d results, %v", len(all), err)
	}
	last := selftest.Last(all, drivers.Status{Role: drivers.RolePrinter})
	if len(last) != 2 || last[0].Level != selftest.Internal || !last[0].At.Equal(at.AddDate(0, 0, 40)) || last[1].Level != selftest.Interactive {
		t.Errorf("%+v", last)
	}
	if of := selftest.Last(all, drivers.Status{Role: drivers.RolePrinter, Serial: "S2"}); len(of) != 0 {
		t.Errorf("of another device in its place: %+v", of)
	}
	info, err := os.Stat(filepath.Join(data, "selftest.jsonl"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if all, err := tested.All(t.TempDir()); err != nil || len(all) != 0 {
		t.Errorf("nothing kept: %+v, %v", all, err)
	}
}

// TestDamaged: what can be read is given beside the error, the file is kept as it was, and the next result is kept too.
func TestDamaged(t *testing.T) {
	data := t.TempDir()
	if err := tested.Keep(data, result(drivers.RolePrinter, selftest.External, 0)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(data, "selftest.jsonl")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spoiled := append(bytes.Clone(content), "\x00\x00{\"role\":\n"...)
	if err := os.WriteFile(path, spoiled, 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := tested.All(data)
	if !errors.Is(err, tested.ErrDamaged) || !strings.Contains(err.Error(), "1 of 2") || len(all) != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	if err := tested.Keep(data, result(drivers.RoleReader, selftest.Internal, 1)); err != nil {
		t.Fatal(err)
	}
	if all, err := tested.All(data); err != nil || len(all) != 2 {
		t.Errorf("afterwards: %+v, %v", all, err)
	}
	if aside, err := os.ReadFile(path + ".damaged"); err != nil || !bytes.Equal(aside, spoiled) {
		t.Errorf("kept aside: %q, %v", aside, err)
	}
}

// TestNewerVersion: what a newer version wrote into a result stays when this one adds another.
func TestNewerVersion(t *testing.T) {
	data := t.TempDir()
	path := filepath.Join(data, "selftest.jsonl")
	newer := `{"role":"printer","level":"thorough","outcome":"passed","at":"2026-11-27T00:00:00Z","head":"1.2 km"}`
	if err := os.WriteFile(path, []byte(newer+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := tested.Keep(data, result(drivers.RoleReader, selftest.Internal, 1)); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(content), newer+"\n") {
		t.Errorf("%s, %v", content, err)
	}
}

// TestAtOnce: two programs that keep results at once lose none.
func TestAtOnce(t *testing.T) {
	data := t.TempDir()
	var writing sync.WaitGroup
	for n := range 8 {
		writing.Go(func() {
			r := result(drivers.RoleReader, selftest.Internal, n)
			r.Serial = fmt.Sprint(n)
			if err := tested.Keep(data, r); err != nil {
				t.Error(err)
			}
		})
	}
	writing.Wait()
	if all, err := tested.All(data); err != nil || len(all) != 8 {
		t.Errorf("%d, %v", len(all), err)
	}
}

func TestDue(t *testing.T) {
	roles := []drivers.Role{drivers.RoleReader, drivers.RolePrinter}
	all := []selftest.Result{result(drivers.RoleReader, selftest.Internal, 0), result(drivers.RolePrinter, selftest.External, 0)}
	now := at.Add(time.Hour)
	if !tested.Due(all, roles, now) {
		t.Error("the printer was never asked")
	}
	all = append(all, result(drivers.RolePrinter, selftest.Internal, 0))
	if tested.Due(all, roles, now) || !tested.Due(all, roles, at.Add(25*time.Hour)) || !tested.Due(all, roles, at.Add(-time.Hour)) || tested.Due(nil, nil, now) {
		t.Error("once a day, and again when the clock was set back")
	}
}

// TestPapers: what the tests print has all its signs.
func TestPapers(t *testing.T) {
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	if pdf, err := tested.Page(words); err != nil || len(pdf) < 1000 {
		t.Errorf("%d bytes, %v", len(pdf), err)
	}
	if strip := tested.Strip(words); len(strip.Blocks) < 5 || len(words.Missing()) > 0 {
		t.Errorf("%+v, no words for %v", strip, words.Missing())
	}
}
