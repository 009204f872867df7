package point

import (
	"context"

	"bianmin/drivers"
	"bianmin/drivers/barcode"
)

// codeHandle is a code reader on any link.
type codeHandle struct{ *speaker[codeRead] }

// codeRead is a code, or what came instead of one.
type codeRead struct {
	code drivers.Code
	err  error
}

// Scan implements drivers.CodeReader.
func (h *codeHandle) Scan(ctx context.Context) (drivers.Code, error) {
	read, err := h.wait(ctx, "wait for a code")
	if err != nil {
		return drivers.Code{}, err
	}
	return read.code, read.err
}

type scanning struct{ drivers.CodeReader }

func (s scanning) next(ctx context.Context) (codeRead, error) {
	code, err := s.Scan(ctx)
	if err != nil && drivers.FaultOf(err) != drivers.FaultProtocol {
		return codeRead{}, err
	}
	return codeRead{code: code, err: err}, nil // of what makes no sense the person is told: hold it again
}

func openCode(c *Code) func(ctx context.Context) (source[codeRead], error) {
	return func(ctx context.Context) (source[codeRead], error) {
		r, err := barcode.Open(ctx, c.Link, c.Baud)
		if err != nil {
			return nil, err
		}
		return scanning{r}, nil
	}
}

var _ drivers.CodeReader = (*codeHandle)(nil)
