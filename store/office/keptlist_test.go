package office_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/office"
)

// answer is what a look at the list gives.
type answer struct {
	page   agency.Page
	counts map[string]int
	known  []casefile.Number
}

var lookedFor = []agency.Query{
	{},
	{Limit: 3},
	{Limit: 2, Offset: 2},
	{Filter: office.CountOverdue},
	{Filter: office.CountSoon},
	{Filter: office.CountWaiting},
	{Filter: office.CountRefused},
	{States: []string{casefile.StateAccepted}},
	{States: []string{casefile.StateQueued, casefile.StateCorrection}},
	{From: "2026-11-24"},
	{To: "2026-11-24"},
	{Text: "金丝"},
	{Text: "smith"},
	{Text: "ELIZABETH"},
	{Text: "高龄"},
	{Text: "11990102mb"},
	{Text: "qh0301"},
	{Text: "o-QH"},
	{Text: "𠮷"},
	{Text: "nobody"},
	{Text: zhang.Number},
	{Text: strings.ToLower(crowdOfFew[1].Number)},
}

var crowdOfFew = []casefile.Applicant{
	zhang, {Name: "Elizabeth Smith", Number: "99010219450101779X"}, {Name: "𠮷田İstanbul", Number: "ABC123456789012"}, {Name: "两行\n名字", Number: "990102195001011236"},
}

func answers(t *testing.T, b *office.Book) []answer {
	t.Helper()
	counts, err := b.Counts(t.Context())
	must(t, err)
	var all []answer
	for _, query := range lookedFor {
		page, err := b.List(t.Context(), query)
		must(t, err)
		all = append(all, answer{page: page, counts: counts})
	}
	for _, who := range crowdOfFew {
		files, err := b.Known(t.Context(), who.Number)
		must(t, err)
		var a answer
		for _, file := range files {
			a.known = append(a.known, file.Number)
		}
		all = append(all, a)
	}
	return all
}

// sameAsAnew signs on, by the kept list where it counts, and compares with opening every row.
func sameAsAnew(t *testing.T, o *office.Office, doing string) {
	t.Helper()
	b := signOn(t, o, li, liSecret)
	got := answers(t, b)
	b.Forget()
	for i, want := range answers(t, b) {
		if !reflect.DeepEqual(got[i], want) {
			t.Fatalf("%s: look %d:\n%+v\nanew:\n%+v", doing, i, got[i], want)
		}
	}
	must(t, b.Close())
}

func recalled(t *testing.T, o *office.Office) int {
	t.Helper()
	b := signOn(t, o, li, liSecret)
	n, err := b.Recalled(t.Context())
	if err != nil {
		n = -1
	}
	must(t, b.Close())
	return n
}

// TestKeptListAnswersTheSame lives random days, and looks after each act whether a sign-on with the kept list gives what opening all rows gives.
func TestKeptListAnswersTheSame(t *testing.T) {
	random, acts := seeded(t), rounds(t, 60, 1000)
	p := newPoint(t)
	o := p.active(t)
	b, other := signOn(t, o, li, liSecret), signOn(t, o, wang, wangSecret)
	var numbers []casefile.Number
	used, days := 0, 0
	for i := range acts {
		doing := []string{"submit", "submit", "accept", "withdraw", "keep", "keep", "day", "give", "back", "return"}[random.IntN(10)]
		some := func() casefile.Number { return numbers[random.IntN(len(numbers))] }
		switch {
		case doing == "keep":
			must(t, b.KeepList(t.Context()))
		case doing == "day":
			p.clock.pass(24 * time.Hour)
			days++ // and the platform is heard: an agent nobody heard of for 45 days only reads
			must(t, o.Store().SetPlatformTime(t.Context(), morning.Add(time.Duration(days)*24*time.Hour)))
		case doing == "accept":
			accept(t, o)
		case doing == "submit" || len(numbers) == 0:
			numbers = append(numbers, submit(t, b, crowdOfFew[random.IntN(len(crowdOfFew))]).Number)
		case doing == "withdraw":
			_, err := b.Add(t.Context(), some(), casefile.Withdrawn, casefile.Event{}, nil)
			allowed(t, err)
		case doing == "give":
			allowed(t, b.HandOver(t.Context(), []casefile.Number{some()}, wang))
		case doing == "back":
			must(t, other.Close())
			other = signOn(t, o, wang, wangSecret)
			allowed(t, other.HandOver(t.Context(), []casefile.Number{some()}, li))
		case doing == "return":
			must(t, o.Store().Take(t.Context(), fmt.Sprint(i), []casefile.Update{{
				ID: fmt.Sprintf("%032x", i), Case: some(), Kind: casefile.PlatformReturned, At: morning,
				Notice: &casefile.Notice{Points: []casefile.NoticePoint{{ID: "1", Text: canary}}},
			}}))
		}
		if recalled(t, o) > 0 {
			used++
		}
		sameAsAnew(t, o, fmt.Sprintf("act %d: %s", i, doing))
	}
	if used < acts/10 {
		t.Errorf("the kept list counted only %d times of %d", used, acts)
	}
}

// allowed lets the rules' refusals through: what is refused changes nothing.
func allowed(t *testing.T, err error) {
	t.Helper()
	if err != nil && agency.Refused(err) == "" {
		t.Fatal(err)
	}
}

// keptPoint is a point whose list is kept, with what changed since.
func keptPoint(t *testing.T, change ...func(*office.Options)) (*point, *office.Office) {
	t.Helper()
	p := newPoint(t)
	o := p.active(t, change...)
	b := signOn(t, o, li, liSecret)
	for _, who := range crowdOfFew {
		submit(t, b, who)
	}
	accept(t, o)
	must(t, b.KeepList(t.Context()))
	submit(t, b, zhang)
	must(t, b.Close())
	return p, o
}

func listFile(t *testing.T, folder string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "lists", "*"))
	must(t, err)
	if len(names) != 1 {
		t.Fatalf("%v", names)
	}
	return names[0]
}

func TestKeptListDamaged(t *testing.T) {
	p, o := keptPoint(t)
	if n := recalled(t, o); n != len(crowdOfFew) {
		t.Fatalf("%d rows are recalled", n)
	}
	sameAsAnew(t, o, "whole")
	path := listFile(t, p.folder)
	whole, err := os.ReadFile(path)
	must(t, err)
	for name, content := range map[string][]byte{
		"empty": {}, "cut": whole[:len(whole)-1], "longer": append(append([]byte(nil), whole...), 0), "zeros": make([]byte, len(whole)),
		"a bit": append(append([]byte(nil), whole[:40]...), append([]byte{whole[40] ^ 1}, whole[41:]...)...),
	} {
		must(t, os.WriteFile(path, content, 0o600))
		if n := recalled(t, o); n != -1 {
			t.Errorf("%s: %d rows are recalled", name, n)
		}
		sameAsAnew(t, o, name)
	}
	must(t, os.Remove(path))
	if n := recalled(t, o); n != -1 {
		t.Errorf("missing: %d rows are recalled", n)
	}
	sameAsAnew(t, o, "missing")
}

// TestKeptListOfAnotherDay: a database put back from a copy knows nothing of a later list, nor a list of a later database.
func TestKeptListOfAnotherDay(t *testing.T) {
	p, o := keptPoint(t)
	must(t, o.Close())
	former := copyFolder(t, p.folder)
	o = p.open(t)
	b := signOn(t, o, li, liSecret)
	submit(t, b, zhang)
	must(t, b.KeepList(t.Context()))
	must(t, b.Close())
	must(t, o.Close())
	must(t, os.Rename(listFile(t, p.folder), listFile(t, former)))
	o, err := office.Open(t.Context(), office.Options{Folder: former, Clock: p.clock.read})
	must(t, err)
	t.Cleanup(func() { _ = o.Close() })
	if n := recalled(t, o); n != -1 {
		t.Errorf("%d rows of a later list are recalled", n)
	}
	sameAsAnew(t, o, "put back")
}

// TestKeptListKilled looks at the disk as each moment of writing the list leaves it.
func TestKeptListKilled(t *testing.T) {
	var p *point
	disks := map[string]string{}
	p, o := keptPoint(t, func(options *office.Options) {
		options.CommitPoint = func(name string) {
			if strings.HasPrefix(name, "list-") && p != nil {
				disks[name] = copyFolder(t, p.folder)
			}
		}
	})
	b := signOn(t, o, li, liSecret)
	submit(t, b, crowdOfFew[1])
	must(t, b.KeepList(t.Context()))
	want := answers(t, b)
	for _, name := range []string{store.PointListWritten, store.PointListBefore, store.PointListAfter} {
		again, err := office.Open(t.Context(), office.Options{Folder: disks[name], Clock: p.clock.read})
		must(t, err)
		sameAsAnew(t, again, name)
		if got := answers(t, signOn(t, again, li, liSecret)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		must(t, again.Close())
	}
}

// TestKeptListForgets: what was handed over or purged is not left readable in a kept list.
func TestKeptListForgets(t *testing.T) {
	p, o := keptPoint(t)
	b := signOn(t, o, li, liSecret)
	page, err := b.List(t.Context(), agency.Query{Limit: 1})
	must(t, err)
	must(t, b.HandOver(t.Context(), []casefile.Number{page.Lines[0].Number}, wang))
	if sealed, err := o.Store().KeptList(t.Context(), li); err != nil || sealed != nil {
		t.Errorf("after the hand-over: %d bytes, %v", len(sealed), err)
	}
	_, err = b.Add(t.Context(), lastOf(t, b), casefile.Withdrawn, casefile.Event{}, nil)
	must(t, err)
	accept(t, o)
	must(t, b.KeepList(t.Context()))
	p.clock.pass(4 * 365 * 24 * time.Hour)
	_, err = o.Store().Purge(t.Context()) // packets, then what has none
	must(t, err)
	_, err = o.Store().Purge(t.Context())
	must(t, err)
	if sealed, err := o.Store().KeptList(t.Context(), li); err != nil || sealed != nil {
		t.Errorf("after the purge: %d bytes, %v", len(sealed), err)
	}
	sameAsAnew(t, o, "purged")
}

func lastOf(t *testing.T, b *office.Book) casefile.Number {
	t.Helper()
	page, err := b.List(t.Context(), agency.Query{})
	must(t, err)
	return page.Lines[len(page.Lines)-1].Number
}

// TestListIsKeptByItself: after enough changed, at the sign-on and at work.
func TestListIsKeptByItself(t *testing.T) {
	c := newCrowd(t, office.KeepAfter)
	c.book.Kept()
	if n, err := c.book.Recalled(t.Context()); err != nil || n != office.KeepAfter {
		t.Fatalf("%d rows, %v", n, err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(c.folder, "bianmin.db")+"?_pragma=synchronous(OFF)")
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	_, err = db.Exec("UPDATE cases SET state = 'done'")
	must(t, err)
	counts, err := c.book.Counts(t.Context())
	must(t, err)
	c.book.Kept()
	if counts[casefile.StateDone] != office.KeepAfter {
		t.Errorf("%+v", counts)
	}
	c.book.Forget()
	n, err := c.book.Recalled(t.Context())
	must(t, err)
	if page, err := c.book.List(t.Context(), agency.Query{}); err != nil || n != office.KeepAfter || page.Total != n {
		t.Errorf("%d rows of %d, %v", n, page.Total, err)
	}
}
