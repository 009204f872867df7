package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// SaveDraft replaces an account's draft, durable; pages are the digests of the
// attachments it holds, which then outlive the program.
func (s *Store) SaveDraft(ctx context.Context, account, id string, sealed []byte, pages []string, plain []byte) error {
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO drafts (account, id, saved_ms, sealed) VALUES (?, ?, ?, ?)
			ON CONFLICT (account, id) DO UPDATE SET saved_ms = excluded.saved_ms, sealed = excluded.sealed`,
			account, id, clock.Judgement.Now.UnixMilli(), sealed)
		if err != nil {
			return fmt.Errorf("insert draft: %w", err)
		}
		if _, err := tx.Exec("DELETE FROM draft_pages WHERE account = ? AND draft = ?", account, id); err != nil {
			return err
		}
		for _, digest := range pages {
			if _, err := tx.Exec("INSERT INTO draft_pages (digest, account, draft) VALUES (?, ?, ?)", digest, account, id); err != nil {
				return fmt.Errorf("insert draft page: %w", err)
			}
		}
		if s.bare {
			if err := setMeta(tx, "plain draft "+id, string(plain)); err != nil {
				return err
			}
		}
		s.point(PointDraftBefore)
		return nil
	})
	if err == nil {
		s.point(PointDraftAfter)
	}
	return wrap(err, "save a draft")
}

// DropDraft removes an account's draft with the pages nothing else names.
func (s *Store) DropDraft(ctx context.Context, account, id string) error {
	var files []string
	err := s.transact(ctx, true, func(tx *sql.Tx, _ statements) (err error) {
		if files, err = orphans(tx, account, id); err != nil {
			return err
		}
		return dropDraft(tx, account, id)
	})
	if err != nil {
		return wrap(err, "drop a draft")
	}
	var errs []error
	for _, digest := range files {
		errs = append(errs, remove(s.attachmentPath(digest)))
	}
	return wrap(classify(errors.Join(errs...)), "drop a draft")
}

// orphans are the pages that only this draft names.
func orphans(tx *sql.Tx, account, id string) ([]string, error) {
	rows, err := tx.Query(`SELECT digest FROM draft_pages p WHERE account = ? AND draft = ?
		AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.digest = p.digest)
		AND NOT EXISTS (SELECT 1 FROM draft_pages o WHERE o.digest = p.digest AND (o.account <> p.account OR o.draft <> p.draft))`, account, id)
	if err != nil {
		return nil, err
	}
	return texts(rows)
}

func dropDraft(tx *sql.Tx, account, id string) error {
	for _, statement := range []string{
		"DELETE FROM draft_pages WHERE account = ? AND draft = ?", "DELETE FROM drafts WHERE account = ? AND id = ?",
	} {
		if _, err := tx.Exec(statement, account, id); err != nil {
			return fmt.Errorf("remove draft: %w", err)
		}
	}
	return nil
}

// DropPage takes a page out of an account's drafts and removes its file when
// nothing else names it.
func (s *Store) DropPage(ctx context.Context, account, digest string) error {
	if !isDigest(digest) {
		return errors.New("drop a page: not a digest")
	}
	var named bool
	err := s.transact(ctx, true, func(tx *sql.Tx, _ statements) error {
		if _, err := tx.Exec("DELETE FROM draft_pages WHERE account = ? AND digest = ?", account, digest); err != nil {
			return err
		}
		return tx.QueryRow("SELECT EXISTS (SELECT 1 FROM attachments WHERE digest = ?) OR EXISTS (SELECT 1 FROM draft_pages WHERE digest = ?)",
			digest, digest).Scan(&named)
	})
	if err != nil || named {
		return wrap(err, "drop a page")
	}
	return wrap(classify(remove(s.attachmentPath(digest))), "drop a page")
}
