// Package ui is the shared Fyne kit: what kiosk and desk are drawn with. A widget
// shows what it is given and calls back; it knows no service, device, state
// machine or language, and never imports fyne.io/fyne/v2/app.
//
// All sizes and colours come from a theme.Look given to each constructor. For
// another look (large letters, another panel) or language, build the screen anew.
// All calls must come on the UI thread. After changing words that may wrap
// otherwise, call Relayout on the root (Frame.Set does it).
//
// To read: Text (NewTitle, NewSection, NewBody, NewSecondary, NewQuiet, NewSmall),
// Badge, Notice, Header, StepBar, NetworkLine, Busy, QR, Picture, Icon (NewCheckIcon,
// NewWarnIcon), CardPicture, Rule.
//
// To tap: Button (NewBigButton, NewButton, NewPill), Tile, ListRow, ChoiceList, Faces,
// InputBox (NewSearchBox), NumberPad, Keyboard, DatePicker, SignaturePad, CornerButton.
// Each has a PlayName, by which journey files address it, and tells whether it is Enabled.
//
// To arrange: Frame with Parts (the plan of every screen), Column, Row with Share,
// Grid, Stack, Inset, Sized, Card, Space (NewSpring), DragScroll.
//
// Round everything: Root (hides the pointer), Overlay, TapGuard.
package ui
