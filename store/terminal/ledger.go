package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"syscall"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/usage"
	"bianmin/drivers"
	"bianmin/store"
)

// PrintJob is one physical job in the print ledger.
type PrintJob struct {
	Kind    string // "receipt" or "guide"
	Case    casefile.Number
	Item    string
	Reprint bool // marked 补打
}

// BeginPrint writes a job into the ledger before its first byte. A receipt of a
// case that is not in the store is refused.
func (t *Terminal) BeginPrint(ctx context.Context, job PrintJob) (int64, error) {
	opened, _, err := t.Opened(ctx)
	if err != nil {
		return 0, err
	}
	id, err := opened.BeginPrint(ctx, store.Print{Kind: job.Kind, Case: job.Case, Item: job.Item, Reprint: job.Reprint})
	return id, Coded(err)
}

// EndPrint writes the printer's report after the last byte.
func (t *Terminal) EndPrint(ctx context.Context, id int64, report drivers.PrintReport) error {
	opened, _, err := t.Opened(ctx)
	if err != nil {
		return err
	}
	evidence, err := json.Marshal(report)
	if err != nil {
		return Coded(fmt.Errorf("encode print report: %w", err))
	}
	return Coded(opened.EndPrint(ctx, id, string(report.Outcome), string(evidence)))
}

// ConfirmPrint writes what the person said about a job of unknown outcome.
func (t *Terminal) ConfirmPrint(ctx context.Context, id int64, cameOut bool, by string) error {
	opened, _, err := t.Opened(ctx)
	if err != nil {
		return err
	}
	return Coded(opened.ConfirmPrint(ctx, id, cameOut, by))
}

// Health is what header, staff screen and out-of-service screen show.
type Health struct {
	Online      bool
	Waiting     int // packets not yet delivered
	Refused     int
	Oldest      time.Time // of the waiting packets
	LastContact time.Time
	DiskFree    int64 // bytes
	ClockDoubt  bool
	Problem     casefile.Code // "" when the terminal can serve
	Link        casefile.Link // what the sender says of it
}

// Health tells how the terminal stands. It answers for a terminal that cannot
// serve too, as far as it can.
func (t *Terminal) Health(ctx context.Context) (Health, error) {
	var h Health
	h.DiskFree, _ = diskFree(t.options.Folder) // 0 when it cannot be told; Ready judges
	problem := t.Ready(ctx)
	h.Problem = store.Code(problem)
	h.ClockDoubt = h.Problem == casefile.ClockDoubt
	opened, _, err := t.Opened(ctx)
	if h.Problem == casefile.NewerDatabase { // what waits there is shown all the same, if that version left it readable
		if opened, err = store.OpenToRead(ctx, t.options.Folder); err == nil {
			defer func() { _ = opened.Close() }()
		}
	}
	if err != nil {
		return h, nil //nolint:nilerr // the problem is the answer
	}
	counts, err := opened.Counts(ctx)
	if err != nil {
		return h, Coded(err)
	}
	link, err := opened.Link(ctx)
	if err != nil {
		return h, Coded(err)
	}
	h.Waiting, h.Refused, h.Oldest = counts.Waiting, counts.Refused, counts.Oldest
	h.Online, h.LastContact = link.Online, link.LastContact
	h.Link = t.Link()
	return h, nil
}

func diskFree(folder string) (int64, error) {
	stat, err := fileSystem(folder)
	if err != nil {
		return 0, err
	}
	return int64(stat.Bavail) * stat.Bsize, nil // #nosec G115 -- far below 2^63
}

// writable tells of a file system that the kernel has made read-only: it does so by itself when a disk fails, and open files
// do not hear of it before they are written to.
func writable(folder string) error {
	stat, err := fileSystem(folder)
	if err != nil {
		return err
	}
	const readOnly = 1 // ST_RDONLY of statfs(2)
	if stat.Flags&readOnly != 0 {
		return &casefile.Error{Code: casefile.ReadOnly, Err: errors.New("the file system is read-only")}
	}
	return nil
}

func fileSystem(folder string) (syscall.Statfs_t, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		return stat, fmt.Errorf("look at the file system: %w", err)
	}
	return stat, nil
}

// ConfirmClock notes that a technician confirmed the time shown.
func (t *Terminal) ConfirmClock(ctx context.Context, account string) error {
	opened, _, err := t.Opened(ctx)
	if err != nil {
		return err
	}
	return Coded(opened.ConfirmClock(ctx, account))
}

// RetryQueue lets every waiting packet be tried at once.
func (t *Terminal) RetryQueue(ctx context.Context, account string) error {
	opened, _, err := t.Opened(ctx)
	if err != nil {
		return err
	}
	if err := opened.RetryNow(ctx); err != nil {
		return Coded(err)
	}
	return Coded(opened.Audit(ctx, store.Entry{Actor: "technician:" + account, Action: "queue-retry"}))
}

// CountUse counts that something was used, of nobody in particular. A terminal that is not set up counts nothing.
func (t *Terminal) CountUse(ctx context.Context, kind usage.Kind, item string) error {
	opened, _, err := t.Opened(ctx)
	if err != nil {
		return nil // the screen says why there is no store
	}
	return Coded(opened.CountUse(ctx, kind, item))
}
