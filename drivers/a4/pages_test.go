package a4_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"bianmin/core/receipt"
	"bianmin/core/receipt/receipttest"
	"bianmin/core/text"
	"bianmin/drivers/a4"
)

// picture renders page n of a PDF, from 1.
func picture(t *testing.T, file string, n, dpi int) image.Image {
	t.Helper()
	base := filepath.Join(t.TempDir(), "page")
	run(t, "pdftoppm", "-png", "-r", fmt.Sprint(dpi), "-f", fmt.Sprint(n), "-l", fmt.Sprint(n), "-singlefile", file, base)
	opened, err := os.Open(base + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = opened.Close() }()
	img, err := png.Decode(opened)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestSameBytes(t *testing.T) {
	for _, name := range []string{"notice", "register"} {
		p := papers(t, text.Chinese)[name]
		first, _ := pdf(t, setter(t), p)
		second, _ := pdf(t, setter(t), p)
		if !bytes.Equal(first, second) {
			t.Errorf("%s: two PDFs of one document differ", name)
		}
	}
}

func TestPagesAndMetadata(t *testing.T) {
	s := setter(t)
	all := papers(t, text.Chinese)
	for name, want := range map[string]string{"authorisation": "595.28 x 841.89", "register": "841.89 x 595.28", "sheet": "595.28 x 841.89"} {
		_, file := pdf(t, s, all[name])
		info := run(t, "pdfinfo", file)
		if !strings.Contains(info, want) {
			t.Errorf("%s: not %s:\n%s", name, want, info)
		}
		for _, personal := range []string{"欧阳", receipttest.Rare, "630102", "马玉兰", "CreationDate", "Author"} {
			if strings.Contains(info, personal) {
				t.Errorf("%s: %q is in the metadata", name, personal)
			}
		}
	}
	_, file := pdf(t, s, all["sheet"])
	got := run(t, "pdftotext", "-layout", file, "-")
	pages := strings.Split(strings.TrimSuffix(got, "\f"), "\f")
	if len(pages) < 2 {
		t.Fatalf("70 papers on %d page", len(pages))
	}
	for i, page := range pages {
		if !strings.Contains(squeezed(page), fmt.Sprintf("第%d页共%d页", i+1, len(pages))) {
			t.Errorf("page %d has no number:\n%s", i+1, page)
		}
		if table := strings.Contains(page, "QH0301A-261122-00"); table && strings.Contains(page, "/1 ") && !strings.Contains(page, "原件编号") {
			t.Errorf("page %d has rows without their header:\n%s", i+1, page)
		}
	}
}

func TestMissingGlyph(t *testing.T) {
	s := setter(t)
	p := receipt.Pages{Title: "t", Parts: []receipt.Part{
		{Kind: receipt.PartParagraph, Text: "名字：\ue188𰻞和\ue188"},
		{Kind: receipt.PartTable, Columns: []receipt.Column{{Label: "x", Share: 1}}, Rows: [][]string{{"\U00030edd"}}},
	}}
	_, err := s.PDF(p, a4.Options{})
	var missing *a4.GlyphError
	if !errors.As(err, &missing) || missing.Count != 3 || strings.Contains(err.Error(), "\ue188") {
		t.Fatalf("%v", err)
	}
	content, err := s.PDF(p, a4.Options{Blank: true})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := run(t, "pdftotext", file, "-"); strings.Count(got, "□") != 4 {
		t.Errorf("not four boxes: %q", got)
	}
}

// TestRareCharacterIsDrawn: a character outside the basic plane leaves ink, its own and not a box.
func TestRareCharacterIsDrawn(t *testing.T) {
	s := setter(t)
	ink := map[string]string{}
	for _, r := range []string{"𬸚", "𫖯", "□", "中"} {
		_, file := pdf(t, s, receipt.Pages{Title: "t", Parts: []receipt.Part{{Kind: receipt.PartParagraph, Text: r}}})
		img := picture(t, file, 1, 100)
		var b strings.Builder
		for y := 60; y < 100; y++ {
			for x := 70; x < 110; x++ {
				if g, _, _, _ := img.At(x, y).RGBA(); g < 0x8000 {
					fmt.Fprintf(&b, "%d,%d ", x, y)
				}
			}
		}
		for other, dots := range ink {
			if dots == b.String() {
				t.Errorf("%s looks like %s", r, other)
			}
		}
		if b.Len() == 0 {
			t.Errorf("%s is blank", r)
		}
		ink[r] = b.String()
	}
}

// TestCodeIsRead: a code as a part of its own, and one in the title's corner.
func TestCodeIsRead(t *testing.T) {
	all := papers(t, text.Chinese)
	for _, name := range []string{"notice", "copy"} {
		_, file := pdf(t, setter(t), all[name])
		bitmap, err := gozxing.NewBinaryBitmapFromImage(picture(t, file, 1, 200))
		if err != nil {
			t.Fatal(err)
		}
		got, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
		if err != nil || got.GetText() != "BM1:"+receipttest.QR {
			t.Errorf("%s: the code reads %v, %v", name, got, err)
		}
	}
}

// TestNobodySignsAnEmptyPage: wherever the page ends, what is signed and a heading's text stand with it.
func TestNobodySignsAnEmptyPage(t *testing.T) {
	s := setter(t)
	for rows := 20; rows < 36; rows++ {
		table := receipt.Part{Kind: receipt.PartTable, Columns: []receipt.Column{{Label: "列", Share: 1}}}
		for range rows {
			table.Rows = append(table.Rows, []string{"行"})
		}
		_, file := pdf(t, s, receipt.Pages{Title: "t", Parts: []receipt.Part{
			table,
			{Kind: receipt.PartHeading, Text: "小标题"},
			{Kind: receipt.PartFields, Fields: []receipt.Field{{Label: "名", Text: "值"}}},
			{Kind: receipt.PartParagraph, Text: "本人已核对。"},
			{Kind: receipt.PartSignature, Lines: []receipt.SignLine{{Label: "签名"}, {Label: "日期"}, {Label: "代办员"}}},
		}})
		for i, page := range strings.Split(run(t, "pdftotext", "-raw", file, "-"), "\f") {
			if strings.Contains(page, "签名") != strings.Contains(page, "本人已核对") || strings.Contains(page, "签名") != strings.Contains(page, "代办员") || strings.Contains(page, "小标题") != strings.Contains(page, "值") {
				t.Errorf("%d rows, page %d: torn apart:\n%s", rows, i+1, page)
			}
		}
	}
}

// TestNothingOutsideTheMargins looks at every page of every form: the margins are white.
func TestNothingOutsideTheMargins(t *testing.T) {
	s := setter(t)
	for _, lang := range []text.Lang{text.Chinese, text.English} {
		for name, p := range papers(t, lang) {
			if name == "fee" || name == "refund" {
				continue // the line to cut along goes to the edge
			}
			_, file := pdf(t, s, p)
			pages := strings.Count(run(t, "pdftotext", file, "-"), "\f")
			for n := 1; n <= pages; n++ {
				img := picture(t, file, n, 50)
				b := img.Bounds()
				for y := b.Min.Y; y < b.Max.Y; y++ {
					for _, x := range []int{b.Min.X + 20, b.Min.X + 36, b.Max.X - 37, b.Max.X - 20} {
						if g, _, _, _ := img.At(x, y).RGBA(); g < 0xC000 {
							t.Fatalf("%s %s page %d: ink in the margin at %d,%d", lang, name, n, x, y)
						}
					}
				}
			}
		}
	}
}

func scan(t *testing.T, encode func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 400, 560))
	for y := range 560 {
		for x := range 400 {
			img.Set(x, y, color.NRGBA{uint8(x / 2), 0, 0, uint8(y / 3)})
		}
	}
	var out bytes.Buffer
	if err := encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPictures(t *testing.T) {
	s := setter(t)
	asPNG := scan(t, func(b *bytes.Buffer, i image.Image) error { return png.Encode(b, i) })
	asJPEG := scan(t, func(b *bytes.Buffer, i image.Image) error { return jpeg.Encode(b, i, nil) })
	for name, content := range map[string][]byte{"png": asPNG, "jpeg": asJPEG} {
		p := receipt.Pages{Title: "t", Parts: []receipt.Part{{Kind: receipt.PartPicture, Picture: content, Text: "仅供办件使用"}, {Kind: receipt.PartSignature, Lines: []receipt.SignLine{{Label: "签名", Picture: content}}}}}
		_, file := pdf(t, s, p)
		if got := squeezed(run(t, "pdftotext", "-raw", file, "-")); strings.Count(got, "仅供办件使用") != 3 {
			t.Errorf("%s: no watermark: %q", name, got)
		}
		if images := run(t, "pdfimages", "-list", file); strings.Count(images, "400") < 1 {
			t.Errorf("%s: the page's picture is not there:\n%s", name, images)
		}
		for _, broken := range [][]byte{content[:len(content)/2], []byte("x"), {0xFF, 0xD8, 0xFF}} {
			p.Parts[0].Picture = broken
			if _, err := s.PDF(p, a4.Options{}); !errors.Is(err, a4.ErrPicture) {
				t.Errorf("%s cut short: %v", name, err)
			}
		}
	}
}

// TestLongCells: a cell that is longer than a page goes on on the next, and nothing is lost.
func TestLongCells(t *testing.T) {
	s := setter(t)
	long := strings.Repeat("这一格的字很多很多，一页放不下。", 300)
	for _, part := range []receipt.Part{
		{Kind: receipt.PartTable, Columns: []receipt.Column{{Label: "甲", Share: 1}, {Label: "乙", Share: 2}}, Rows: [][]string{{"一", long}, {"二", "短"}}},
		{Kind: receipt.PartFields, Fields: []receipt.Field{{Label: "说明", Text: long, Wide: true}}},
		{Kind: receipt.PartPoints, Items: []string{long, "短"}},
		{Kind: receipt.PartParagraph, Text: long, Indent: true},
	} {
		_, file := pdf(t, s, receipt.Pages{Title: "t", Parts: []receipt.Part{{Kind: receipt.PartTitle, Text: "题"}, part}})
		if got := run(t, "pdftotext", "-raw", file, "-"); strings.Count(got, "字") != 300 || strings.Count(got, "\f") < 2 {
			t.Errorf("%s: %d of 300 on %d pages", part.Kind, strings.Count(got, "字"), strings.Count(got, "\f"))
		}
	}
}
