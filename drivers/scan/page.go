package scan

import (
	"fmt"
	"image"

	"bianmin/drivers"
	"bianmin/drivers/scan/page"
)

// pageBytes is the budget of one encoded page where nobody says another.
const pageBytes = 300_000

// Page cuts out and levels the sheet in a scanned picture, looks at it, and packs it as a page of at most budget bytes
// (0 is 300 000) where the picture allows it: a JPEG, or a PNG when that is smaller.
func Page(picture image.Image, budget int) (drivers.ScannedPage, error) {
	if budget == 0 {
		budget = pageBytes
	}
	sheet, _ := page.Straighten(picture)
	quality, empty := judge(sheet), page.Empty(sheet)
	packed, err := pack(sheet, budget)
	if err != nil {
		return drivers.ScannedPage{}, fmt.Errorf("pack page: %w", err)
	}
	packed.Quality, packed.Empty = quality, empty
	return packed, nil
}
