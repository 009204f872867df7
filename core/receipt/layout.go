package receipt

import "strconv"

func (d *Document) add(blocks ...Block) { d.Blocks = append(d.Blocks, blocks...) }

func (d *Document) head(title, point string) {
	d.add(Block{Kind: Text, Text: title, Align: Center, Size: 2, Bold: true})
	d.text(point, Center)
}

// text, pair and section leave out what the data does not give.
func (d *Document) text(s string, align Align) {
	if s != "" {
		d.add(Block{Kind: Text, Text: s, Align: align})
	}
}

func (d *Document) pair(label, value string) {
	if value != "" {
		d.add(Block{Kind: Pair, Label: label, Text: value})
	}
}

func (d *Document) section(name string) {
	d.add(Block{Kind: Text, Text: name, Bold: true})
}

func (d *Document) numbered(lines []string) {
	for i, line := range lines {
		d.text(strconv.Itoa(i+1)+". "+line, Left)
	}
}
