// Package receipt lays out printer-neutral documents: receipt, guide, and later
// correction notice and hand-over sheet. It must not know printers or bytes.
package receipt

// Document is a printer-neutral strip of blocks, also the JSON that
// "provision device print --document" reads.
type Document struct {
	Title  string  `json:"title"` // neutral job title, never personal
	Blocks []Block `json:"blocks"`
}

// Align places a text block on the paper.
type Align string

// Alignments.
const (
	Left   Align = "left"
	Center Align = "center"
	Right  Align = "right"
)

// BlockKind tells which fields of a Block count.
type BlockKind string

// Kinds of block.
const (
	Text BlockKind = "text" // Text, Align, Size, Bold
	Pair BlockKind = "pair" // Label and Text on one line, wrapped under each other when too long
	Rule BlockKind = "rule" // a line across the paper
	QR   BlockKind = "qr"   // Data as a QR code, centred
	Feed BlockKind = "feed" // Lines empty lines
)

// Block is one element of a document.
type Block struct {
	Kind  BlockKind `json:"kind"`
	Text  string    `json:"text,omitempty"`
	Label string    `json:"label,omitempty"`
	Align Align     `json:"align,omitempty"` // "" is left
	Size  int       `json:"size,omitempty"`  // 1 (default) or 2: width and height factor
	Bold  bool      `json:"bold,omitempty"`
	Data  string    `json:"data,omitempty"` // QR: characters of the QR alphanumeric set, or any UTF-8
	Lines int       `json:"lines,omitempty"`
}
