package point

import (
	"context"

	"bianmin/drivers"
	"bianmin/drivers/link"
	"bianmin/drivers/scan"
)

// buttonHandle is a push button: it says nothing but that it was pressed.
type buttonHandle struct{ *speaker[struct{}] }

// Wait implements drivers.Button.
func (h *buttonHandle) Wait(ctx context.Context) error {
	_, err := h.wait(ctx, "wait for button")
	return err
}

type pressing struct{ *scan.Button }

func (p pressing) next(ctx context.Context) (struct{}, error) { return struct{}{}, p.Wait(ctx) }

func openButton(c *Button) func(ctx context.Context) (source[struct{}], error) {
	baud := c.Baud
	if baud == 0 {
		baud = 9600
	}
	return func(ctx context.Context) (source[struct{}], error) {
		l, err := link.Open(ctx, c.Link, link.Options{Baud: baud})
		if err != nil {
			return nil, err
		}
		return pressing{scan.NewButton(l)}, nil
	}
}

var _ drivers.Button = (*buttonHandle)(nil)
