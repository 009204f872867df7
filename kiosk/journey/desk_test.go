package journey

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/identity"
	"bianmin/drivers"
)

// fakeDesk is filing, ledger and terminal: it keeps what was filed and checks the order of things.
type fakeDesk struct {
	log       *record
	ready     script[error]
	health    script[Health]
	queue     script[[]casefile.QueueLine]
	queueErr  script[error]
	carried   script[casefile.Carried]
	receipts  script[map[string]casefile.Summary]
	healthErr script[error]
	submitErr script[error]
	attachErr script[error]
	rateErr   script[error]
	state     script[casefile.Summary]
	list      script[[]casefile.Summary]
	listErr   script[error]
	signIn    script[staffAnswer]
	accounts  script[[]StaffAccount]
	delay     script[time.Duration]

	set  *catalogue.Catalogue // to look at what is submitted
	wall func() time.Time     // the clock stamps are made with; nil: a right one

	mu          sync.Mutex
	next        int
	attached    map[string]bool // by digest: true while it is kept
	listed      map[casefile.Number]bool
	submissions []casefile.Submission
	corrections []casefile.Correction
	ratings     []casefile.Evaluation
	jobs        []PrintJob
	ended       map[int64]drivers.PrintReport
	answers     []bool
	broken      []string // what broke the rules
}

func newDesk(log *record) *fakeDesk {
	d := &fakeDesk{log: log, attached: map[string]bool{}, listed: map[casefile.Number]bool{}, ended: map[int64]drivers.PrintReport{}}
	d.health.set(Health{Online: true})
	d.state.set(casefile.Summary{State: casefile.StateQueued})
	d.accounts.set([]StaffAccount{{ID: "t1", Name: "运维一"}, {ID: "t2", Name: "运维二"}})
	d.signIn.set(staffAnswer{ok: true})
	return d
}

func (d *fakeDesk) Ready(context.Context) error { return d.ready.get() }

// Able is Ready without regard to the room on the disk, as the real one.
func (d *fakeDesk) Able(context.Context) error {
	if err := d.ready.get(); code(err) != casefile.DiskFull {
		return err
	}
	return nil
}

func (d *fakeDesk) Attach(ctx context.Context, mediaType string, content []byte) (casefile.Attachment, error) {
	if err := d.attachErr.get(); err != nil {
		return casefile.Attachment{}, err
	}
	if err := ctx.Err(); err != nil {
		return casefile.Attachment{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next++
	digest := fmt.Sprintf("%064d", d.next)
	d.attached[digest] = true
	d.log.add("attach %s", mediaType)
	return casefile.Attachment{Digest: digest, MediaType: mediaType, Plain: int64(len(content)), Key: [16]byte{1}}, nil
}

func (d *fakeDesk) Drop(_ context.Context, digest string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.attached[digest] {
		d.broken = append(d.broken, "dropped a page that is not kept")
	}
	delete(d.attached, digest)
	return nil
}

func (d *fakeDesk) Submit(ctx context.Context, s casefile.Submission, attachments []casefile.Attachment, _ identity.Card) (casefile.Filed, error) {
	if delay := d.delay.get(); delay > 0 && !pause(ctx, delay) {
		return casefile.Filed{}, ctx.Err()
	}
	if err := d.submitErr.get(); err != nil {
		return casefile.Filed{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range attachments {
		if !d.attached[a.Digest] {
			d.broken = append(d.broken, "submitted a page that is not kept")
		}
		delete(d.attached, a.Digest) // it belongs to the case now: dropping it would be wrong
	}
	d.look(s)
	d.submissions = append(d.submissions, s)
	number := casefile.Number(fmt.Sprintf("QH0301A-261122-%04d-X", len(d.submissions)))
	d.log.add("submit")
	stamp := casefile.Stamp{Wall: day.Add(time.Hour), BusinessDate: day.Format(time.DateOnly), OffsetAgeSec: -1}
	if d.wall != nil {
		stamp.Wall = d.wall()
	}
	return casefile.Filed{
		Number: number, QR: "BM1:TEST", Digest: "ab",
		Event: casefile.Event{Case: number, At: stamp, Submission: &s, Point: "柳树沟村便民服务点"},
	}, nil
}

func (d *fakeDesk) Evaluate(_ context.Context, _ casefile.Filed, e casefile.Evaluation) error {
	if err := d.rateErr.get(); err != nil {
		return err
	}
	d.mu.Lock()
	d.ratings = append(d.ratings, e)
	d.mu.Unlock()
	return nil
}

func (d *fakeDesk) Cases(context.Context, identity.Card) ([]casefile.Summary, error) {
	list := d.list.get()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, summary := range list {
		d.listed[summary.Number] = true
	}
	return list, d.listErr.get()
}

func (d *fakeDesk) Summary(_ context.Context, f casefile.Filed) (casefile.Summary, error) {
	s := d.state.get()
	s.Number = f.Number
	return s, nil
}
func (d *fakeDesk) Digest(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }
func (d *fakeDesk) Today(context.Context) (time.Time, error) {
	return day, nil
}

func (d *fakeDesk) BeginPrint(_ context.Context, job PrintJob) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if job.Kind == jobReceipt && !d.known(job.Case) {
		d.broken = append(d.broken, "a receipt begins of a case that is not committed")
	}
	d.jobs = append(d.jobs, job)
	d.log.add("begin %s", job.Kind)
	return int64(len(d.jobs)), nil
}

// known tells whether a case was committed, now or in the past: one that was listed may have been purged since.
func (d *fakeDesk) known(number casefile.Number) bool {
	if d.listed[number] {
		return true
	}
	var n int
	_, err := fmt.Sscanf(string(number), "QH0301A-261122-%04d-X", &n)
	return err == nil && n >= 1 && n <= len(d.submissions)
}

// look checks that what is submitted may be submitted.
func (d *fakeDesk) look(s casefile.Submission) {
	values := form.Values{}
	if err := json.Unmarshal(s.Values, &values); err != nil {
		d.broken = append(d.broken, "values are no JSON")
		return
	}
	checked := d.set.Form(s.Item.Code)
	if problems := checked.Validate(values, form.Env{Today: day, Regions: d.set}); len(problems) > 0 {
		d.broken = append(d.broken, fmt.Sprintf("submitted values with problems: %s %s", problems[0].Field, problems[0].Code))
	}
	content, err := casefile.SignedContent(s)
	if err != nil || s.Signature == nil || s.Signature.Content != d.Digest(content) {
		d.broken = append(d.broken, "the signature is not bound to what is submitted")
	}
	item, _ := d.set.Item(s.Item.Code)
	for _, material := range d.set.NeededMaterials(item, values) {
		if !material.Optional && !slices.ContainsFunc(s.Materials, func(m casefile.Material) bool { return m.Code == material.Code }) {
			d.broken = append(d.broken, "a needed material is missing")
		}
	}
}

func (d *fakeDesk) EndPrint(_ context.Context, id int64, report drivers.PrintReport) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, twice := d.ended[id]; twice || id < 1 || int(id) > len(d.jobs) {
		d.broken = append(d.broken, "ended a print that was not begun")
	}
	d.ended[id] = report
	d.log.add("end")
	return nil
}

func (d *fakeDesk) ConfirmPrint(_ context.Context, id int64, cameOut bool, _ string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended[id].Outcome != drivers.Unconfirmed {
		d.broken = append(d.broken, "asked about a print whose outcome is known")
	}
	d.answers = append(d.answers, cameOut)
	return nil
}

func (d *fakeDesk) Health(context.Context) (Health, error) { return d.health.get(), d.healthErr.get() }
func (d *fakeDesk) StaffAccounts(context.Context) ([]StaffAccount, error) {
	return d.accounts.get(), nil
}

func (d *fakeDesk) StaffSignIn(context.Context, string, string) (bool, time.Duration, error) {
	a := d.signIn.get()
	return a.ok, a.locked, a.err
}

func (d *fakeDesk) ConfirmClock(context.Context, string) error {
	d.log.add("confirm-clock")
	return nil
}

func (d *fakeDesk) Queue(context.Context) ([]casefile.QueueLine, error) {
	return d.queue.get(), d.queueErr.get()
}

func (d *fakeDesk) Carry(_ context.Context, account, errand string) error {
	d.log.add("carry %s %s", account, errand)
	return nil
}

func (d *fakeDesk) Carried(context.Context) (casefile.Carried, error) { return d.carried.get(), nil }

func (d *fakeDesk) Receipt(_ context.Context, code string) (casefile.Summary, bool, error) {
	found, ok := d.receipts.get()[code]
	if !ok {
		return casefile.Summary{}, false, errors.New("no receipt's code")
	}
	return found, found.Number != "", nil
}

func (d *fakeDesk) RetryQueue(context.Context, string) error {
	d.log.add("retry-queue")
	return errors.New("nobody listens")
}
