package camera

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/video"
	"bianmin/drivers/scan"
	"bianmin/drivers/scan/page"
)

// Cameras begin dark or dazzled: one has got used to the light when so many pictures over so long have differed by so many greys at most.
const (
	steady = 3
	alike  = 4
	calm   = 400 * time.Millisecond
)

// patience is how many broken pictures are left out in a row.
const patience = 20

// Scan implements drivers.Scanner: the camera is switched on, gets used to the light, and what it sees then is cut out, levelled and packed.
func (c *Camera) Scan(ctx context.Context, options drivers.ScanOptions) (drivers.ScannedPage, error) {
	const op = "scan page"
	if options.DPI == 0 {
		options.DPI = c.options.DPI
	}
	mode := forPage(c.modes, options.DPI)
	var taken image.Image
	err := c.film(mode, func(hardware *video.Camera) (err error) {
		taken, err = c.settled(ctx, hardware, mode)
		return err
	})
	if err != nil {
		return drivers.ScannedPage{}, failure(op, err)
	}
	if !options.Color {
		taken = page.Grey(taken)
	}
	packed, err := scan.Page(taken, c.options.PageBytes)
	if err != nil {
		return drivers.ScannedPage{}, failure(op, err)
	}
	packed.Glass = true
	return packed, nil
}

// settled is the picture that the camera gives once it has got used to the light; after a while it is the one that there is.
func (c *Camera) settled(ctx context.Context, hardware *video.Camera, mode video.Mode) (image.Image, error) {
	picture, err := c.next(ctx, hardware, mode, c.options.First)
	if err != nil {
		return nil, err
	}
	begun := c.options.Now()
	level, since, count := lightness(picture), begun, 1
	for {
		if picture, err = c.next(ctx, hardware, mode, c.options.Next); err != nil {
			return nil, err
		}
		now, light := c.options.Now(), lightness(picture)
		count++
		if light-level > steady || level-light > steady {
			level, since, count = light, now, 1
		}
		if count >= alike && now.Sub(since) >= calm || now.Sub(begun) >= c.options.Settle {
			return picture, nil
		}
	}
}

// lightness is the mean grey of a picture, of every eighth pixel of every eighth row.
func lightness(img image.Image) int {
	g := page.Grey(img)
	sum, n := 0, 1
	for y := 0; y < g.Rect.Dy(); y += 8 {
		for x := 0; x < g.Rect.Dx(); x += 8 {
			sum += int(g.Pix[y*g.Stride+x])
			n++
		}
	}
	return sum / n
}

// next is the next whole picture; broken ones are left out until the time is over.
func (c *Camera) next(ctx context.Context, hardware *video.Camera, mode video.Mode, limit time.Duration) (image.Image, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var broken error
	for n := 1; ; n++ {
		data, err := hardware.Frame(limited)
		if err != nil {
			if broken != nil && errors.Is(err, channel.ErrTimeout) && ctx.Err() == nil {
				return nil, fmt.Errorf("no picture was whole: %w", broken)
			}
			return nil, err
		}
		picture, err := decode(data, mode)
		if err == nil {
			return picture, nil
		}
		if broken = err; n >= patience {
			return nil, fmt.Errorf("no picture was whole: %w", broken)
		}
	}
}

// View implements drivers.Viewer.
func (c *Camera) View(ctx context.Context, show func(image.Image)) error {
	mode := forView(c.modes, c.options.DPI)
	err := c.film(mode, func(hardware *video.Camera) error {
		limit := c.options.First
		pace := time.NewTicker(c.options.Pace)
		defer pace.Stop()
		for {
			picture, err := c.next(ctx, hardware, mode, limit)
			if err != nil {
				return err
			}
			show(picture)
			limit = c.options.Next
			select {
			case <-pace.C:
			case <-ctx.Done():
			}
		}
	})
	return failure("view", err)
}
