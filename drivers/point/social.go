package point

import (
	"context"

	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/drivers/social"
)

// socialHandle is a chip card reader for social-security cards.
type socialHandle struct{ *owner[*social.Reader] }

var _ drivers.SocialCardReader = (*socialHandle)(nil)

func (h *socialHandle) Read(ctx context.Context) (identity.SocialCard, error) {
	var card identity.SocialCard
	err := h.do(ctx, "read card", func(ctx context.Context, d *social.Reader) (err error) {
		card, err = d.Read(ctx)
		return err
	})
	return card, err
}

func (h *socialHandle) Present(ctx context.Context) (drivers.Presence, error) {
	var found drivers.Presence
	err := h.do(ctx, "find card", func(ctx context.Context, d *social.Reader) (err error) {
		found, err = d.Present(ctx)
		return err
	})
	return found, err
}

func (h *socialHandle) Status(ctx context.Context) (drivers.Status, error) { return h.status(ctx) }
func (h *socialHandle) Close() error                                       { return nil }

// openSocial asks at once: the service's readers come and go, and one that is not there is waited for in growing pauses.
func openSocial(c *Social, options Options) opener[*social.Reader] {
	return func(ctx context.Context, _ bool) (*social.Reader, error) {
		name, err := social.NameOf(c.Link)
		if err != nil {
			return nil, err
		}
		reader := social.New(social.Options{Name: name, Now: options.Now})
		_, err = reader.Status(ctx)
		return reader, err
	}
}
