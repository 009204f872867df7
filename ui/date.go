package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"bianmin/ui/theme"
)

// DateLayout is how dates are written: 2026-11-22.
const DateLayout = "2006-01-02"

// dateRows is how many rows of buttons no step exceeds.
const dateRows = 4

// DateWords write the parts of a date for people.
type DateWords struct {
	Decade func(first int) string // 1940: "1940—1949 年"
	Year   func(year int) string
	Month  func(month int) string
	Day    func(day int) string
}

// DatePicker asks for a date in steps of big buttons: decade, year, month, day.
// What is chosen stands above and can be tapped to change it.
type DatePicker struct {
	drawn
	words    DateWords
	min, max time.Time
	change   func(date string)

	decade, year, month, day int // 0 while not chosen
	step                     int // 0 decade, 1 year, 2 month, 3 day
	crumbs                   *Row
	grid                     *Grid
}

// NewDatePicker makes a picker for dates from first to last, both included.
// change gets the date when its day is chosen, "" when it is being changed.
func NewDatePicker(look theme.Look, words DateWords, first, last time.Time, change func(date string)) *DatePicker {
	d := &DatePicker{words: words, min: first, max: last, change: change}
	d.look = look
	d.crumbs = NewRow(look.Size(theme.Gap))
	d.grid = NewGrid(3, look.Size(theme.KeyGap))
	column := NewColumn(look.Size(theme.Gap), d.crumbs, d.grid)
	d.parts = []fyne.CanvasObject{column}
	d.arrange = func(size fyne.Size) {
		row := (size.Height - d.heightOf(0)) / dateRows
		for _, choice := range d.grid.parts {
			choice.(*Button).height = min(max(row, look.Size(theme.Touch)), look.Size(theme.ButtonLow)) //nolint:errcheck // only show fills the grid
		}
		place(column, 0, 0, size.Width, size.Height)
		column.relayout()
		d.grid.relayout()
	}
	d.measure = func(float32) fyne.Size { return fyne.NewSize(0, d.heightOf(look.Size(theme.ButtonLow))) }
	d.ExtendBaseWidget(d)
	d.begin()
	return d
}

// LeastHeight is the picker's height with the smallest buttons.
func (d *DatePicker) LeastHeight(float32) float32 { return d.heightOf(d.look.Size(theme.Touch)) }

// heightOf is the picker's height with buttons of a height: the same in every
// step, so that nothing around it moves.
func (d *DatePicker) heightOf(button float32) float32 {
	return d.look.Size(theme.PillHeight) + d.look.Size(theme.Gap) + dateRows*button + (dateRows-1)*d.look.Size(theme.KeyGap)
}

// SetDate shows a date, as DateLayout; "" begins anew. It does not report.
func (d *DatePicker) SetDate(date string) {
	at, err := time.Parse(DateLayout, date)
	if err != nil {
		d.begin()
		return
	}
	d.decade, d.year, d.month, d.day = at.Year()/10*10, at.Year(), int(at.Month()), at.Day()
	d.step = 3
	d.show()
}

// Date returns the chosen date, "" while it is not complete.
func (d *DatePicker) Date() string {
	if d.day == 0 {
		return ""
	}
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Format(DateLayout)
}

// begin asks the first step that has anything to choose.
func (d *DatePicker) begin() {
	d.decade, d.year, d.month, d.day, d.step = 0, 0, 0, 0, 0
	if d.min.Year()/10 == d.max.Year()/10 {
		d.decade, d.step = d.min.Year()/10*10, 1
		if d.min.Year() == d.max.Year() {
			d.year, d.step = d.min.Year(), 2
		}
	}
	d.show()
}

// backTo asks one step again.
func (d *DatePicker) backTo(step int) {
	had := d.day != 0
	d.step, d.day = step, 0
	if step <= 2 {
		d.month = 0
	}
	if step <= 1 {
		d.year = 0
	}
	if step == 0 {
		d.decade = 0
	}
	d.show()
	if had && d.change != nil {
		d.change("")
	}
}

func (d *DatePicker) show() {
	d.showCrumbs()
	var choices []fyne.CanvasObject
	columns := 3
	switch d.step {
	case 0:
		if decades := d.max.Year()/10 - d.min.Year()/10 + 1; decades > 3*dateRows {
			columns = (decades + dateRows - 1) / dateRows
		}
		for first := d.min.Year() / 10 * 10; first <= d.max.Year(); first += 10 {
			choices = append(choices, d.choice(d.words.Decade(first), func() { d.decade, d.step = first, 1 }))
		}
	case 1:
		for year := max(d.decade, d.min.Year()); year <= min(d.decade+9, d.max.Year()); year++ {
			choices = append(choices, d.choice(d.words.Year(year), func() { d.year, d.step = year, 2 }))
		}
	case 2:
		for month := 1; month <= 12; month++ {
			if d.has(d.year, month, 0) {
				choices = append(choices, d.choice(d.words.Month(month), func() { d.month, d.step = month, 3 }))
			}
		}
	default:
		columns = 8
		choices = d.days()
	}
	d.grid.SetColumns(columns)
	d.grid.Set(choices...)
	d.Refresh()
}

func (d *DatePicker) days() []fyne.CanvasObject {
	var choices []fyne.CanvasObject
	last := time.Date(d.year, time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	for day := 1; day <= last; day++ {
		if !d.has(d.year, d.month, day) {
			continue
		}
		button := d.choice(d.words.Day(day), func() { d.day = day })
		button.inner = d.look.Px(4)
		button.wide = 0
		if day == d.day {
			button.SetRank(Primary)
		}
		choices = append(choices, button)
	}
	return choices
}

// has tells whether any day of a month, or one day, lies in the range.
func (d *DatePicker) has(year, month, day int) bool {
	first := time.Date(year, time.Month(month), max(day, 1), 0, 0, 0, 0, time.UTC)
	last := first
	if day == 0 {
		last = first.AddDate(0, 1, -1)
	}
	low, high := dateOnly(d.min), dateOnly(d.max)
	return !last.Before(low) && !first.After(high)
}

func dateOnly(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
}

func (d *DatePicker) choice(label string, chosen func()) *Button {
	return NewButton(d.look, label, Plain, func() {
		chosen()
		d.show()
		if d.day != 0 && d.change != nil {
			d.change(d.Date())
		}
	})
}

func (d *DatePicker) showCrumbs() {
	var crumbs []fyne.CanvasObject
	add := func(label string, step int) {
		crumbs = append(crumbs, NewPill(d.look, label, Secondary, func() { d.backTo(step) }))
	}
	switch {
	case d.year != 0:
		add(d.words.Year(d.year), 1)
	case d.decade != 0:
		add(d.words.Decade(d.decade), 0)
	}
	if d.month != 0 {
		add(d.words.Month(d.month), 2)
	}
	if d.day != 0 {
		add(d.words.Day(d.day), 3)
	}
	crumbs = append(crumbs, NewSpace(0, d.look.Size(theme.PillHeight)))
	d.crumbs.Set(crumbs...)
}
