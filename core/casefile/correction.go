package casefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bianmin/core/identity"
)

// ErrNotAsked says that a correction answers a notice that does not stand any more: somebody else answered it, the
// department asked for something else since, or the case is over.
var ErrNotAsked = errors.New("the correction is not asked for any more")

// Asked is the correction notice that stands of a case; the zero value asks for nothing.
type Asked struct {
	ID     string    // of the update that brought it
	At     time.Time // the platform's time
	Notice Notice
}

// Stands tells whether something is asked for.
func (a Asked) Stands() bool { return a.ID != "" }

// After is what is asked after one more entry of the log; u is nil for what was written here.
func (a Asked) After(kind EventKind, u *Update) Asked {
	switch {
	case u != nil && u.Notice != nil:
		return Asked{ID: u.ID, At: u.At, Notice: *u.Notice}
	case slices.Contains([]EventKind{Corrected, PlatformFinished, PlatformRejected, Withdrawn, Ended, Closed}, kind):
		return Asked{}
	}
	return a
}

// Due is the last day of the notice's term; ok is false where it has none.
func (a Asked) Due(calendar Calendar) (day identity.Date, ok bool) {
	if !a.Stands() || a.Notice.Days <= 0 {
		return day, false
	}
	return calendar.Deadline(a.At, a.Notice.Days), true
}

// Name is the name of the form's field that a point is about, "" for none: of a cell, its table's.
func (p NoticePoint) Name() string {
	name, _, _ := strings.Cut(p.Field, ".")
	return name
}

// Answer is what a person gave for one point of a notice.
type Answer struct {
	Point NoticePoint
	Value any    // of the point's field, as it is filed
	Pages []Page // of the point's material
}

// CorrectionOf is the correction that answers a notice ("" for one that this terminal was not told of): only what was asked
// for. before gives a material as the case has it, as far as that is known here: a point that names one of its pages replaces
// that page.
func CorrectionOf(notice string, answers []Answer, before func(code string) Material) (Correction, error) {
	c := Correction{Notice: notice}
	values := map[string]any{}
	for _, a := range answers {
		if notice != "" {
			c.Points = append(c.Points, a.Point.ID)
		}
		if a.Point.Field != "" {
			values[a.Point.Name()] = a.Value
		}
	}
	fromBehind := slices.SortedStableFunc(slices.Values(answers), func(a, b Answer) int { return b.Point.Page - a.Point.Page })
	for _, a := range fromBehind { // pages count as they were
		if len(a.Pages) > 0 {
			c.Materials = given(c.Materials, a, before)
		}
	}
	if len(values) > 0 {
		raw, err := json.Marshal(values)
		if err != nil {
			return Correction{}, fmt.Errorf("write values: %w", err)
		}
		c.Values = raw
	}
	return c, nil
}

// given puts an answer's pages into the materials given again, each of them whole.
func given(materials []Material, a Answer, before func(code string) Material) []Material {
	at := slices.IndexFunc(materials, func(m Material) bool { return m.Code == a.Point.Material })
	if at < 0 {
		materials = append(materials, before(a.Point.Material))
		at = len(materials) - 1
	}
	m := &materials[at]
	if n := a.Point.Page; n >= 1 && n <= len(m.Pages) {
		m.Pages = slices.Concat(m.Pages[:n-1], a.Pages, m.Pages[n:])
		return materials
	}
	m.Pages = slices.Clone(a.Pages)
	return materials
}

// SignedCorrection gives the bytes a person's signature under a correction is bound to: the correction in canonical form
// without the signature itself.
func SignedCorrection(correction Correction) ([]byte, error) {
	correction.Signature = nil
	content, err := canonical(correction)
	if err != nil {
		return nil, fmt.Errorf("canonical correction: %w", err)
	}
	return content, nil
}
