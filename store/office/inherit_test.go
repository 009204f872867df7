package office_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/sync/seal"
)

// successorOf is a new PC with keys of its own, the next generation, and the secrets a backup brings.
func successorOf(t *testing.T, p *point) *point {
	t.Helper()
	fresh := pointAt(t, p.authority, "QH0301")
	keys := filepath.Join(fresh.folder, "keys")
	fresh.identity = p.authority.Certify(t, keys, fresh.identity.Keys, "QH0301", "B")
	must(t, seal.AddInherited(keys, p.identity.Keys.Secret))
	return fresh
}

// inherit takes a copy of the old PC's store, with its pages, into the new one.
func (p *point) inherit(t *testing.T, from *point) store.Inherited {
	t.Helper()
	between := t.TempDir()
	open := func(folder string) *store.Store {
		s, err := store.Open(t.Context(), store.Options{Folder: folder, Clock: p.clock.read})
		must(t, err)
		return s
	}
	old := open(from.folder)
	must(t, old.CopyTo(t.Context(), store.DatabaseIn(between)))
	must(t, old.Close())
	must(t, open(between).Close())
	if err := os.CopyFS(filepath.Join(p.folder, "attachments"), os.DirFS(filepath.Join(from.folder, "attachments"))); err != nil && !errors.Is(err, os.ErrExist) {
		t.Fatal(err)
	}
	fresh := open(p.folder)
	got, err := fresh.Inherit(t.Context(), store.Inheritance{Database: store.DatabaseIn(between), Terminal: "QH0301A", Backup: "b", Generation: "B"})
	must(t, err)
	if _, err := fresh.VerifyAudit(t.Context()); err != nil {
		t.Error(err)
	}
	must(t, fresh.Close())
	return got
}

// TestBooksMoveToTheNextPC: with the same passphrase an agent finds cases, pages,
// drafts, ledger, closings and papers on the PC that took the old one's place, and goes on.
func TestBooksMoveToTheNextPC(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	filed := submit(t, b, zhang, "page one")
	const today = "2026-11-23"
	fee := casefile.FeeEntry{Name: "工本费", Fen: 2000}
	if _, err := b.Fee(t.Context(), filed.Number, fee, guide); err != nil {
		t.Fatal(err)
	}
	_, err := b.CloseDay(t.Context(), today, 2000, "", nil, nil)
	must(t, err)
	_, pages := submission(t, b, zhang, "draft page")
	must(t, b.SaveDraft(t.Context(), agency.Draft{ID: "d1", Content: []byte("half a form"), Attached: pages}))
	must(t, o.Close())

	fresh := successorOf(t, p)
	got := fresh.inherit(t, p)
	if got.Cases != 2 || got.Packets != 3 || got.Waiting != 3 || got.Drafts != 1 || len(got.Aside) != 0 { // the closing is a record of its own
		t.Errorf("%+v", got)
	}
	if again := fresh.inherit(t, p); again.Cases != 0 || again.Packets != 0 || again.Drafts != 0 {
		t.Errorf("the second time: %+v", again)
	}
	o = fresh.open(t)
	b = signOn(t, o, li, liSecret)
	file, err := b.Case(t.Context(), filed.Number)
	must(t, err)
	page, err := b.Open(t.Context(), file.Attachments[0])
	must(t, err)
	if content, err := io.ReadAll(page); err != nil || string(content) != "page one" || file.Person != zhang.Name {
		t.Errorf("%q of %q, %v", content, file.Person, err)
	}
	drafts, err := b.Drafts(t.Context())
	if err != nil || len(drafts) != 1 || string(drafts[0].Content) != "half a form" {
		t.Errorf("drafts %+v, %v", drafts, err)
	}
	if fees, err := b.Fees(t.Context(), today); err != nil || len(fees) != 1 || fees[0].Fen != 2000 {
		t.Errorf("fees %+v, %v", fees, err)
	}
	if _, err := b.CloseDay(t.Context(), today, 2000, "", nil, nil); err == nil {
		t.Error("a day that was closed on the old PC was closed again")
	}
	if next := submit(t, b, zhang, "page two"); !strings.HasPrefix(string(next.Number), "QH0301B-") {
		t.Errorf("the next number is %s", next.Number)
	}
	signOn(t, o, wang, wangSecret)
	if _, err := o.SignOn(t.Context(), wang, liSecret); !errors.Is(err, agency.ErrSecret) {
		t.Errorf("another's passphrase: %v", err)
	}
}

// TestAgentWhoBeganAnew: who activated on the new PC before the books came gets
// them all the same while the new ones are empty; otherwise they stay aside and are named.
func TestAgentWhoBeganAnew(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	submit(t, signOn(t, o, li, liSecret), zhang, "page one")
	submit(t, signOn(t, o, wang, wangSecret), zhang, "page two")
	must(t, o.Close())
	fresh := successorOf(t, p)
	o = fresh.active(t)
	submit(t, signOn(t, o, wang, wangSecret), zhang, "page three")
	must(t, o.Close())
	got := fresh.inherit(t, p)
	if got.Cases != 2 || got.Waiting != 2 || len(got.Aside) != 1 || got.Aside[0] != wang {
		t.Fatalf("%+v", got)
	}
	o = fresh.open(t)
	for account, secret := range map[string]string{li: liSecret, wang: wangSecret} {
		page, err := signOn(t, o, account, secret).List(t.Context(), agency.Query{})
		if err != nil || page.Total != 1 {
			t.Errorf("%s sees %+v, %v", account, page, err)
		}
	}
}
