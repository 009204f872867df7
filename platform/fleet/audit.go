package fleet

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"bianmin/platform/registry"
)

// seeAudit notes what was found behind a terminal's changed audit trail, up to the break that the page showed.
func (f *Fleet) seeAudit(w http.ResponseWriter, r *http.Request, s session) {
	if !meant(w, r, s) {
		return
	}
	note := strings.TrimSpace(r.PostForm.Get("note"))
	until, err := strconv.ParseInt(r.PostForm.Get("until"), 10, 64)
	if err != nil || note == "" || utf8.RuneCountInString(note) > longestNote {
		f.terminal(w, r, s, http.StatusBadRequest, map[string]any{"Problem": "audit.note.missing", "Note": note})
		return
	}
	number := r.PathValue("terminal")
	err = f.Registry.SeeAudit(r.Context(), number, time.UnixMilli(until), note, s.operator)
	if err != nil && !errors.Is(err, registry.ErrNoBreak) && !errors.Is(err, registry.ErrTerminal) { // the page says how it stands
		f.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/fleet/"+number, http.StatusSeeOther)
}
