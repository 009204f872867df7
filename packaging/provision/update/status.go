package update

import (
	"context"
	"time"

	"bianmin/core/casefile"
	"bianmin/packaging/provision/printed"
)

func (t *tool) status(context.Context) error {
	s, err := t.updater.Status()
	if err != nil {
		return err
	}
	if t.json {
		return printed.JSON(t.out, s)
	}
	type line struct {
		key  string
		args map[string]any
	}
	lines := []line{{"running", map[string]any{"version": s.Running}}}
	if s.Staged != nil && s.Staged.Version != s.Running {
		lines = append(lines, line{"staged", map[string]any{"version": s.Staged.Version}})
	}
	if s.Wished {
		lines = append(lines, line{"wished", nil})
	}
	if s.Trial != nil {
		lines = append(lines, line{"trial", map[string]any{"from": s.Trial.From, "to": s.Trial.To, "n": s.Trial.Starts}})
	}
	for _, f := range s.Failures {
		lines = append(lines, line{"failed", map[string]any{"version": f.Version, "when": stamp(f.At), "why": f.Why}})
	}
	if s.Last != nil {
		lines = append(lines, line{"last", map[string]any{"when": stamp(s.Last.At), "why": t.words.T(t.lang, "update.refusal."+string(s.Last.Code), nil)}})
	}
	for _, l := range lines {
		if err := t.say("status."+l.key, l.args); err != nil {
			return err
		}
	}
	return nil
}

func stamp(at time.Time) string { return at.In(casefile.Zone).Format("2006-01-02 15:04") }
