package camera

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"slices"
	"sync"

	"bianmin/drivers/link/video"
	"bianmin/drivers/scan/page"
)

// errPicture says that what came is no whole picture.
var errPicture = errors.New("not a whole picture")

// decode makes a picture of what came in a mode, and clears that.
func decode(data []byte, mode video.Mode) (image.Image, error) {
	defer clear(data)
	if mode.Format == video.YUYV {
		return fromYUYV(data, mode.Width, mode.Height)
	}
	whole, err := withTables(data)
	if err != nil {
		return nil, err
	}
	picture, err := page.Read(whole)
	clear(whole)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	return picture, nil
}

// fromYUYV takes the brightness of each pixel and the colours of each pair apart.
func fromYUYV(data []byte, width, height int) (image.Image, error) {
	if width < 2 || width%2 != 0 || height < 1 || len(data) != 2*width*height {
		return nil, fmt.Errorf("%w: %d bytes for %d by %d", errPicture, len(data), width, height)
	}
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio422)
	for y := range height {
		row := data[2*width*y : 2*width*(y+1)]
		light, blue, red := img.Y[y*img.YStride:], img.Cb[y*img.CStride:], img.Cr[y*img.CStride:]
		for i := range width / 2 {
			four := row[4*i : 4*i+4]
			light[2*i], blue[i], light[2*i+1], red[i] = four[0], four[1], four[2], four[3]
		}
	}
	return img, nil
}

// Markers of JPEG.
const (
	startOfImage, tables, startOfScan = 0xD8, 0xC4, 0xDA
)

// withTables gives a JPEG the Huffman tables where it has none: cameras leave out those that the standard names as usual.
func withTables(data []byte) ([]byte, error) {
	if len(data) < 4 || data[0] != 0xFF || data[1] != startOfImage {
		return nil, fmt.Errorf("%w: no JPEG", errPicture)
	}
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xFF {
			return nil, fmt.Errorf("%w: no marker", errPicture)
		}
		switch data[at+1] {
		case 0xFF: // filling
			at++
			continue
		case tables:
			return data, nil
		case startOfScan:
			usual, err := usualTables()
			return slices.Concat(data[:at], usual, data[at:]), err
		}
		at += 2 + int(binary.BigEndian.Uint16(data[at+2:]))
	}
	return nil, fmt.Errorf("%w: it ends before its picture", errPicture)
}

// usualTables are the standard's (ITU-T T.81, annex K), as the library writes them into each picture.
var usualTables = sync.OnceValues(func() ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewRGBA(image.Rect(0, 0, 8, 8)), nil); err != nil {
		return nil, fmt.Errorf("usual tables: %w", err)
	}
	var found []byte
	data := out.Bytes()
	for at := 2; at+4 <= len(data) && data[at+1] != startOfScan; {
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if data[at+1] == tables {
			found = append(found, data[at:end]...)
		}
		at = end
	}
	if len(found) == 0 {
		return nil, errors.New("usual tables: the library writes none")
	}
	return found, nil
})
