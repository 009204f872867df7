// Package social reads the basics of social-security cards: the card's own data, and the holder's where the card gives them
// without a password. It knows the cards' files (LD/T 33) and no reader, never sends a password and keeps nothing.
package social

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"bianmin/core/identity"
)

// Errors of this package. Errors of the Transmitter stand in the chain as they are.
var (
	// ErrOther means that the card in the reader is no social-security card.
	ErrOther = errors.New("the card is no social-security card")
	// ErrForm means that an answer has not the form of the field that was asked for.
	ErrForm = errors.New("the card's answer has not the form of its field")
)

// StatusError is a refusal: the card's status word (ISO 7816-4).
type StatusError struct{ Status uint16 }

func (e *StatusError) Error() string { return fmt.Sprintf("the card answers %04X", e.Status) }

// Transmitter exchanges bytes with a card.
type Transmitter interface {
	Transmit(ctx context.Context, command []byte) ([]byte, error)
}

// application is "sx1.sh." and 社会保障 in GBK: the environment of social security.
var application = append([]byte("sx1.sh."), 0xC9, 0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF)

// Files.
const (
	fileCard, firstCard     = 0x05, 1
	fileHolder, firstHolder = 0x06, 8
)

// Read reads the card that lies in the reader.
func Read(ctx context.Context, t Transmitter) (identity.SocialCard, error) {
	r := &reading{ctx: ctx, t: t}
	if _, err := r.send(append([]byte{0x00, 0xA4, 0x04, 0x00, byte(len(application))}, application...)); err != nil {
		var refused *StatusError
		if errors.As(err, &refused) {
			err = fmt.Errorf("%w: %w", ErrOther, err)
		}
		return identity.SocialCard{}, fmt.Errorf("read social-security card: %w", err)
	}
	card := r.card()
	if r.err == nil && r.open(fileHolder) {
		card.Holder = r.holder()
	}
	if r.err != nil {
		return identity.SocialCard{}, fmt.Errorf("read social-security card: %w", r.err)
	}
	return card, nil
}

// reading is one read; the first error ends it.
type reading struct {
	ctx context.Context // of this read alone
	t   Transmitter
	err error
	// first is the tag of the open file's first record.
	first byte
	// numbered tells that the card wants a record's number where others want its tag.
	numbered bool
}

func (r *reading) card() (c identity.SocialCard) {
	if !r.open(fileCard) {
		if r.err == nil {
			r.err = ErrOther
		}
		return c
	}
	c.Identification = hex.EncodeToString(r.field(1, 16))
	c.Class = r.text(2, 1)
	c.Version = r.text(3, 4)
	c.Issuer = hex.EncodeToString(r.field(4, 12))
	c.Issued = r.date(5)
	c.ValidTo = r.date(6)
	c.Number = r.text(7, 9)
	return c
}

// holder is nil where the card wants a password first.
func (r *reading) holder() *identity.SocialHolder {
	h := &identity.SocialHolder{}
	h.Number = strings.ToUpper(r.text(8, 18))
	var refused *StatusError
	if errors.As(r.err, &refused) && (refused.Status == 0x6982 || refused.Status == 0x6985) {
		r.err = nil
		return nil
	}
	h.Name = r.text(9, 30)
	h.Sex = identity.Sex(r.text(10, 1))
	h.Nation = identity.Nation(hex.EncodeToString(r.field(11, 1)))
	h.Birthplace = hex.EncodeToString(r.field(12, 3))
	h.Birth = r.date(13)
	return h
}

// open selects a file; false when the card has none such.
func (r *reading) open(file byte) bool {
	r.first = firstCard
	if file == fileHolder {
		r.first = firstHolder
	}
	var err error
	for _, how := range []byte{0x02, 0x00} { // a file below the application, or just any: cards differ
		_, err = r.send([]byte{0x00, 0xA4, how, 0x00, 0x02, 0xEF, file})
		var refused *StatusError
		if err == nil {
			return true
		}
		if !errors.As(err, &refused) {
			r.err = err
			return false
		}
	}
	return false
}

// field reads the record with a tag: the tag, the length, the value.
func (r *reading) field(tag byte, size int) []byte {
	if r.err != nil {
		return nil
	}
	answer, err := r.record(tag)
	switch {
	case err != nil:
		r.err = err
		return nil
	case len(answer) < 2 || answer[0] != tag || int(answer[1]) != len(answer)-2 || len(answer)-2 > size:
		r.err = ErrForm
		return nil
	}
	return answer[2:]
}

// record asks for a record by its tag, or by its number where the card knows no tags.
func (r *reading) record(tag byte) ([]byte, error) {
	if !r.numbered {
		answer, err := r.send([]byte{0x00, 0xB2, tag, 0x00, 0x00})
		var refused *StatusError
		if !errors.As(err, &refused) || refused.Status>>8 != 0x6A && refused.Status != 0x6B00 {
			return answer, err
		}
	}
	answer, err := r.send([]byte{0x00, 0xB2, tag - r.first + 1, 0x04, 0x00})
	r.numbered = err == nil
	return answer, err
}

func (r *reading) text(tag byte, size int) string {
	value := r.field(tag, size)
	for len(value) > 0 && bytes.IndexByte([]byte{0x00, ' ', 0xFF}, value[len(value)-1]) >= 0 { // package bytes would take GBK for broken UTF-8
		value = value[:len(value)-1]
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(value)
	if r.err == nil && (err != nil || bytes.ContainsFunc(text, impossible)) {
		r.err = ErrForm
	}
	if r.err != nil {
		return ""
	}
	return string(text)
}

// date is four bytes of two digits each.
func (r *reading) date(tag byte) identity.Date {
	date, err := identity.ParseDate(hex.EncodeToString(r.field(tag, 4)))
	if err != nil {
		return identity.Date{}
	}
	return date
}

// impossible tells characters that stand on no card, and would be commands to a printer.
func impossible(c rune) bool { return c < ' ' || c == 0x7F || c == '\uFFFD' }

// longest answers are far below this many parts.
const parts = 8

// send exchanges a command, fetches what the card holds back (61xx) and asks again with the length it names (6Cxx).
func (r *reading) send(command []byte) ([]byte, error) {
	var all []byte
	for range parts {
		answer, err := r.t.Transmit(r.ctx, command)
		if err != nil {
			return nil, err
		}
		if len(answer) < 2 {
			return nil, ErrForm
		}
		end := len(answer) - 2
		status := uint16(answer[end])<<8 | uint16(answer[end+1])
		all = append(all, answer[:end]...)
		switch {
		case status == 0x9000:
			return all, nil
		case status>>8 == 0x61:
			command = []byte{0x00, 0xC0, 0x00, 0x00, byte(status)} // #nosec G115 -- its low byte
		case status>>8 == 0x6C && len(command) == 5:
			command = append(bytes.Clone(command[:4]), byte(status)) // #nosec G115 -- its low byte
		default:
			return nil, &StatusError{Status: status}
		}
	}
	return nil, ErrForm
}
