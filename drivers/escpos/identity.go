package escpos

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"bianmin/core/receipt"
	"bianmin/drivers"
)

// identity is what a printer says it is; "" is what it does not tell.
type identity struct{ maker, model, serial, firmware string }

func (i identity) write(s *drivers.Status) {
	s.Model = strings.TrimSpace(i.maker + " " + i.model)
	s.Serial, s.Firmware = i.serial, i.firmware
}

// The questions of GS I. The first one's parameter is no letter, so a clone that knows none of them prints nothing; the others are asked only where it was answered.
const (
	kindOfModel    = 1
	firmwareOf     = 65
	makerOf        = 66
	modelOf        = 67
	serialNumberOf = 68
)

// longestText is how much a printer may say of one of them, beginning and end included.
const longestText = 82

// introduce asks the printer once who it is. It must be at rest for that, which only one shows that acknowledges. Where an answer stays out it may still come, and would
// pass for another question's: so the line is made sure of here, where nobody waits, and not before the next job.
func (p *Printer) introduce(ctx context.Context) error {
	if !p.options.Identify || p.asked {
		return nil
	}
	p.asked = true
	err := p.wire.settle(ctx, 2*p.options.Answer)
	if err == nil {
		if p.is, err = p.wire.introduction(ctx); unanswered(err) {
			p.wire.late = true
			err = p.wire.doubt(ctx)
		}
	}
	if err != nil && !unanswered(err) {
		return fmt.Errorf("ask who it is: %w", err)
	}
	return nil
}

func (w *wire) introduction(ctx context.Context) (is identity, err error) {
	if _, err = w.send(ctx, []byte{gs, 'I', kindOfModel}, w.options.Answer); err != nil {
		return is, err
	}
	if _, err = w.listen(ctx, isPaper, w.options.Answer); err != nil {
		return is, err
	}
	for _, q := range []struct {
		n    byte
		into *string
	}{{makerOf, &is.maker}, {modelOf, &is.model}, {serialNumberOf, &is.serial}, {firmwareOf, &is.firmware}} {
		if _, err = w.send(ctx, []byte{gs, 'I', q.n}, w.options.Answer); err != nil {
			return is, err
		}
		if *q.into, err = w.block(ctx); err != nil {
			return is, err
		}
	}
	return is, nil
}

// block reads one text that GS I asked for: "_", the text, zero.
func (w *wire) block(parent context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(parent, w.options.Answer)
	defer cancel()
	for {
		if begin := bytes.IndexByte(w.pending, '_'); begin >= 0 {
			if end := bytes.IndexByte(w.pending[begin:], 0); end > 0 {
				text := string(w.pending[begin+1 : begin+end])
				w.pending = w.pending[begin+end+1:]
				return plain(text)
			}
		}
		if len(w.pending) > longestText {
			w.pending = nil
			return "", errNoise
		}
		buffer := make([]byte, 64)
		n, err := w.link.ReadContext(ctx, buffer)
		w.pending = append(w.pending, buffer[:n]...)
		w.heard += n
		switch {
		case n > 0 || err == nil:
		case parent.Err() != nil:
			return "", parent.Err()
		case quiet(err):
			return "", errSilent
		default:
			return "", err
		}
	}
}

// plain refuses what is no name: noise that came into it.
func plain(text string) (string, error) {
	if strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' }) {
		return "", errNoise
	}
	return strings.TrimSpace(receipt.Clean(text)), nil
}
