package ui

// OnScroll sets what is called whenever a person scrolls: a sign of life that
// no button reports.
func (f *Frame) OnScroll(moved func()) {
	f.scroll.onMove, f.aside.onMove = moved, moved
}

// OnScroll sets what is called whenever a person scrolls.
func (p *Pane) OnScroll(moved func()) { p.scroll.onMove = moved }
