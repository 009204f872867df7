package theme

// Length names a length, in px at 1080 wide.
type Length int

// Lengths of the kiosk.
const (
	Margin       Length = iota // left and right of everything
	Gap                        // between things that can be tapped: never less
	HalfGap                    // between things that belong together
	SmallGap                   // between a title and its line
	Inner                      // from a card's border to what it holds
	Radius                     // corners of controls and cards
	RadiusSmall                // corners of badges and pictures
	RadiusPill                 // corners of pills
	Border                     // border of cards and keys
	BorderStrong               // border of what is active
	ButtonHeight               // back and onward
	ButtonLow                  // lesser buttons inside cards
	PillHeight                 // pills
	KeyHeight                  // keypad keys
	KeyGap                     // between keys
	LetterHeight               // keys of the letters keyboard
	RowHeight                  // list rows
	StepBarWidth               // thickness of the step bar
	FieldHeight                // the field that shows what is typed
	SearchHeight               // the search field of the first screen
	BackWidth                  // the back button
	TileHeight                 // tiles of the first screen
	IconSize                   // check mark, faces
	Touch                      // the smallest thing that can be tapped
	PadHeight                  // the signature pad
	TopSpace                   // above the header
	FootSpace                  // below the footer
	Stroke                     // the pen of the signature pad
	Slop                       // how far a finger may slide and still tap
)

var lengths = map[Length]float32{
	Margin: 56, Gap: 24, HalfGap: 12, SmallGap: 16, Inner: 36,
	Radius: 24, RadiusSmall: 12, RadiusPill: 44, Border: 2, BorderStrong: 4,
	ButtonHeight: 136, ButtonLow: 112, PillHeight: 88, KeyHeight: 132, KeyGap: 24, LetterHeight: 112,
	RowHeight: 96, StepBarWidth: 10, FieldHeight: 148, SearchHeight: 112, BackWidth: 300, TileHeight: 196,
	IconSize: 112, Touch: 88, PadHeight: 418, TopSpace: 44, FootSpace: 56, Stroke: 9, Slop: 24,
}

// Desk sizes in px, for the agent's desk from 1366 wide. They do not grow.
const (
	DeskBody     = 16
	DeskLeading  = 24
	DeskTitle    = 20
	DeskRow      = 46
	DeskControl  = 40
	DeskRadius   = 10
	DeskWidth    = 1366 // the smallest window
	DeskHeight   = 768
	DeskSidebar  = 208 // width of the sidebar
	DeskTop      = 64  // height of the bar at the top
	DeskMargin   = 24  // round what a page shows
	DeskGap      = 12  // between things that are clicked
	DeskSmallGap = 8
	DeskBadge    = 24 // height of a badge
	DeskBar      = 18 // thickness of a chart's bar
	DeskDialog   = 560
)

// TextKind names a kind of text.
type TextKind int

// Text kinds of the kiosk.
const (
	TitleText     TextKind = iota // what the screen asks
	SectionText                   // heads of cards and tiles
	BodyText                      // what one reads
	BodyStrong                    // the same, bold
	SecondaryText                 // summaries, hints
	SecondaryBold                 // the same, bold
	SmallText                     // the smallest: step names, notes
	SmallBold                     // the same, bold
	ButtonText                    // back and onward
	ButtonLowText                 // lesser buttons
	PillText                      // pills
	KeyText                       // keypad digits
	KeyWord                       // keypad words
	FieldText                     // what is typed
	LetterText                    // keys with letters
	NumberText                    // case numbers

	DeskBodyText  // the desk's: what one reads and types
	DeskBodyBold  // the same, bold
	DeskTitleText // what a page or card is about
	DeskHeadText  // the one question of a page without sidebar
	DeskSmallText // lesser words
	DeskSmallBold // badges, tabs
)

var texts = map[TextKind]struct {
	size, leading float32
	bold          bool
}{
	TitleText:     {60, 80, true},
	SectionText:   {38, 54, true},
	BodyText:      {34, 50, false},
	BodyStrong:    {34, 50, true},
	SecondaryText: {30, 42, false},
	SecondaryBold: {30, 42, true},
	SmallText:     {28, 40, false},
	SmallBold:     {28, 40, true},
	ButtonText:    {44, 60, true},
	ButtonLowText: {38, 54, true},
	PillText:      {30, 42, true},
	KeyText:       {56, 76, true},
	KeyWord:       {36, 50, true},
	FieldText:     {64, 88, true},
	LetterText:    {42, 58, true},
	NumberText:    {44, 60, true},
	DeskBodyText:  {DeskBody, DeskLeading, false},
	DeskBodyBold:  {DeskBody, DeskLeading, true},
	DeskTitleText: {DeskTitle, 28, true},
	DeskHeadText:  {28, 40, true},
	DeskSmallText: {14, 20, false},
	DeskSmallBold: {14, 20, true},
}
