package readiness

import (
	"context"
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/packaging/settings"
)

// rules looks whether the province's settings are in order, and whether the machine's own file says what does not count.
func (l *look) rules(context.Context) {
	r := l.Settings.Ruled
	if l.identity == nil { // said already
		return
	}
	var idle, beyond []string
	for _, v := range r.Values {
		switch {
		case v.Idle():
			idle = append(idle, v.Key)
		case v.Problem == settings.OutOfBounds:
			beyond = append(beyond, v.Key)
		}
	}
	switch {
	case r.Problem != nil:
		l.Log.Warn("the province's settings are not in order", "error", r.Problem)
		l.say("settings", Warn, "broken", nil)
	case r.Refused.Number > 0:
		l.say("settings", Warn, "refused", args{"number": r.Refused.Number, "key": r.Refused.Key})
	case len(idle) > 0:
		l.say("settings", Warn, "idle", args{"keys": strings.Join(idle, " ")})
	case len(beyond) > 0:
		l.say("settings", Warn, "bounds", args{"keys": strings.Join(beyond, " ")})
	case r.Number > 0:
		l.say("settings", OK, "ok", args{"number": r.Number, "day": r.Made.In(casefile.Zone).Format(time.DateOnly)})
	default:
		l.say("settings", OK, "none", nil)
	}
}
