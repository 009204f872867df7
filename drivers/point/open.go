package point

import (
	"context"
	"errors"

	"bianmin/drivers"
	"bianmin/drivers/escpos"
	"bianmin/drivers/idcard"
	"bianmin/drivers/ipp"
	"bianmin/drivers/link"
	"bianmin/drivers/scan"
	"bianmin/drivers/scan/camera"
	"bianmin/drivers/scan/escl"
)

func openReader(c *Reader, options Options) opener[*idcard.Reader] {
	return func(ctx context.Context, _ bool) (*idcard.Reader, error) {
		l, err := link.Open(ctx, c.Link, link.Options{Baud: c.Baud})
		if err != nil {
			return nil, err
		}
		return idcard.New(l, idcard.Options{Baud: c.Baud, Now: options.Now}), nil
	}
}

func openPrinter(c *Printer, options Options) opener[*escpos.Printer] {
	return func(ctx context.Context, again bool) (*escpos.Printer, error) {
		l, err := link.Open(ctx, c.Link, link.Options{Baud: c.Baud})
		if err != nil {
			return nil, err
		}
		p, err := escpos.Open(ctx, l, escpos.Options{
			Profile: escpos.Profile{Paper: c.Paper, RasterQR: c.RasterQR, NoCutter: c.NoCutter, Identify: true},
			Raster:  options.Raster, Baud: c.Baud, Now: options.Now, Log: options.Log, Doubtful: again,
		})
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
		return p, nil
	}
}

// openDocument lets everybody know at once what a printer waits for in the middle of a job.
func openDocument(c *Document, options Options, b *board) opener[*ipp.Printer] {
	return func(ctx context.Context, _ bool) (*ipp.Printer, error) {
		return ipp.Open(ctx, c.Link, ipp.Options{Now: options.Now, Told: func(s drivers.Status) { b.post(s, nil) }})
	}
}

func openScanner(c *Scanner, options Options) opener[drivers.Scanner] {
	return func(ctx context.Context, _ bool) (drivers.Scanner, error) {
		if c.camera() {
			return camera.Open(ctx, c.Link, camera.Options{DPI: c.DPI, Now: options.Now})
		}
		if c.Link != "" {
			return escl.Open(ctx, c.Link, escl.Options{DPI: c.DPI, Now: options.Now, Certificate: c.Certificate})
		}
		return scan.Open(ctx, scan.Options{Device: c.SANE, DPI: c.DPI, Env: c.Env, Now: options.Now})
	}
}

// faultOf gives the code for people of an error of a link that cannot be opened.
func faultOf(err error) drivers.Fault {
	var known *drivers.Error
	switch {
	case errors.As(err, &known):
		return known.Fault
	case errors.Is(err, link.ErrUnplugged), errors.Is(err, link.ErrClosed):
		return drivers.FaultUnplugged
	case errors.Is(err, link.ErrNotPermitted):
		return drivers.FaultNotPermitted
	case errors.Is(err, link.ErrBusy):
		return drivers.FaultBusy
	case errors.Is(err, link.ErrAmbiguous):
		return drivers.FaultAmbiguous
	case errors.Is(err, link.ErrTimeout):
		return drivers.FaultSilent
	default:
		return drivers.FaultOf(err)
	}
}
