package filing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/seal"
)

// This test program runs itself as a child that is to be killed. The variable
// says what it does: "life FOLDER WORLD POINT:COUNT PAUSE", "first FOLDER",
// "room FOLDER", "pages FOLDER WORLD", "bad FOLDER WORLD on|stop" or "syncs FOLDER CASES".
const childVariable = "BIANMIN_TEST_CHILD"

func TestMain(m *testing.M) {
	if order := os.Getenv(childVariable); order != "" {
		if err := child(strings.Fields(order)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(order []string) error {
	switch order[0] {
	case "life":
		return life(order[1], order[2], order[3], order[4])
	case "first":
		return first(order[1])
	case "bad":
		return bad(order[1], order[2], order[3])
	case "pages":
		return pages(order[1], order[2])
	case "room":
		return room(order[1])
	case "syncs":
		cases, err := strconv.Atoi(order[2])
		if err != nil {
			return err
		}
		return syncs(order[1], cases)
	}
	return fmt.Errorf("unknown order %q", order[0])
}

// killer kills this process at a named point the count-th time it is passed.
func killer(at string) func(string) {
	name, count, _ := strings.Cut(at, ":")
	left, err := strconv.Atoi(count)
	if err != nil {
		return nil
	}
	return func(point string) {
		if point != name {
			return
		}
		if left--; left == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
}

// life files cases one after the other, prints, rates and delivers them, and
// writes down in the file seen what the outside world saw, until it is killed.
func life(folder, seen, at, rest string) error {
	ctx := context.Background()
	pause, err := time.ParseDuration(rest)
	if err != nil {
		return err
	}
	world, err := os.OpenFile(seen, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	f, err := filing.Open(ctx, filing.Options{Folder: folder, Software: "bianmin test", Cost: cheap, MinFree: 1, CommitPoint: killer(at)})
	if err != nil {
		return err
	}
	for i := range 1000 {
		number, err := oneCase(ctx, f, world, i)
		if err != nil {
			return err
		}
		if err := deliver(ctx, f.Store(), world); err != nil {
			return err
		}
		if err := correctCase(ctx, f, world, number); err != nil {
			return err
		}
		time.Sleep(pause)
	}
	return fmt.Errorf("never came to %s", at)
}

func oneCase(ctx context.Context, f *filing.Filing, world io.Writer, i int) (casefile.Number, error) {
	who := person("王小丫", "990102194501010027")
	retaken, err := f.Attach(ctx, "image/jpeg", []byte("retaken"))
	if err != nil {
		return "", err
	}
	if err := f.Drop(ctx, retaken.Digest); err != nil {
		return "", err
	}
	page, err := f.Attach(ctx, "image/jpeg", []byte(strings.Repeat("page", 40_000)))
	if err != nil {
		return "", err
	}
	filed, err := fileOne(ctx, f, who, page, i)
	if err != nil {
		return "", err
	}
	if _, err := fmt.Fprintf(world, "filed %s %s\n", filed.Number, filed.Digest); err != nil {
		return "", err
	}
	job, err := f.BeginPrint(ctx, filing.PrintJob{Kind: "receipt", Case: filed.Number})
	if err != nil {
		return "", err
	}
	if _, err := fmt.Fprintf(world, "printed %s %s\n", filed.Number, filed.Digest); err != nil {
		return "", err
	}
	if err := f.EndPrint(ctx, job, drivers.PrintReport{Outcome: drivers.Printed}); err != nil {
		return "", err
	}
	return filed.Number, f.Evaluate(ctx, filed, casefile.Evaluation{Level: 5, Times: 1})
}

func fileOne(ctx context.Context, f *filing.Filing, who identity.Card, page casefile.Attachment, i int) (casefile.Filed, error) {
	return f.Submit(ctx, casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领"},
		Applicant: casefile.Applicant{Name: who.Name, Number: who.Number},
		Values:    []byte(fmt.Sprintf(`{"round":%d}`, i)),
		Materials: []casefile.Material{{Code: "m1", Way: casefile.Scanned, Pages: []casefile.Page{{Attachment: page.Digest}}}},
	}, []casefile.Attachment{page}, who)
}

// correctCase sends a case back, corrects it and delivers that.
func correctCase(ctx context.Context, f *filing.Filing, world io.Writer, number casefile.Number) error {
	id := seal.Digest([]byte(number))[:32]
	u := casefile.Update{ID: id, Case: number, Kind: casefile.PlatformReturned, At: time.Now(), Notice: &casefile.Notice{Points: []casefile.NoticePoint{{ID: "1", Material: "m1", Text: "看不清"}}}}
	if err := f.Store().Take(ctx, id, []casefile.Update{u}); err != nil {
		return err
	}
	c, pages, err := answer(ctx, f, id)
	if err != nil {
		return err
	}
	done, err := f.Correct(ctx, number, c, pages)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(world, "corrected %s %s\n", number, done.Digest); err != nil {
		return err
	}
	return deliver(ctx, f.Store(), world)
}

// deliver plays the sender and a platform that takes everything.
func deliver(ctx context.Context, s *store.Store, world io.Writer) error {
	for {
		items, err := s.Pending(ctx, time.Now(), 10)
		if err != nil || len(items) == 0 {
			return err
		}
		for _, item := range items {
			reader, err := s.OpenPacket(ctx, item.Packet)
			if err != nil {
				return err
			}
			wire, err := io.ReadAll(io.NewSectionReader(reader, 0, reader.Total()))
			if err != nil {
				return err
			}
			if err := reader.Close(); err != nil {
				return err
			}
			if _, err := fmt.Fprintf(world, "sent %s %s %d %s\n", item.Case, item.Packet, item.Sequence, seal.Digest(wire)); err != nil {
				return err
			}
			if err := s.RecordRegistration(ctx, item.Packet, []byte("registered "+item.Packet)); err != nil {
				return err
			}
			if err := s.RecordAcknowledgement(ctx, item.Packet, []byte("accepted "+item.Packet), "O-"+string(item.Case), time.Now()); err != nil {
				return err
			}
		}
	}
}

// first opens a store as desk and sender do at the first start of a terminal.
func first(folder string) error {
	for range 5 {
		s, err := store.Open(context.Background(), store.Options{Folder: folder, Clock: store.SystemClock, Check: store.CheckNone})
		if err != nil {
			return err
		}
		if err := errors.Join(s.Audit(context.Background(), store.Entry{Action: "hello"}), s.Close()); err != nil {
			return err
		}
	}
	return nil
}
