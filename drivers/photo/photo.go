// Package photo makes pictures of the photos on resident ID cards with a decoder that is not ours: a program the
// integrator installs, because the format is closed. It runs apart, without network, files or much memory, and is
// killed with all it started. The package keeps nothing of a photo and logs nothing.
package photo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/png" // one of the two forms a decoder may give
	"os/exec"
	"path/filepath"
	"time"

	_ "golang.org/x/image/bmp" // the other

	"bianmin/drivers"
	"bianmin/drivers/apart"
)

const (
	// Size is the length of a card's photo as the card gives it.
	Size = 1024
	// largest is the most a decoder may say: the picture is 38 862 bytes as a bitmap of 102 × 126.
	largest = 1 << 20
	// longest side of a picture, in pixels.
	side = 1024
	// usual is how long it may take.
	usual = 5 * time.Second
)

// Errors of this package, beside drivers.ErrNoDecoder.
var (
	// ErrPhoto means that what was to be decoded is no card's photo.
	ErrPhoto = errors.New("the card's photo has not the length of one")
	// ErrDecoder means that the decoder failed, said too much, took too long, or gave no picture.
	ErrDecoder = errors.New("the decoder of the card's photo failed")
)

// Options of a Decoder.
type Options struct {
	Program string        // absolute path of the decoder: 1024 bytes on its standard input, BMP or PNG on its output; "" for none
	Args    []string      // its arguments
	Limit   time.Duration // of one photo; 0 is 5 s
	Owned   bool          // look each time, before it is run, whether it is root's alone (Check)
}

// Decoder runs a program for each photo; it implements drivers.PhotoDecoder.
type Decoder struct{ options Options }

var _ drivers.PhotoDecoder = (*Decoder)(nil)

// New looks at nothing: a program that is not there is Decode's error.
func New(options Options) *Decoder {
	if options.Limit <= 0 {
		options.Limit = usual
	}
	return &Decoder{options}
}

// Decode implements drivers.PhotoDecoder.
func (d *Decoder) Decode(ctx context.Context, photo []byte) (image.Image, error) {
	if d.options.Program == "" {
		return nil, drivers.ErrNoDecoder
	}
	if !filepath.IsAbs(d.options.Program) {
		return nil, fmt.Errorf("%w: its path is not absolute", ErrDecoder)
	}
	if len(photo) != Size {
		return nil, ErrPhoto
	}
	if d.options.Owned {
		if err := Check(d.options.Program); err != nil {
			return nil, err
		}
	}
	out, err := d.run(ctx, photo)
	defer clear(out)
	if err != nil {
		return nil, err
	}
	return picture(out)
}

// run gives the photo to the decoder and takes what it says. The complaints of a decoder may hold anything: nobody reads them.
func (d *Decoder) run(ctx context.Context, photo []byte) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, d.options.Limit)
	defer cancel()
	command := exec.CommandContext(limited, "/proc/self/exe")
	command.Args = append([]string{launcher, d.options.Program}, d.options.Args...)
	command.Dir, command.Env = "/", []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	out := &capped{full: cancel}
	command.Stdin, command.Stdout = bytes.NewReader(photo), out
	err := apart.Run(command, 0)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case out.over:
		err = fmt.Errorf("%w: it says more than any photo is", ErrDecoder)
	case limited.Err() != nil:
		err = fmt.Errorf("%w: it took longer than %v", ErrDecoder, d.options.Limit)
	case errors.As(err, &exit) && exit.ExitCode() == notStarted:
		err = fmt.Errorf("%w: it cannot be started", ErrDecoder)
	case errors.As(err, &exit):
		err = fmt.Errorf("%w: %s", ErrDecoder, exit.ProcessState)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay): // a child of it may hold its output, which is all there
		err = fmt.Errorf("%w: %w", ErrDecoder, err)
	default:
		return out.bytes, nil
	}
	clear(out.bytes)
	return nil, err
}

// picture makes a picture of what the decoder said, and looks at its size first: a few bytes can promise a huge one.
func picture(out []byte) (image.Image, error) {
	form, _, err := image.DecodeConfig(bytes.NewReader(out))
	if err != nil {
		return nil, fmt.Errorf("%w: no picture", ErrDecoder)
	}
	if form.Width < 1 || form.Height < 1 || form.Width > side || form.Height > side {
		return nil, fmt.Errorf("%w: a picture of %d × %d", ErrDecoder, form.Width, form.Height)
	}
	decoded, _, err := image.Decode(bytes.NewReader(out))
	if err != nil {
		return nil, fmt.Errorf("%w: half a picture", ErrDecoder)
	}
	return decoded, nil
}

// capped takes what the decoder says. It does not grow by copying: no old copy of a photo stays behind.
type capped struct {
	bytes []byte
	over  bool
	full  func()
}

func (c *capped) Write(p []byte) (int, error) {
	if c.bytes == nil {
		c.bytes = make([]byte, 0, largest)
	}
	if len(c.bytes)+len(p) > largest {
		c.over = true
		c.full()
		return 0, ErrDecoder
	}
	c.bytes = append(c.bytes, p...)
	return len(p), nil
}
