package office_test

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

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/store"
	"bianmin/store/office"
)

// This test program runs itself as a child that is to be killed; the variable says "FOLDER WORLD POINT:COUNT".
const childVariable = "BIANMIN_TEST_CHILD"

func TestMain(m *testing.M) {
	if order := strings.Fields(os.Getenv(childVariable)); len(order) == 3 {
		begin := life
		if size, small := strings.CutPrefix(order[2], "room:"); small {
			begin = func(folder, seen, _ string) error {
				kilobytes, err := strconv.Atoi(size)
				return errors.Join(err, room(folder, seen, kilobytes))
			}
		}
		if order[2] == "bad" {
			begin = badDay
		}
		if err := begin(order[0], order[1], order[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
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

// worker is an agent at work whom a power cut may meet at any moment.
type worker struct {
	office *office.Office
	book   *office.Book
	world  io.Writer // what the outside world saw
	round  int
}

// life works one case after the other, and writes down what the outside world saw, until it is killed.
func life(folder, seen, at string) error {
	ctx := context.Background()
	world, err := os.OpenFile(seen, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	o, err := office.Open(ctx, office.Options{Folder: folder, Software: "bianmin test", SecretCost: cheap, CardCost: cheap, MinFree: 1, CommitPoint: killer(at)})
	if err != nil {
		return err
	}
	w := &worker{office: o, world: world}
	if err := w.activate(ctx); err != nil {
		return err
	}
	if w.book, err = o.SignOn(ctx, li, liSecret); err != nil {
		return err
	}
	for w.round = range 1000 {
		if err := w.day(ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("never came to %s", at)
}

// activate gives Li keys once, and Wang anew keys by a recovery in every life.
func (w *worker) activate(ctx context.Context) error {
	for account, secret := range map[string]string{li: liSecret, wang: wangSecret} {
		if err := w.office.Activate(ctx, account, code, secret, nil); err != nil && agency.Refused(err) != agency.NotNow {
			return err
		}
	}
	_, err := w.office.RecoveryRequest(ctx, wang)
	return err
}

func (w *worker) saw(format string, args ...any) error {
	_, err := fmt.Fprintf(w.world, format+"\n", args...)
	return err
}

func (w *worker) day(ctx context.Context) error {
	filed, err := w.accept(ctx)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, casefile.Number) error{w.fees, w.papers, w.rate, w.deliver, w.correct, w.handOver} {
		if err := step(ctx, filed.Number); err != nil {
			return err
		}
	}
	return nil
}

// accept drafts a case with a page, files it and prints its receipt.
func (w *worker) accept(ctx context.Context) (casefile.Filed, error) {
	page, err := w.book.Attach(ctx, "image/jpeg", []byte(strings.Repeat("page", 20_000)))
	if err != nil {
		return casefile.Filed{}, err
	}
	id := fmt.Sprintf("draft-%d-%d", os.Getpid(), w.round)
	if err := w.book.SaveDraft(ctx, agency.Draft{ID: id, Content: []byte("typed"), Attached: []casefile.Attachment{page}}); err != nil {
		return casefile.Filed{}, err
	}
	if err := w.saw("saved %s", id); err != nil {
		return casefile.Filed{}, err
	}
	filed, err := w.book.Submit(ctx, casefile.Submission{
		Item: casefile.ItemRef{Code: "I1", Name: "高龄津贴申领", PromisedDays: 5}, Applicant: zhang, Values: []byte(fmt.Sprintf(`{"round":%d}`, w.round)),
		Materials: []casefile.Material{{Code: "m1", Way: casefile.Scanned, Pages: []casefile.Page{{Attachment: page.Digest}}}},
	}, []casefile.Attachment{page}, id)
	if err != nil {
		return casefile.Filed{}, err
	}
	if err := w.saw("filed %s %s %s", filed.Number, filed.Digest, id); err != nil {
		return casefile.Filed{}, err
	}
	job, err := w.book.BeginPrint(ctx, agency.PrintJob{Kind: "receipt", Case: filed.Number})
	if err != nil {
		return casefile.Filed{}, err
	}
	return filed, w.book.EndPrint(ctx, job, drivers.PrintReport{Outcome: drivers.Printed})
}

func (w *worker) fees(ctx context.Context, number casefile.Number) error {
	fee, err := w.book.Fee(ctx, number, casefile.FeeEntry{Name: "工本费", Fen: 1500, Payer: zhang.Name}, guide)
	if err != nil {
		return err
	}
	if err := w.saw("receipt %s %s 1500", fee.Receipt, number); err != nil {
		return err
	}
	refund, err := w.book.Fee(ctx, number, casefile.FeeEntry{Name: "工本费", Fen: -500, Counter: fee.Receipt}, guide)
	if err != nil {
		return err
	}
	return w.saw("receipt %s %s -500", refund.Receipt, number)
}

func (w *worker) papers(ctx context.Context, number casefile.Number) error {
	ids := []string{string(number) + "/1", string(number) + "/2"}
	move := casefile.PaperMove{Step: casefile.PaperReceived, Place: "柜一", Papers: []casefile.Paper{{Name: "户口簿"}, {Name: "照片"}}}
	if _, err := w.book.Add(ctx, number, casefile.Papers, casefile.Event{Papers: &move}, nil); err != nil {
		return err
	}
	if err := w.saw("paper %s received", ids[0]); err != nil {
		return err
	}
	if err := w.sheets(ctx, ids); err != nil {
		return err
	}
	back := casefile.PaperMove{Step: casefile.PaperReturned, Party: zhang.Name, Papers: []casefile.Paper{{ID: ids[1]}}}
	if _, err := w.book.Add(ctx, number, casefile.Papers, casefile.Event{Papers: &back}, nil); err != nil {
		return err
	}
	return w.saw("paper %s returned", ids[1])
}

// sheets prints two sheets: one is declared void, the other signed.
func (w *worker) sheets(ctx context.Context, ids []string) error {
	for i, id := range []string{ids[1], ids[0]} {
		line, err := w.book.PrepareSheet(ctx, casefile.Sheet{From: "村", To: "镇", Papers: []casefile.Paper{{ID: id}}})
		if err != nil {
			return err
		}
		if err := w.saw("sheet %s %s prepared", line.Number, id); err != nil {
			return err
		}
		became := "void"
		if i == 0 {
			err = w.book.VoidSheet(ctx, line.Number)
		} else {
			became = "issued"
			_, err = w.book.Issue(ctx, line.Number, nil, nil)
		}
		if err != nil {
			return err
		}
		if err := w.saw("sheet %s %s %s", line.Number, id, became); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) rate(ctx context.Context, number casefile.Number) error {
	filed, err := w.book.Add(ctx, number, casefile.Evaluated, casefile.Event{Evaluation: &casefile.Evaluation{Level: 5}}, nil)
	if err != nil {
		return err
	}
	return w.saw("event %s", filed.Event.ID)
}

// deliver plays the sender and a platform that takes everything.
func (w *worker) deliver(ctx context.Context, _ casefile.Number) error {
	s := w.office.Store()
	for {
		items, err := s.Pending(ctx, time.Now(), 20)
		if err != nil || len(items) == 0 {
			return err
		}
		for _, item := range items {
			if err := w.saw("sent %s %s %d %s", item.Case, item.Packet, item.Sequence, item.Digest); err != nil {
				return err
			}
			if err := s.RecordAcknowledgement(ctx, item.Packet, []byte("ok "+item.Packet), "O-"+string(item.Case), time.Now()); err != nil {
				return err
			}
		}
	}
}

// correct takes a notice in and answers it.
func (w *worker) correct(ctx context.Context, number casefile.Number) error {
	id := fmt.Sprintf("%016x%016x", os.Getpid(), w.round)
	notice := casefile.Update{ID: id, Case: number, Kind: casefile.PlatformReturned, At: time.Now(), Notice: &casefile.Notice{Points: []casefile.NoticePoint{{ID: "1", Text: "x"}}}}
	if err := w.office.Store().Take(ctx, id, []casefile.Update{notice}); err != nil {
		return err
	}
	_, err := w.book.Add(ctx, number, casefile.Corrected, casefile.Event{Correction: &casefile.Correction{Notice: id, Points: []string{"1"}}}, nil)
	return err
}

// handOver gives every third case to Wang.
func (w *worker) handOver(ctx context.Context, number casefile.Number) error {
	if w.round%3 != 2 {
		return nil
	}
	return errors.Join(w.book.HandOver(ctx, []casefile.Number{number}, wang), w.saw("handed %s", number))
}

var points = []string{
	store.PointAttachmentRenamed, store.PointDraftBefore, store.PointDraftAfter, store.PointDeskBefore, store.PointDeskAfter,
	store.PointTakeBefore, store.PointTakeAfter, store.PointKeysBefore, store.PointKeysAfter, store.PointPrintBegun, store.PointAckBefore, store.PointAckAfter,
}
