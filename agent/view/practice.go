package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// practises tells whether nothing on the page counts.
func practises(s desk.State) bool {
	return s.Practice || s.Standing == agency.StandingPractice
}

// bandHeight is a line of controls with air.
const bandHeight = theme.DeskControl + 16

// band stands above every page of practice mode: what it is, whose card lies on the reader, and the way out.
type band struct {
	ui.Base
	kit    *kit
	ground *canvas.Rectangle
	title  *canvas.Text
	words  *ui.Text
	reader *ui.Text // says what the cards are
	cards  *dk.Options
	holder *ui.Column
	codes  []string
	end    *dk.Button
	page   *ui.Stack // what lies below
	whole  *under
}

func newBand(k *kit) *band {
	b := &band{kit: k, ground: canvas.NewRectangle(theme.Colour(theme.WarnText))}
	b.title = ui.Word(k.Look, theme.DeskTitleText, theme.OnAction, k.t("title.practice"))
	b.words = k.text(theme.DeskSmallText, theme.OnAction, "")
	b.reader = k.text(theme.DeskSmallText, theme.OnAction, k.t("label.practice-reader"))
	b.holder = ui.NewColumn(0)
	b.end = k.button("end-practice", "", dk.Outlined, k.sends(desk.EndPractice{}))
	b.Setup(b, k.Look, func(float32) fyne.Size { return fyne.NewSize(0, bandHeight) }, b.arrange, b.ground, b.title, b.words, b.reader, b.holder, b.end)
	b.page = ui.NewStack()
	b.whole = newUnder(b)
	return b
}

func (b *band) arrange(size fyne.Size) {
	ui.Place(b.ground, 0, 0, size.Width, size.Height)
	ui.LeadWord(b.title, theme.DeskMargin, 0, size.Height)
	left, right := theme.DeskMargin+b.title.MinSize().Width+theme.DeskMargin, size.Width-theme.DeskMargin
	top := (size.Height - theme.DeskControl) / 2
	for _, part := range []fyne.CanvasObject{b.end, b.holder} {
		if !part.Visible() {
			continue
		}
		wide := ui.NaturalWidth(part)
		ui.Place(part, right-wide, top, wide, theme.DeskControl)
		right -= wide + theme.DeskGap
	}
	if b.reader.Visible() {
		wide := ui.NaturalWidth(b.reader)
		high := b.reader.HeightAt(wide)
		ui.Place(b.reader, right-wide, (size.Height-high)/2, wide, high)
		right -= wide + theme.DeskMargin
	}
	wide := max(0, right-left)
	high := b.words.HeightAt(wide)
	ui.Place(b.words, left, (size.Height-high)/2, wide, high)
}

// show draws what a state says of practice.
func (b *band) show(s desk.State) {
	k := b.kit
	b.Hidden = !practises(s)
	for _, part := range []fyne.CanvasObject{b.reader, b.holder, b.end} {
		if s.Bench == nil {
			part.Hide()
		} else {
			part.Show()
		}
	}
	b.words.SetText(k.t("label.practice"))
	if s.Bench == nil {
		return
	}
	codes := []string{""}
	options := []dk.Option{{Label: k.t("label.card-none")}}
	for _, p := range s.Bench.People {
		codes = append(codes, p.Code)
		options = append(options, dk.Option{Code: p.Code, Label: k.local(p.Label)})
	}
	if !same(codes, b.codes) {
		b.codes = codes
		b.cards = dk.NewOptions(k.Kit, "card", options, false, func(code string) { k.emit(desk.PlaceCard{Person: code}) })
		b.holder.Set(b.cards)
	}
	b.cards.Set(s.Bench.Placed)
	b.Rearrange()
}

// paperLine names the paper that came out last, below the sidebar.
func (k *kit) paperLine(s desk.State) string {
	if s.Bench == nil || s.Bench.Paper == "" {
		return ""
	}
	return "\n" + k.with("label.practice-paper", args{"file": s.Bench.Paper})
}

// secretLabel is what stands above a secret's field; practice mode says the secret there.
func (k *kit) secretLabel(s desk.State, label string) string {
	if s.Bench == nil || s.Bench.Secret == "" {
		return label
	}
	return k.with("label.practice-secret", args{"secret": s.Bench.Secret})
}

// codeLabel is the same for the one-time code.
func (k *kit) codeLabel(s desk.State) string {
	if s.Bench == nil || s.Bench.Code == "" {
		return k.t("label.code")
	}
	return k.with("label.practice-code", args{"code": s.Bench.Code})
}

// below stands a page under the band, or alone where nothing is practised. The page comes first: so do its controls with Tab.
func (b *band) below(page fyne.CanvasObject) fyne.CanvasObject {
	if b.Hidden {
		return page
	}
	b.page.Set(page)
	return b.whole
}

// under is a page below the band.
type under struct{ ui.Base }

func newUnder(b *band) *under {
	u := &under{}
	u.Setup(u, b.kit.Look, func(float32) fyne.Size { return fyne.NewSize(0, 0) }, func(size fyne.Size) {
		ui.Place(b, 0, 0, size.Width, bandHeight)
		ui.Place(b.page, 0, bandHeight, size.Width, size.Height-bandHeight)
	}, b.page, b)
	return u
}
