package view

import (
	"reflect"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// tests leads through the tests of the devices.
type tests struct {
	kit     *kit
	top     fyne.CanvasObject
	rows    *ui.Column
	prompt  *prompt
	picture *ui.CardPicture
	retest  *dk.Button
	onward  *dk.Button
	shown   []lines.Test
}

func newTests(k *kit) page {
	p := &tests{kit: k, rows: ui.NewColumn(16)}
	p.picture = ui.NewCardPicture(theme.New(0.5, false), k.t("label.card-here"))
	p.prompt = newPrompt(k, p.picture)
	p.retest = k.button("retest", "F5", dk.Filled, k.sends(stage.Retest{}))
	p.onward = k.button("onward", "", dk.Outlined, k.sends(stage.Onward{}))
	p.top = newTwofold(k, 0.5, 0.55, p.prompt, listed(k, p.rows))
	return p
}

func (p *tests) body() fyne.CanvasObject { return p.top }

func (p *tests) buttons() []fyne.CanvasObject {
	return []fyne.CanvasObject{p.onward, p.retest}
}

func (p *tests) first() fyne.Focusable { return p.retest }

// asides are the prompts that have a lesser line.
var asides = map[string]bool{"lay-card": true, "lay-social": true, "lay-page": true}

func (p *tests) show(s stage.State) {
	k := p.kit
	prompt := s.Prompt
	switch {
	case prompt != "":
	case s.Failed:
		p.prompt.say(k.failure(s.Tests))
		prompt = ""
	case s.Busy == "checking":
		prompt = "tested"
	default:
		prompt = "starting"
	}
	if prompt != "" {
		aside := ""
		if asides[prompt] {
			aside = k.t("aside." + prompt)
		}
		p.prompt.say(k.t("prompt."+prompt), aside)
	}
	p.picture.Hidden = prompt != "lay-card"
	p.retest.Hidden, p.onward.Hidden = !s.Failed, !s.Failed
	if reflect.DeepEqual(p.shown, s.Tests) {
		return
	}
	p.shown = s.Tests
	p.rows.Set(k.testRows(s.Tests)...)
}

// failure says in large words what failed, where it is one thing.
func (k *kit) failure(all []lines.Test) (words, aside string) {
	for _, t := range all {
		if t.Result != "failed" || t.Fault == "" {
			continue
		}
		means, do, _ := strings.Cut(k.fault(t.Role, t.Fault), "\n")
		if words != "" && words != means {
			return k.t("prompt.failed"), k.t("aside.failed")
		}
		words, aside = means, do
	}
	if words == "" {
		return k.t("prompt.failed"), k.t("aside.failed")
	}
	return words, aside
}

// told are words about a device.
type told struct {
	role  drivers.Role
	words string
}

// evidence is what a test measured; the report keeps it in figures, with a word of the driver's for how a scanned page looks.
func (k *kit) evidence(measured string) string {
	parts := strings.Split(text.Shown(measured), ", ")
	for i, part := range parts {
		switch drivers.Quality(part) {
		case drivers.QualityGood, drivers.QualityBlank, drivers.QualityBlurred, drivers.QualityDark, drivers.QualitySkewed:
			parts[i] = k.t("page-scanned." + part)
		}
	}
	return strings.Join(parts, " · ")
}

// testRows are the devices, each with what was tried on it and how that ended.
func (k *kit) testRows(all []lines.Test, about ...told) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for i, t := range all {
		if slices.ContainsFunc(all[:i], func(o lines.Test) bool { return o.Role == t.Role }) {
			continue
		}
		said := []fyne.CanvasObject{k.title(k.device(t.Role))}
		var badges []fyne.CanvasObject
		for _, more := range about {
			if more.role == t.Role && more.words != "" {
				said = append(said, k.quiet(more.words))
			}
		}
		faults := map[drivers.Fault]bool{}
		for _, o := range all {
			if o.Role != t.Role {
				continue
			}
			badges = append(badges, dk.NewBadge(k.Kit, results[o.Result], k.catalog.T(k.lang, "provision.acceptance.test-"+o.Test, nil)+" "+k.t("result."+o.Result)))
			if o.Result == "passed" && o.Evidence != "" {
				said = append(said, k.quiet(k.evidence(o.Evidence)))
			}
			if o.Result == "failed" && o.Fault != "" && !faults[o.Fault] {
				faults[o.Fault] = true
				said = append(said, k.text(theme.DeskSmallText, theme.BadText, k.fault(o.Role, o.Fault)))
			}
		}
		rows = append(rows, ui.NewRow(theme.DeskGap, ui.NewShare(1, ui.NewColumn(2, said...)), ui.NewRow(theme.DeskSmallGap, badges...)))
	}
	return k.lined(rows)
}
