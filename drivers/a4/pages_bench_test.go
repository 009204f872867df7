package a4_test

import (
	"strings"
	"testing"
	"time"

	"github.com/signintech/gopdf"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/drivers/a4"
)

// BenchmarkFivePages sets five pages of text, and beside it draws the same lines by the PDF library alone, without line breaks,
// checks of each character, page numbers or the same bytes each time.
func BenchmarkFivePages(b *testing.B) {
	s, err := a4.New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		b.Fatal(err)
	}
	const pages, lines = 5, 30
	line := strings.Repeat("城乡居民养老保险待遇资格认证", 2)
	p := receipt.Pages{Title: "t"}
	for page := range pages {
		if page > 0 {
			p.Parts = append(p.Parts, receipt.Part{Kind: receipt.PartBreak})
		}
		for range lines {
			p.Parts = append(p.Parts, receipt.Part{Kind: receipt.PartParagraph, Text: line})
		}
	}
	var ours, plain time.Duration
	var size int
	for b.Loop() {
		begun := time.Now()
		content, err := s.PDF(p, a4.Options{})
		if err != nil {
			b.Fatal(err)
		}
		ours += time.Since(begun)
		size = len(content)
		begun = time.Now()
		if err := bare(pages, lines, line); err != nil {
			b.Fatal(err)
		}
		plain += time.Since(begun)
	}
	b.ReportMetric(float64(ours)/float64(plain), "x-bare")
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N)/1000, "ms/document")
	b.ReportMetric(float64(size)/1000, "kB")
}

func bare(pages, lines int, line string) error {
	var pdf gopdf.GoPdf
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	if err := pdf.AddTTFFontData("regular", assets.FontRegular()); err != nil {
		return err
	}
	if err := pdf.SetFont("regular", "", 10); err != nil {
		return err
	}
	for range pages {
		pdf.AddPage()
		for n := range lines {
			pdf.SetXY(50, float64(50+20*n))
			if err := pdf.Text(line); err != nil {
				return err
			}
		}
	}
	_, err := pdf.GetBytesPdfReturnErr()
	return err
}
