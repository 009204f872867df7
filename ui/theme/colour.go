package theme

import "image/color"

// Role names what a colour is for.
type Role int

// Colour roles.
const (
	Ground         Role = iota // behind everything
	Surface                    // cards, keys, fields
	Ink                        // text
	InkSecondary               // lesser text on the ground
	InkQuiet                   // lesser text on a surface
	Line                       // hair lines, card borders
	LineControl                // borders of things that can be tapped
	LinePad                    // the signature pad's dashed border
	Action                     // the one filled button, and what can be tapped
	ActionPressed              // the same under a finger
	OnAction                   // text on Action
	Tint                       // pale ground for what is chosen
	DisabledGround             // a button that cannot be tapped yet
	DisabledText               // its words
	GoodGround                 // state: in order
	GoodText
	GoodSolid
	WarnGround // state: mind this
	WarnText
	WarnDot
	WarnOver  // an entry of practice's sidebar under the pointer
	BadGround // state: wrong
	BadText
	Shade       // dims the screen below an overlay
	Sidebar     // the desk's sidebar
	SidebarText // words on it
	SidebarOver // the entry under the pointer
	Alarm       // a number that must be seen
	Over        // a row or button under the pointer
	Focus       // the ring round what takes the keys
	PictureDark // drawings: dark and light parts of papers and cards
	PictureLight
	PictureGround
)

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF} //nolint:gosec // the top byte is cut off on purpose
}

var colours = map[Role]color.NRGBA{
	Ground:         rgb(0xF6F7F9),
	Surface:        rgb(0xFFFFFF),
	Ink:            rgb(0x16202C),
	InkSecondary:   rgb(0x3F4A58),
	InkQuiet:       rgb(0x4A5665),
	Line:           rgb(0xD5DBE3),
	LineControl:    rgb(0xC9D1DB),
	LinePad:        rgb(0x66728A),
	Action:         rgb(0x0B4AA2),
	ActionPressed:  rgb(0x083A80),
	OnAction:       rgb(0xFFFFFF),
	Tint:           rgb(0xE6EEF9),
	DisabledGround: rgb(0xDDE3EA),
	DisabledText:   rgb(0x3D4856), // a shade darker than drawn: 7.2 to 1
	GoodGround:     rgb(0xE2F3E9),
	GoodText:       rgb(0x07522D),
	GoodSolid:      rgb(0x0A6136),
	WarnGround:     rgb(0xFFF3D6),
	WarnText:       rgb(0x5C3A00),
	WarnDot:        rgb(0xB26A00),
	WarnOver:       rgb(0x744C0B),
	BadGround:      rgb(0xFDE7E7),
	BadText:        rgb(0x8A1018),
	Shade:          {R: 0x16, G: 0x20, B: 0x2C, A: 0x99},
	Sidebar:        rgb(0x12243C),
	SidebarText:    rgb(0xDCE5F0),
	SidebarOver:    rgb(0x1D3556),
	Alarm:          rgb(0xA31515),
	Over:           rgb(0xF1F5FB),
	Focus:          rgb(0x9DBDEB),
	PictureDark:    rgb(0x9AA6B8),
	PictureLight:   rgb(0xC9D1DB),
	PictureGround:  rgb(0xF2F4F8),
}

// Colour returns the colour of a role.
func Colour(role Role) color.NRGBA { return colours[role] }
