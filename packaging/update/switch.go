package update

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"bianmin/packaging/lockfile"
	"bianmin/packaging/update/trial"
	"bianmin/store"
)

// Outcome is what a launch came to.
type Outcome string

// Outcomes.
const (
	Unchanged Outcome = "unchanged" // nothing to do
	Switched  Outcome = "switched"  // a new version is on trial now
	Again     Outcome = "again"     // the version on trial is started once more
	Confirmed Outcome = "confirmed" // the version on trial was healthy: from here only forward
	WentBack  Outcome = "went-back" // the version before runs again
	Later     Outcome = "later"     // a program serves somebody
)

// Ask wishes for the staged version: programs step aside when they serve nobody, and the next launch switches. A version
// that failed here before needs again.
func (u *Updater) Ask(again bool) (*Staged, error) {
	s, err := u.wanted(again)
	if err != nil {
		return nil, coded(err, Internal)
	}
	if err := trial.Ask(u.State, trial.Asked{Version: s.Version, SHA256: s.SHA256, At: u.Now().UTC()}); err != nil {
		return nil, coded(err, Internal)
	}
	u.passed("update-asked")
	return s, nil
}

// wanted is the staged version, when it may be switched to.
func (u *Updater) wanted(again bool) (*Staged, error) {
	s, err := u.Staged()
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, refuse(Nothing, "no version was fetched")
	}
	running, err := u.Running()
	if err != nil {
		return nil, err
	}
	if !newer(s.Version, running) {
		return nil, refuse(Older, "%s lies ready, and %s runs", s.Version, running)
	}
	if why, failed := u.failed(s.SHA256); failed && !again {
		return nil, refuse(FailedBefore, "version %s was tried here: %s", s.Version, why)
	}
	if err := s.Verify(u.programs(s.Version)); err != nil {
		return nil, &Refusal{Changed, err}
	}
	return s, nil
}

// Launch is called before kiosk or desk is started, by the version that proved healthy last. It takes the next step, and
// finishes what a power cut left half done. An error means that the program must not be started.
func (u *Updater) Launch(ctx context.Context) (Outcome, error) {
	outcome, err := u.step(ctx, true)
	return outcome, coded(err, Internal)
}

// Apply takes the same step when no program is started by it: it switches when nobody is served, and finishes trials.
func (u *Updater) Apply(ctx context.Context) (Outcome, error) {
	outcome, err := u.step(ctx, false)
	return outcome, coded(err, Internal)
}

func (u *Updater) step(ctx context.Context, starts bool) (Outcome, error) {
	release, err := u.alone("change", u.Wait)
	if err != nil {
		return Later, err
	}
	defer func() { _ = release() }()
	if err := trial.Prepare(u.State, u.Data); err != nil {
		return Unchanged, err
	}
	t, err := u.undecided()
	if err != nil {
		return Unchanged, err
	}
	switch {
	case t == nil || t.Stage == trial.Preparing:
		return u.begin(ctx, starts)
	case t.Stage == trial.GoingBack:
		return u.back(ctx, t)
	case t.Passed(u.State):
		return Confirmed, u.confirm(t)
	case !starts:
		return Unchanged, nil
	case t.Starts >= u.Limit:
		t.Why = fmt.Sprintf("not healthy after %d starts", t.Starts)
		if why := t.Complaint(u.State); why != "" {
			t.Why += ": " + why
		}
		return u.back(ctx, t)
	}
	return u.again(ctx, t)
}

// alone keeps a second updater out of a kind of work: the short steps of a change, and the long fetching.
func (u *Updater) alone(work string, wait time.Duration) (release func() error, err error) {
	release, err = lockfile.Within(wait, u.state(work+".lock"), lockfile.Alone)
	if errors.Is(err, lockfile.ErrHeld) {
		return nil, refuse(InUse, "another updater is at work")
	}
	return release, err
}

// undecided is the trial that is on. A note that cannot be read is replaced by what the links say.
func (u *Updater) undecided() (*trial.Trial, error) {
	t, err := trial.Read(u.State)
	if err == nil && t != nil && t.Stage == trial.Running {
		if now, err := u.Running(); err == nil && now != t.From && now != t.To {
			u.Log.Warn("the package put another version in place of the one on trial", "version", now)
			return nil, trial.End(u.State)
		}
	}
	if err == nil {
		return t, nil
	}
	u.Log.Error("the note of a trial cannot be read", "error", err)
	from, errFrom := u.link(keeper)
	to, errTo := u.link(current)
	if err := errors.Join(errFrom, errTo); err != nil {
		return nil, err
	}
	if from == to {
		return nil, trial.End(u.State)
	}
	t = &trial.Trial{ID: trial.NewID(), From: from, To: to, Programs: u.programs(to), Stage: trial.Running, Starts: u.Limit, Begun: u.Now().UTC()}
	if trial.AnyPassed(u.State) {
		return t, t.Pass(u.State, u.Now())
	}
	return t, t.Write(u.State)
}

// begin switches to the version that is wished for. What stands against it is noted, and the version that runs goes on.
func (u *Updater) begin(ctx context.Context, starts bool) (Outcome, error) {
	running, err := u.Running()
	if err != nil {
		return Unchanged, err
	}
	// The package put another version in place by a technician's hand, or is new here.
	if err := errors.Join(u.tidy(), u.point(keeper, running)); err != nil {
		u.Log.Error("what an earlier change left was not removed", "error", err) // the version that is there must start
	}
	wish, err := trial.Wish(u.State)
	if err != nil {
		u.Log.Error("a wish cannot be read", "error", err)
		return Unchanged, trial.Unask(u.State)
	}
	if wish == nil {
		return Unchanged, nil
	}
	s, err := u.wanted(true)
	if err == nil && (s.Version != wish.Version || s.SHA256 != wish.SHA256) {
		err = refuse(Changed, "%s was wished for and %s lies ready", wish.Version, s.Version)
	}
	if err != nil {
		return u.dismiss(err, starts)
	}
	t, err := u.change(ctx, s)
	switch {
	case CodeOf(err) == InUse && !starts:
		return Later, u.tidy()
	case err != nil:
		return u.dismiss(err, starts)
	case !starts:
		return Switched, nil
	}
	if outcome, err := u.again(ctx, t); outcome != Again {
		return outcome, err
	}
	return Switched, nil
}

// dismiss gives the wish up. Before a start the error is only noted: the version that is there must start.
func (u *Updater) dismiss(why error, starts bool) (Outcome, error) {
	u.Log.Error("the new version was not switched to", "error", why)
	if err := errors.Join(u.noteLast(why), trial.Unask(u.State), u.tidy()); err != nil && !starts {
		return Unchanged, errors.Join(why, err)
	}
	if starts {
		return Unchanged, nil
	}
	return Unchanged, why
}

// change is the switch itself. At each moment either the old version is current and nothing happened to its store, or
// the note of the trial with the copy of the store is on the disk.
func (u *Updater) change(ctx context.Context, s *Staged) (*trial.Trial, error) {
	from, err := u.Running()
	if err != nil {
		return nil, err
	}
	t := &trial.Trial{
		ID: trial.NewID(), From: from, To: s.Version, SHA256: s.SHA256, Programs: u.programs(s.Version), Stage: trial.Preparing,
		Begun: u.Now().UTC(), ReaderSilent: trial.ReaderWasSilent(u.State),
	}
	release, err := u.hold(ctx, func() error { return t.Write(u.State) })
	if err != nil {
		return nil, err
	}
	defer func() { _ = release() }()
	u.passed("update-held")
	if err := u.copyStore(); err != nil {
		return nil, err
	}
	t.Stage = trial.Running
	if err := t.Write(u.State); err != nil {
		return nil, fmt.Errorf("note the trial: %w", err)
	}
	u.passed("update-trial-noted")
	if err := u.point(current, t.To); err != nil {
		if now, _ := u.link(current); now != t.To {
			return nil, err
		}
		u.Log.Warn("the disk did not say that the switch is on it", "error", err) // the next launch sees what is there
	}
	u.passed("update-switched")
	if err := trial.Unask(u.State); err != nil {
		u.Log.Warn("a wish that was met stays noted", "error", err)
	}
	u.passed("update-begun")
	u.Log.Info("a new version is on trial", "from", t.From, "to", t.To)
	return t, nil
}

// hold makes sure that no program has the store open: first the one with the screen, which ends by itself when it
// serves nobody, then the sender, which ends when it sees the note.
func (u *Updater) hold(ctx context.Context, note func() error) (release func() error, err error) {
	short, stop := context.WithTimeout(ctx, u.Wait/10)
	defer stop()
	program, err := trial.HoldAlone(short, u.Data, trial.ProgramLock)
	if err != nil {
		return nil, held(err)
	}
	if err := note(); err != nil {
		return nil, errors.Join(err, program())
	}
	u.passed("update-prepared")
	long, end := context.WithTimeout(ctx, u.Wait)
	defer end()
	sender, err := trial.HoldAlone(long, u.Data, trial.SenderLock)
	if err != nil {
		return nil, errors.Join(held(err), program())
	}
	return func() error { return errors.Join(sender(), program()) }, nil
}

func held(err error) error {
	if errors.Is(err, trial.ErrHeld) {
		return &Refusal{InUse, err}
	}
	return err
}

// Names of the store's copy, whole under the first name only, and of the room that is kept free for the notes of a trial.
const (
	copyFolder  = "store-before"
	copyHalf    = "store-before.new"
	reserve     = "reserve"
	reserveSize = 64 << 10
)

// note writes the note of a trial. A disk that became full meanwhile gives the reserve: deciding must not depend on it.
func (u *Updater) note(t *trial.Trial) error {
	err := t.Write(u.State)
	if codeFor(err, Internal) != NoRoom {
		return err
	}
	return errors.Join(remove(u.state(reserve)), t.Write(u.State))
}

func (u *Updater) copyStore() error {
	size, err := store.CopySize(u.Data)
	if err != nil {
		return err
	}
	if err := u.room(u.State, size+reserveSize); err != nil {
		return err
	}
	if err := remove(u.state(copyHalf), u.state(copyFolder)); err != nil {
		return err
	}
	if err := store.Copy(u.Data, u.state(copyHalf)); err != nil {
		return err
	}
	if err := writeFile(u.state(reserve), make([]byte, reserveSize)); err != nil {
		return err
	}
	if err := os.Rename(u.state(copyHalf), u.state(copyFolder)); err != nil {
		return err
	}
	if err := syncFolder(u.State); err != nil {
		return err
	}
	u.passed("update-copied")
	return nil
}

// again counts one more start of the version on trial, and switches when a power cut came before.
func (u *Updater) again(ctx context.Context, t *trial.Trial) (Outcome, error) {
	t.Starts++
	if err := u.note(t); err != nil {
		return Unchanged, fmt.Errorf("count a start: %w", err)
	}
	u.passed("update-start-counted")
	if err := u.point(current, t.To); err != nil {
		t.Why = "it could not be switched to: " + err.Error()
		return u.back(ctx, t)
	}
	return Again, trial.Unask(u.State)
}
