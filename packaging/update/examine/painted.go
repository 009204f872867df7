package examine

import "image"

// Painted tells whether a picture of a window shows anything: more than one colour.
func Painted(picture image.Image) bool {
	bounds := picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y += 4 {
		for x := bounds.Min.X; x < bounds.Max.X; x += 4 {
			if picture.At(x, y) != picture.At(bounds.Min.X, bounds.Min.Y) {
				return true
			}
		}
	}
	return false
}
