package wiring

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	"golang.org/x/crypto/argon2"

	"bianmin/agent/desk"
	invented "bianmin/agent/practice"
	"bianmin/assets"
	"bianmin/core/agency"
	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/drivers/point"
	"bianmin/packaging/lockfile"
	"bianmin/packaging/version"
	"bianmin/store/cut"
	"bianmin/store/office"
	"bianmin/sync/enrol"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// practiceSecret opens every invented account: it stands on the page that asks for it.
const practiceSecret = "lianxibianmin"

// practiceCost of secrets that everybody knows is small.
var practiceCost = seal.Cost{Time: 1, Memory: 64, Threads: 1}

// ErrPractising says that practice mode is open already.
var ErrPractising = errors.New("practice mode is open already on this PC")

// rehearsal is what practice mode has open besides a desk's parts.
type rehearsal struct {
	bench      *invented.Bench
	department *invented.Department
	unlock     func() error
	stop       context.CancelFunc
	done       chan struct{}
}

// openPractice clears what the last practice left and opens a desk on a folder, an
// identity and devices of its own. Of the real data it reads who the point is.
func (a *Agent) openPractice(ctx context.Context) (err error) {
	data := a.options.Settings.Data
	r := &rehearsal{}
	a.rehearsal = r
	if r.unlock, err = holdPractice(data); err != nil {
		return err
	}
	folder, now := practice.Folder(data), time.Now()
	if _, err := practice.Begin(folder, a.practicePlace(data), now); err != nil {
		return fmt.Errorf("begin practice: %w", err)
	}
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return fmt.Errorf("draw a code: %w", err)
	}
	code := wire.FormatCode(random)
	if err := enrol.SaveAgents(filepath.Join(folder, "keys"), a.practiceAccounts(code)); err != nil {
		return fmt.Errorf("begin practice: %w", err)
	}
	a.Office, err = office.Open(ctx, office.Options{
		Folder: folder, Software: "bianmin-agent " + version.Version, CommitPoint: cut.Point, Log: a.options.Log, Practice: true,
		Calendar: a.calendarNow, SecretCost: practiceCost, CardCost: practiceCost,
	})
	if err != nil {
		return err
	}
	if err := a.activatePractice(ctx, code); err != nil {
		return err
	}
	papers := filepath.Join(folder, "papers")
	a.options.Settings.Exports = papers
	r.bench, err = invented.NewBench(invented.Options{
		Papers: papers, Words: a.words, Setter: a.paper, Font: assets.FontRegular(), Secret: practiceSecret, Code: code,
		Camera: a.options.Settings.Devices.Scanner != nil && point.NamesCamera(a.options.Settings.Devices.Scanner.Link),
	})
	if err != nil {
		return err
	}
	return a.openDepartment(ctx)
}

// holdPractice keeps a second practice from clearing the first one's folder. The lock is on the data folder itself: no file is written there.
func holdPractice(data string) (release func() error, err error) {
	release, err = lockfile.Folder(0, data, lockfile.Alone)
	if errors.Is(err, lockfile.ErrHeld) {
		return nil, ErrPractising
	}
	return release, err
}

// practicePlace is the real enrolment's point, or a village of the catalogue.
func (a *Agent) practicePlace(data string) practice.Place {
	if real, err := seal.LoadIdentity(filepath.Join(data, "keys")); err == nil {
		return practice.Place{Point: real.Point, Region: real.Region}
	}
	return practice.Place{Point: a.words.T(text.Chinese, "desk.practice.point", nil), Region: firstVillage(a.set.Region)}
}

func firstVillage(r catalogue.Region) string {
	for len(r.Children) > 0 {
		r = r.Children[0]
	}
	return r.Code
}

func (a *Agent) practiceAccounts(code string) []wire.Agent {
	const absence = 45 * 24 // hours
	var agents []wire.Agent
	for _, one := range []wire.Agent{
		{ID: invented.Agent, Name: invented.AgentName, Role: string(agency.RoleAgent), CanConfirm: true},
		{ID: invented.Trainee, Name: a.words.T(text.Chinese, "desk.practice.trainee", nil), Role: string(agency.RoleTrainee), CanConfirm: true},
		{ID: invented.Newcomer, Name: a.words.T(text.Chinese, "desk.practice.newcomer", nil), Role: string(agency.RoleAgent)},
	} {
		one.AbsenceHours, one.Salt, one.Time, one.Memory, one.Threads = absence, []byte("practice"+one.ID), 1, 64, 1
		one.Hash = argon2.IDKey([]byte(code), one.Salt, one.Time, one.Memory, one.Threads, 32)
		agents = append(agents, one)
	}
	return agents
}

// activatePractice makes the keys of the accounts one signs on with at once.
func (a *Agent) activatePractice(ctx context.Context, code string) error {
	card, err := invented.AgentCard()
	if err != nil {
		return err
	}
	if err := a.Office.Activate(ctx, invented.Agent, code, practiceSecret, &card); err != nil {
		return fmt.Errorf("activate the agent of practice: %w", err)
	}
	if err := a.Office.Activate(ctx, invented.Trainee, code, practiceSecret, nil); err != nil {
		return fmt.Errorf("activate the trainee of practice: %w", err)
	}
	return nil
}

// openDepartment lets the invented department work until the desk is closed.
func (a *Agent) openDepartment(ctx context.Context) error {
	opened, _, err := a.Office.Opened(ctx)
	if err != nil {
		return fmt.Errorf("open practice's store: %w", err)
	}
	r := a.rehearsal
	r.department = invented.NewDepartment(opened, a.words, a.log(), a.options.Pace)
	if err := r.department.Appoint(ctx, time.Now()); err != nil {
		return err
	}
	ctx, r.stop = context.WithCancel(ctx)
	r.done = make(chan struct{})
	go func() {
		defer close(r.done)
		r.department.Run(ctx)
	}()
	return nil
}

// end stops the department, before the store is closed.
func (r *rehearsal) end() {
	if r != nil && r.stop != nil {
		r.stop()
		<-r.done
	}
}

// release lets another practice begin, after the store was closed.
func (r *rehearsal) release() error {
	if r == nil || r.unlock == nil {
		return nil
	}
	return r.unlock()
}

// practiceCatalogue loads the installed catalogue if there is one that can be read, else the built-in one: one can always practise.
func practiceCatalogue(installed fs.FS, log *slog.Logger) (*catalogue.Catalogue, error) {
	set, err := catalogue.Load(installed)
	if err == nil {
		return set, nil
	}
	log.Warn("practice takes the built-in catalogue", "error", err)
	return catalogue.Load(assets.Catalogue())
}

// practiceDesk makes practice's desk of a desk's options.
func (a *Agent) practiceDesk(o desk.Options) desk.Options {
	o.Office = invented.Office{Office: o.Office, Department: a.rehearsal.department}
	o.Stick = nil
	o.Devices, o.Practice, o.CanPractise = a.rehearsal.bench.Devices(), a.rehearsal.bench, false
	if o.Times.Health == 0 {
		o.Times.Health = time.Second // the department answers within seconds, and somebody waits to see it
	}
	return o
}
