package tested

import (
	"strings"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/drivers/a4"
)

func say(words *text.Catalog, lang text.Lang, key string) string {
	return words.T(lang, "provision.setup."+key, nil)
}

// Strip is what a receipt printer prints in a test: large and small signs, both languages, a code, and a row of figures
// that a worn head leaves gaps in.
func Strip(words *text.Catalog) receipt.Document {
	return receipt.Document{Title: "bianmin", Blocks: []receipt.Block{
		{Kind: receipt.Text, Text: say(words, text.Chinese, "test-title"), Align: receipt.Center, Size: 2, Bold: true},
		{Kind: receipt.Text, Text: say(words, text.English, "test-title"), Align: receipt.Center},
		{Kind: receipt.Rule},
		{Kind: receipt.Text, Text: say(words, text.Chinese, "test-line")},
		{Kind: receipt.Text, Text: strings.Repeat("0123456789", 3)},
		{Kind: receipt.QR, Data: "BIANMIN TEST"},
		{Kind: receipt.Feed, Lines: 1},
	}}
}

// Page is what an A4 printer prints in a test, a PDF.
func Page(words *text.Catalog) ([]byte, error) {
	return PDF(receipt.Pages{Title: "bianmin", Parts: []receipt.Part{
		{Kind: receipt.PartTitle, Text: say(words, text.Chinese, "test-title"), Label: say(words, text.English, "test-title")},
		{Kind: receipt.PartParagraph, Text: say(words, text.Chinese, "test-line")},
	}})
}

// PDF lays pages out; a character that no font has is a box, for nothing on these pages hangs on one.
func PDF(pages receipt.Pages) ([]byte, error) {
	setter, err := a4.New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		return nil, err
	}
	return setter.PDF(pages, a4.Options{Blank: true})
}
