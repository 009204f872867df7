package camera

import (
	"cmp"
	"slices"

	"bianmin/drivers/link/video"
)

// A4 in tenths of an inch, and what a picture may have at most, as package page reads it.
const (
	pageLong, pageShort = 117, 83
	largest             = 40_000_000
	viewLeast, viewMost = 600, 1300 // px of a view's longer side
	legible             = 150       // dots per inch below which small print is not read
)

// known gives the modes to choose from, larger ones first: a camera that sends JPEG is not asked for anything else, for its pictures are
// larger and come quicker so.
func known(modes []video.Mode) []video.Mode {
	modes = slices.DeleteFunc(slices.Clone(modes), func(m video.Mode) bool { return area(m) > largest })
	jpegs := slices.DeleteFunc(slices.Clone(modes), func(m video.Mode) bool { return m.Format != video.JPEG })
	if len(jpegs) > 0 {
		modes = jpegs
	}
	slices.SortStableFunc(modes, func(a, b video.Mode) int { return cmp.Compare(area(b), area(a)) })
	return modes
}

func area(m video.Mode) int { return m.Width * m.Height }

// forPage is the smallest mode in which an A4 page that fills the picture has the dots per inch, else the largest.
func forPage(modes []video.Mode, dpi int) video.Mode {
	modes = known(modes)
	if len(modes) == 0 {
		return video.Mode{}
	}
	best := modes[0]
	for _, m := range modes {
		if enough(m, dpi) {
			best = m
		}
	}
	return best
}

// enough tells whether an A4 page that fills the picture has the dots per inch.
func enough(m video.Mode, dpi int) bool {
	return max(m.Width, m.Height)*10 >= pageLong*dpi && min(m.Width, m.Height)*10 >= pageShort*dpi
}

// forView is a small mode of the same shape as the one for the page: in another shape most cameras see another part of the table.
func forView(modes []video.Mode, dpi int) video.Mode {
	page := forPage(modes, dpi)
	best := page
	for _, m := range known(modes) {
		if area(m) < area(best) && sameShape(m, page) && (max(best.Width, best.Height) > viewMost || max(m.Width, m.Height) >= viewLeast) {
			best = m
		}
	}
	return best
}

// sameShape tells whether two modes have one shape, to two in a hundred.
func sameShape(a, b video.Mode) bool {
	x, y := a.Width*b.Height, b.Width*a.Height
	return 50*max(x-y, y-x) <= max(x, y)
}
