package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// TestKeptLine: what stands below a line that comes and goes does not move.
func TestKeptLine(t *testing.T) {
	app(t)
	line, below := ui.NewSecondary(theme.Look{}, "").Kept(), ui.NewBody(theme.Look{}, "1")
	column := ui.NewColumn(10, line, below)
	column.Resize(fyne.NewSize(800, 600))
	before := below.Position().Y
	line.SetText("还差 2 位")
	ui.Relayout(column)
	if after := below.Position().Y; before == 0 || after != before {
		t.Errorf("it stood at %v and moved to %v", before, after)
	}
	if got := ui.NewSecondary(theme.Look{}, "").MinSize().Height; got != 0 {
		t.Errorf("a line that is not kept takes %v", got)
	}
}
