package scan

import (
	"fmt"
	"image"

	"bianmin/drivers"
)

// pageBytes is the budget of one encoded page where nobody says another.
const pageBytes = 300_000

// Page looks at a scanned picture and packs it as a page of at most budget bytes (0 is 300 000) where the picture allows it:
// a JPEG, or a PNG when that is smaller.
func Page(picture image.Image, budget int) (drivers.ScannedPage, error) {
	if budget == 0 {
		budget = pageBytes
	}
	quality := judge(picture)
	packed, err := pack(picture, budget)
	if err != nil {
		return drivers.ScannedPage{}, fmt.Errorf("pack page: %w", err)
	}
	packed.Quality = quality
	return packed, nil
}
