package practice

import (
	"context"
	"time"

	"bianmin/agent/desk"
	"bianmin/core/casefile"
)

// Office is a real office on practice's folder whose department hears what is filed.
type Office struct {
	desk.Office
	Department *Department
}

// SignOn opens the account's keys.
func (o Office) SignOn(ctx context.Context, account, secret string) (desk.Book, error) {
	book, err := o.Office.SignOn(ctx, account, secret)
	if err != nil {
		return nil, err
	}
	return heard{book, o.Department}, nil
}

// heard is a book that tells the department. The real platform opens packets; nobody can open those of practice.
type heard struct {
	desk.Book
	department *Department
}

// Submit commits a case.
func (b heard) Submit(ctx context.Context, s casefile.Submission, attachments []casefile.Attachment, draft string) (casefile.Filed, error) {
	filed, err := b.Book.Submit(ctx, s, attachments, draft)
	if err == nil {
		b.department.Filed(filed.Number, s, time.Now())
	}
	return filed, err
}

// Add commits one more event of a case.
func (b heard) Add(ctx context.Context, number casefile.Number, kind casefile.EventKind, body casefile.Event, attachments []casefile.Attachment) (casefile.Filed, error) {
	filed, err := b.Book.Add(ctx, number, kind, body, attachments)
	if err == nil {
		b.department.Added(number, kind, time.Now())
	}
	return filed, err
}
