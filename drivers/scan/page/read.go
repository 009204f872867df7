package page

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
)

// ErrPicture is a picture that is not whole, no JPEG or PNG, or larger than any page.
var ErrPicture = errors.New("not a picture of a page")

// Bounds of a picture, looked at before memory is taken: A4 at 600 dots per inch has 35 million pixels.
const (
	longest = 20_000
	most    = 40_000_000
)

// Read decodes a JPEG or a PNG that is whole and no larger than a page can be.
func Read(data []byte) (image.Image, error) {
	config, decode := jpeg.DecodeConfig, jpeg.Decode
	if bytes.HasPrefix(data, []byte("\x89PNG")) {
		config, decode = png.DecodeConfig, png.Decode
	}
	head, err := config(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrPicture, err)
	}
	if head.Width < 1 || head.Height < 1 || head.Width > longest || head.Height > longest || head.Width*head.Height > most {
		return nil, fmt.Errorf("%w: %d by %d px", ErrPicture, head.Width, head.Height)
	}
	picture, err := decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return picture, nil
}
