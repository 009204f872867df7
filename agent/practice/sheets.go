package practice

import "bianmin/core/receipt"

// pagesOf sets a strip as a page, with a watermark.
func pagesOf(d receipt.Document, watermark string) receipt.Pages {
	pages := receipt.Pages{Title: d.Title, Watermark: watermark}
	for _, b := range d.Blocks {
		part := receipt.Part{Kind: receipt.PartParagraph, Text: b.Text, Align: b.Align, Bold: b.Bold}
		switch b.Kind {
		case receipt.Pair:
			part = receipt.Part{Kind: receipt.PartFields, Fields: []receipt.Field{{Label: b.Label, Text: b.Text, Wide: true}}}
		case receipt.QR:
			part = receipt.Part{Kind: receipt.PartCode, Data: b.Data}
		case receipt.Rule, receipt.Feed:
			part = receipt.Part{Kind: receipt.PartSpace, Height: 3}
		}
		pages.Parts = append(pages.Parts, part)
	}
	return pages
}
