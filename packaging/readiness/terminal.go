package readiness

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/packaging/update/trial"
	"bianmin/store"
	"bianmin/sync/edition"
	"bianmin/sync/seal"
)

// What is enough.
const (
	soonExpires  = 180 * 24 * time.Hour // certificates: they ought to be renewed by now
	oldQueue     = 24 * time.Hour       // the oldest thing that waits
	oldCatalogue = 90 * 24 * time.Hour  // since it was published
	clockOff     = 2 * time.Minute      // from the platform's time
	longQueue    = 200

	untilSwitched = 5 * time.Second // an updater at work is waited for
)

func (l *look) enrolment(context.Context) {
	identity, err := seal.LoadIdentity(filepath.Join(l.Settings.Data, "keys"))
	switch {
	case errors.Is(err, seal.ErrNotEnrolled):
		l.say("enrolment", Fail, "none", nil)
		return
	case errors.Is(err, fs.ErrPermission):
		l.say("enrolment", Fail, "closed", nil)
		return
	case errors.Is(err, seal.ErrChip):
		l.Log.Warn("the enrolment is not in order", "error", err)
		l.say("enrolment", Fail, "chip", nil)
		return
	case err != nil:
		l.Log.Warn("the enrolment is not in order", "error", err)
		l.say("enrolment", Fail, "broken", nil)
		return
	}
	l.identity = identity
	l.report.Terminal, l.report.Point, l.report.Role = identity.Number+identity.Generation, identity.Point, identity.Role
	left := identity.Ends().Sub(l.Now())
	a := args{"terminal": l.report.Terminal, "days": int(left.Hours() / 24), "point": identity.Point}
	switch {
	case left <= 0:
		l.say("enrolment", Fail, "over", a)
	case left < soonExpires:
		l.say("enrolment", Warn, "ending", a)
	default:
		l.say("enrolment", OK, "ok", a)
	}
}

// SetupFile is where the setup notes in the data folder that it has begun, and that it has come to its end.
const SetupFile = "setup.json"

// setup looks whether the machine's setup came to its end; a machine that was enrolled without one has no such file.
func (l *look) setup(context.Context) {
	content, err := os.ReadFile(filepath.Join(l.Settings.Data, SetupFile))
	if l.Before || errors.Is(err, fs.ErrNotExist) {
		return
	}
	var progress struct {
		Done    *time.Time `json:"done"`
		Waiting string     `json:"waiting"`
		Open    string     `json:"open"`
	}
	if err == nil && json.Unmarshal(content, &progress) == nil && progress.Waiting != "" {
		l.say("setup", Fail, "waiting", args{"terminal": progress.Waiting})
		return
	}
	if err != nil || json.Unmarshal(content, &progress) != nil || progress.Done == nil {
		l.say("setup", Fail, "half", nil)
		return
	}
	if progress.Open != "" {
		l.say("setup", Warn, "open", args{"terminal": progress.Open})
		return
	}
	l.say("setup", OK, "ok", args{"day": progress.Done.In(casefile.Zone).Format(time.DateOnly)})
}

// records opens the store as the programs do, and looks at clock and queue. It makes no store where there is none.
func (l *look) records(ctx context.Context) {
	if _, err := os.Stat(filepath.Join(l.Settings.Data, "bianmin.db")); errors.Is(err, fs.ErrNotExist) {
		l.say("records", OK, "none", nil)
		return
	}
	release, err := trial.Enter(ctx, l.Settings.Update.State, l.Settings.Data, untilSwitched)
	switch {
	case errors.Is(err, trial.ErrOn), errors.Is(err, trial.ErrAtWork):
		l.say("records", Warn, "trial", nil)
		return
	case err != nil: // an opened store says better why
		l.Log.Warn("the programs' lock is not taken", "error", err)
	default:
		defer func() { _ = release() }()
	}
	opened, err := store.Open(ctx, store.Options{Folder: l.Settings.Data, Clock: store.SystemClock})
	if err != nil {
		l.Log.Warn("the records do not open", "error", err)
		code := string(store.Code(err))
		if !l.Words.Has("zh", "provision.check.records."+code) {
			code = "internal"
		}
		l.say("records", Fail, code, nil)
		return
	}
	defer func() { _ = opened.Close() }()
	l.say("records", OK, "ok", nil)
	l.clockRight(ctx, opened)
	l.queue(ctx, opened)
}

func (l *look) clockRight(ctx context.Context, opened *store.Store) {
	var clock store.Clock
	var err error
	if l.identity != nil {
		clock, err = opened.Fit(ctx, l.identity.Generation)
	} else {
		clock, err = opened.Clock(ctx)
	}
	if err != nil {
		code := "unreadable"
		if store.Code(err) == casefile.Restored {
			code = "restored"
		}
		if store.Code(err) == casefile.Replaced {
			code = "replaced"
		}
		l.say("clock", Fail, code, nil)
		return
	}
	l.clock = &clock
	a := args{"time": clock.Judgement.Now.In(casefile.Zone).Format("2006-01-02 15:04"), "seconds": int(clock.Mark.Offset.Abs().Seconds())}
	switch {
	case clock.Judgement.Doubt:
		l.say("clock", Fail, "doubt", a)
	case clock.Mark.OffsetFrom.IsZero():
		l.say("clock", Warn, "never", a)
	case clock.Mark.Offset.Abs() > clockOff:
		l.say("clock", Warn, "off", a)
	default:
		l.say("clock", OK, "ok", a)
	}
}

func (l *look) queue(ctx context.Context, opened *store.Store) {
	counts, err := opened.Counts(ctx)
	if err != nil {
		l.Log.Warn("what waits cannot be counted", "error", err)
		l.say("queue", Fail, "unreadable", nil)
		return
	}
	age := time.Duration(0)
	if !counts.Oldest.IsZero() {
		age = max(l.Now().Sub(counts.Oldest), 0)
	}
	news, err := opened.Asides(ctx)
	if err != nil {
		l.Log.Warn("what could not be read cannot be counted", "error", err)
	}
	a := args{"waiting": counts.Waiting, "refused": counts.Refused, "held": counts.Held, "hours": int(age.Hours()), "broken": news.Unread, "newer": news.Newer}
	switch {
	case age > oldQueue:
		l.say("queue", Warn, "old", a)
	case counts.Waiting > longQueue:
		l.say("queue", Warn, "long", a)
	case counts.Refused > 0:
		l.say("queue", Warn, "refused", a)
	case counts.Held > 0:
		l.say("queue", Warn, "held", a)
	case news.Unread > 0:
		l.say("queue", Warn, "broken", a)
	case news.Newer > 0:
		l.say("queue", Warn, "newer", a)
	default:
		l.say("queue", OK, "ok", a)
	}
}

func (l *look) catalogue(ctx context.Context) {
	chosen := edition.Choose(ctx, l.Settings.Data, l.Settings.Catalogue, assets.Catalogue())
	built := chosen.Held == nil && l.Settings.Catalogue == ""
	set, err := catalogue.Load(chosen.Files)
	if chosen.Passed != nil {
		l.Log.Warn("a newer edition of the catalogue does not serve", "error", chosen.Passed)
	}
	if err != nil {
		l.say("catalogue", Fail, "broken", nil)
		return
	}
	a := args{"region": set.Region.Name, "version": set.Version, "published": set.Published, "items": len(set.Items)}
	if l.edition(chosen, a) {
		return
	}
	day, err := time.ParseInLocation(time.DateOnly, set.Published, casefile.Zone)
	switch {
	case err != nil:
		l.say("catalogue", Fail, "undated", a)
	case built && l.identity != nil && l.identity.Environment == "production":
		l.say("catalogue", Fail, "demo", a)
	case chosen.Held == nil && l.Now().Sub(day) > oldCatalogue:
		l.say("catalogue", Warn, "old", a)
	default:
		l.say("catalogue", OK, "ok", a)
	}
}

// edition says what is wrong with the province's editions here; false when nothing is.
func (l *look) edition(chosen edition.Choice, a args) bool {
	refused := edition.Shelf{Folder: filepath.Join(l.Settings.Data, edition.FolderName)}.Refused()
	a["number"] = refused.Edition
	switch {
	case chosen.Passed != nil:
		l.say("catalogue", Warn, "damaged", a)
	case refused.Edition > 0 && refused.Newer:
		l.say("catalogue", Warn, "newer", a)
	case refused.Edition > 0:
		l.say("catalogue", Warn, "refused", a)
	case chosen.Held != nil && l.Now().After(chosen.Held.Until):
		l.say("catalogue", Warn, "stale", a)
	default:
		return false
	}
	return true
}
