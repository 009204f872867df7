package states

import (
	"image"
	"image/color"

	"bianmin/agent/desk"
	"bianmin/core/text"
	"bianmin/drivers"
)

// lens draws a sheet on a dark table, as a document camera sees it.
func lens() image.Image {
	img := image.NewGray(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			u, v := x-170+y/14, y-24-x/14 // turned a little
			shade := uint8(74)
			if u > 0 && u < 300 && v > 0 && v < 412 {
				shade = 238
				if u > 30 && u < 150+(v*7)%121 && v > 40 && v < 380 && v%18 < 5 {
					shade = 90
				}
			}
			img.SetGray(x, y, color.Gray{Y: shade})
		}
	}
	return img
}

// filming are the states of the document camera's window.
func (c canned) filming() []Named {
	under := c.accepting()[1].State
	household := c.item("高龄津贴").Materials[1].Name
	over := func(v desk.Viewfinder) desk.State {
		s := under
		accepting := *under.Accept
		accepting.Busy = "scan"
		s.Accept, s.Camera = &accepting, &v
		return s
	}
	page := func(n int, q drivers.Quality) desk.PageView {
		return desk.PageView{ID: "p", Thumbnail: thumbnail(n), Quality: q}
	}
	seen := desk.FinderOf(lens())
	return []Named{
		{"camera-begin", over(desk.Viewfinder{Finder: &desk.Finder{}, Name: household, Several: true})},
		{"camera", over(desk.Viewfinder{Finder: seen, Serial: 9, Name: household, Several: true})},
		{"camera-busy", over(desk.Viewfinder{Finder: seen, Serial: 9, Name: household, Several: true, Taken: 1, CanDrop: true, Last: page(0, drivers.QualityGood), Busy: true})},
		{"camera-taken", over(desk.Viewfinder{Finder: seen, Serial: 9, Name: household, Several: true, Taken: 2, CanDrop: true, Last: page(1, drivers.QualityBlurred)})},
		{"camera-lost", over(desk.Viewfinder{
			Finder: &desk.Finder{}, Serial: 12, Lost: true, Taken: 1, CanDrop: true, Last: page(0, drivers.QualityGood), Several: true,
			Problem: say("desk.notice.device.unplugged", map[string]any{"device": text.Key("desk.notice.camera.name")}),
		})},
	}
}
