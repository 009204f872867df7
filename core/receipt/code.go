package receipt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bianmin/core/casefile"
)

const (
	// CodePrefix begins the text of every receipt code; its characters are in the QR alphanumeric set.
	CodePrefix = "BM1:"
	// CodeVersion is the version of the binary structure that this code writes and reads.
	CodeVersion = 1
	// MaxCode is the largest binary structure in bytes that a receipt's QR may hold.
	MaxCode = 300

	certificateContext = "BM1 certificate\x00"
	receiptContext     = "BM1 receipt\x00"
)

// ErrCode is in the chain of every refusal to read or write a receipt code.
var ErrCode = errors.New("receipt code")

// Certificate is a terminal's compact certificate as it stands in a receipt's
// code: it lets any terminal verify the code offline.
type Certificate struct {
	Terminal   string // e.g. "QH0301"
	Generation string // e.g. "A"
	Key        [33]byte
	NotBefore  time.Time // to the second
	NotAfter   time.Time // to the second
	Signature  [64]byte  // r||s of the platform's CA over SignedBytes
}

// SignedBytes is what the platform's CA signs.
// It fails when a field does not fit the structure.
func (c Certificate) SignedBytes() ([]byte, error) {
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	return append([]byte(certificateContext), body...), nil
}

// MarshalBinary gives the certificate's bytes as they stand in a code and in an enrolment answer.
func (c Certificate) MarshalBinary() ([]byte, error) {
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	return append(body, c.Signature[:]...), nil
}

// UnmarshalBinary reads what MarshalBinary wrote, and nothing else.
func (c *Certificate) UnmarshalBinary(data []byte) error {
	r := codeReader{data: data}
	got := r.certificate()
	if err := r.end(); err != nil {
		return fmt.Errorf("%w: certificate: %w", ErrCode, err)
	}
	*c = got
	return nil
}

func (c Certificate) body() ([]byte, error) {
	var w codeWriter
	w.text("terminal", c.Terminal)
	w.text("generation", c.Generation)
	w.bytes = append(w.bytes, c.Key[:]...)
	w.seconds("not before", c.NotBefore)
	w.seconds("not after", c.NotAfter)
	if w.err != nil {
		return nil, fmt.Errorf("%w: certificate: %w", ErrCode, w.err)
	}
	return w.bytes, nil
}

// Code is what a receipt's QR says: which case, which event, and who vouches
// for it. It opens a case's state only; anything personal needs the card.
type Code struct {
	Case        casefile.Number
	Item        string
	Time        time.Time // when it was filed, to the second
	Digest      [32]byte  // SM3 of the event's canonical bytes
	Signature   [64]byte  // r||s of the terminal's SM2 key over SignedBytes
	Certificate Certificate
}

// SignedBytes is what the terminal signs: everything before the signature.
// It fails when a field does not fit the structure.
func (c Code) SignedBytes() ([]byte, error) {
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	return append([]byte(receiptContext), body...), nil
}

// Encode writes the text of the QR: CodePrefix and the structure in base45.
// It fails when the structure would be longer than MaxCode, or when the case
// number is not of the certificate's terminal and generation.
func (c Code) Encode() (string, error) {
	body, err := c.body()
	if err != nil {
		return "", err
	}
	if err := c.belongs(); err != nil {
		return "", err
	}
	certificate, err := c.Certificate.MarshalBinary()
	if err != nil {
		return "", err
	}
	all := append(append(body, c.Signature[:]...), certificate...)
	if len(all) > MaxCode {
		return "", fmt.Errorf("%w: %d bytes, at most %d fit", ErrCode, len(all), MaxCode)
	}
	return CodePrefix + encodeBase45(all), nil
}

// DecodeCode reads the text of a receipt's QR. It checks the structure and that
// the case number belongs to the certificate's terminal; it verifies no signature.
func DecodeCode(text string) (Code, error) {
	rest, ok := strings.CutPrefix(text, CodePrefix)
	if !ok {
		return Code{}, fmt.Errorf("%w: no %q in front", ErrCode, CodePrefix)
	}
	data, err := decodeBase45(rest)
	if err != nil {
		return Code{}, fmt.Errorf("%w: %w", ErrCode, err)
	}
	if len(data) > MaxCode {
		return Code{}, fmt.Errorf("%w: %d bytes", ErrCode, len(data))
	}
	r := codeReader{data: data}
	if v := r.take(1); v[0] != CodeVersion && r.err == nil {
		return Code{}, fmt.Errorf("%w: version %d is not known", ErrCode, v[0])
	}
	c := Code{Case: casefile.Number(r.text()), Item: r.text(), Time: r.seconds()}
	copy(c.Digest[:], r.take(len(c.Digest)))
	copy(c.Signature[:], r.take(len(c.Signature)))
	c.Certificate = r.certificate()
	if err := r.end(); err != nil {
		return Code{}, fmt.Errorf("%w: %w", ErrCode, err)
	}
	return c, c.belongs()
}

func (c Code) body() ([]byte, error) {
	w := codeWriter{bytes: []byte{CodeVersion}}
	w.text("case number", string(c.Case))
	w.text("item", c.Item)
	w.seconds("time", c.Time)
	w.bytes = append(w.bytes, c.Digest[:]...)
	if w.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCode, w.err)
	}
	return w.bytes, nil
}

// belongs refuses a case number of another terminal or generation than the certificate's.
func (c Code) belongs() error {
	if !strings.HasPrefix(string(c.Case), c.Certificate.Terminal+c.Certificate.Generation+"-") {
		return fmt.Errorf("%w: case number is not of the certificate's terminal", ErrCode)
	}
	return nil
}

type codeWriter struct {
	bytes []byte
	err   error
}

func (w *codeWriter) text(what, s string) {
	if s == "" || len(s) > 255 || !printable(s) {
		w.err = errors.Join(w.err, fmt.Errorf("%s: empty, too long or not printable", what))
		return
	}
	w.bytes = append(append(w.bytes, byte(len(s))), s...)
}

func (w *codeWriter) seconds(what string, t time.Time) {
	s := t.Unix()
	if s < 0 || s > 0xFFFFFFFF {
		w.err = errors.Join(w.err, fmt.Errorf("%s: year %d does not fit", what, t.Year()))
		return
	}
	w.bytes = binary.BigEndian.AppendUint32(w.bytes, uint32(s))
}

type codeReader struct {
	data []byte
	err  error
}

var errShort = errors.New("cut short")

// take always gives n bytes; zeros after the first error.
func (r *codeReader) take(n int) []byte {
	if r.err == nil && len(r.data) < n {
		r.err = errShort
	}
	if r.err != nil {
		return make([]byte, n)
	}
	out := r.data[:n]
	r.data = r.data[n:]
	return out
}

func (r *codeReader) text() string {
	s := string(bytes.Clone(r.take(int(r.take(1)[0]))))
	if r.err == nil && (s == "" || !printable(s)) {
		r.err = errors.New("text is empty or not printable")
	}
	return s
}

func (r *codeReader) seconds() time.Time {
	return time.Unix(int64(binary.BigEndian.Uint32(r.take(4))), 0).UTC()
}

func (r *codeReader) certificate() Certificate {
	c := Certificate{Terminal: r.text(), Generation: r.text()}
	copy(c.Key[:], r.take(len(c.Key)))
	c.NotBefore, c.NotAfter = r.seconds(), r.seconds()
	copy(c.Signature[:], r.take(len(c.Signature)))
	return c
}

func (r *codeReader) end() error {
	if r.err == nil && len(r.data) > 0 {
		return fmt.Errorf("%d bytes too many", len(r.data))
	}
	return r.err
}

func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
