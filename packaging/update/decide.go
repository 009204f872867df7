package update

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"bianmin/packaging/update/trial"
	"bianmin/store"
)

// confirm is for a version that was healthy. It accepts already; there is no way back any more.
func (u *Updater) confirm(t *trial.Trial) error {
	if err := u.point(current, t.To); err != nil {
		return err
	}
	if err := u.point(keeper, t.To); err != nil {
		return err
	}
	u.passed("update-kept")
	if err := trial.End(u.State); err != nil {
		return err
	}
	u.passed("update-trial-over")
	u.Log.Info("a new version was confirmed", "from", t.From, "to", t.To)
	keep := []string{t.From, t.To}
	if s, err := u.Staged(); err == nil && s != nil && s.Version != t.To { // fetched meanwhile
		keep = append(keep, s.Version)
	} else if err := remove(u.state(stagedFile)); err != nil {
		return err
	}
	if err := remove(u.state(copyFolder), u.state(reserve)); err != nil {
		return err
	}
	u.passed("update-copy-removed")
	if err := errors.Join(trial.Forget(u.State), u.prune(keep...)); err != nil {
		return err
	}
	u.passed("update-confirmed")
	return nil
}

// back puts the version before and its store in place again. It is only ever begun before the new version accepted anything.
func (u *Updater) back(ctx context.Context, t *trial.Trial) (Outcome, error) {
	t.Stage = trial.GoingBack
	release, err := u.hold(ctx, func() error {
		if t.Passed(u.State) { // just now
			return refuse(InUse, "version %s is healthy", t.To)
		}
		return u.note(t)
	})
	if err != nil {
		return Unchanged, err
	}
	defer func() { _ = release() }()
	u.passed("update-back-noted")
	if _, err := os.Stat(u.state(copyFolder)); err == nil {
		if err := store.PutBack(u.state(copyFolder), u.Data); err != nil {
			return Unchanged, err
		}
	}
	u.passed("update-store-back")
	if err := u.point(current, t.From); err != nil {
		return Unchanged, err
	}
	u.passed("update-switched-back")
	f := Failure{Version: t.To, SHA256: t.SHA256, Why: t.Why, At: u.Now().UTC()}
	if err := errors.Join(u.noteFailure(f), u.noteLast(refuse(Unhealthy, "version %s: %s", t.To, t.Why))); err != nil {
		return Unchanged, err
	}
	u.passed("update-failure-noted")
	if err := errors.Join(trial.Unask(u.State), trial.End(u.State)); err != nil {
		return Unchanged, err
	}
	u.passed("update-back-over")
	u.Log.Error("the new version was not healthy, the one before runs again", "version", t.To, "why", t.Why)
	return WentBack, u.tidy()
}

// tidy removes what an interrupted change left; it is called when no trial is on or one has only begun to be prepared.
func (u *Updater) tidy() error {
	return errors.Join(trial.End(u.State), trial.Forget(u.State), remove(u.state(copyHalf), u.state(copyFolder), u.state(reserve), filepath.Join(u.Prefix, current+".new")))
}

// prune removes all versions but those that are named, and one that is just being unpacked.
func (u *Updater) prune(keep ...string) error {
	entries, err := os.ReadDir(u.versions())
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, v := range keep {
		named[v] = true
	}
	for _, e := range entries {
		if !named[e.Name()] && e.Name() != unpacking {
			if err := remove(filepath.Join(u.versions(), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
