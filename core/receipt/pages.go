package receipt

// Pages is a printer-neutral A4 document: parts laid out one below the other on
// as many pages as they need. It is also the JSON that "provision device print
// --document" reads for an A4 printer.
type Pages struct {
	Title     string `json:"title"` // neutral job title, never personal
	Landscape bool   `json:"landscape,omitempty"`
	// Foot stands at the left of every page's foot: the form's or the case's number.
	Foot string `json:"foot,omitempty"`
	// Count stands at the right of every foot, with {page} and {pages} filled in by who lays out.
	Count string `json:"count,omitempty"`
	// Watermark is written across every page, faintly; "" is none.
	Watermark string `json:"watermark,omitempty"`
	// Lacking is said at the end of a document some of whose characters are in no font and stand as □.
	Lacking string `json:"lacking,omitempty"`
	Parts   []Part `json:"parts"`
}

// PartKind tells which fields of a Part count.
type PartKind string

// Kinds of part.
const (
	PartTitle     PartKind = "title"     // Text large and centred, Label small below it; Data as a QR code in the right corner
	PartHeading   PartKind = "heading"   // Text, bold; stays with what follows
	PartParagraph PartKind = "paragraph" // Text, Align, Bold, Indent
	PartPoints    PartKind = "points"    // Items, numbered
	PartFields    PartKind = "fields"    // Fields in a ruled grid of two columns
	PartTable     PartKind = "table"     // Columns and Rows; the header stands again on every page
	PartSignature PartKind = "signature" // Lines to sign on, two beside each other
	PartCode      PartKind = "code"      // Data as a QR code, Text beside it
	PartPicture   PartKind = "picture"   // Picture as wide as the text or as high as the page allows; Text is its watermark
	PartCut       PartKind = "cut"       // a dashed line to cut along, with Text in it
	PartSpace     PartKind = "space"     // Height mm of nothing
	PartBreak     PartKind = "break"     // what follows begins a page
)

// Part is one element of an A4 document.
type Part struct {
	Kind    PartKind   `json:"kind"`
	Text    string     `json:"text,omitempty"`
	Label   string     `json:"label,omitempty"`
	Align   Align      `json:"align,omitempty"`  // "" is left
	Bold    bool       `json:"bold,omitempty"`   // paragraph
	Indent  bool       `json:"indent,omitempty"` // first line by two characters (首行缩进)
	Items   []string   `json:"items,omitempty"`
	Fields  []Field    `json:"fields,omitempty"`
	Columns []Column   `json:"columns,omitempty"`
	Rows    [][]string `json:"rows,omitempty"`
	Total   bool       `json:"total,omitempty"` // table: the last row is the sum
	Lines   []SignLine `json:"lines,omitempty"`
	Data    string     `json:"data,omitempty"`
	Picture []byte     `json:"picture,omitempty"` // PNG or JPEG
	Height  int        `json:"height,omitempty"`  // mm
}

// Field is a name with its value.
type Field struct {
	Label string `json:"label"`
	Text  string `json:"text"`
	Wide  bool   `json:"wide,omitempty"` // takes the whole width
}

// Column is one column of a table.
type Column struct {
	Label string `json:"label"`
	Share int    `json:"share"` // of the width, in relation to the other columns
	Align Align  `json:"align,omitempty"`
}

// SignLine is a place to sign.
type SignLine struct {
	Label   string `json:"label"`
	Text    string `json:"text,omitempty"`    // printed on the line; "" leaves room for a hand
	Picture []byte `json:"picture,omitempty"` // a signature that was written on the screen, PNG
}
