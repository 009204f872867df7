package receipt

import (
	"errors"
	"strings"
)

// base45Set is the QR alphanumeric set in its order (RFC 9285).
const base45Set = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

var errBase45 = errors.New("not base45")

// encodeBase45 writes bytes in the QR alphanumeric set, RFC 9285.
func encodeBase45(in []byte) string {
	var b strings.Builder
	b.Grow((len(in) + 1) / 2 * 3)
	for i := 0; i+1 < len(in); i += 2 {
		n := int(in[i])<<8 | int(in[i+1])
		b.WriteByte(base45Set[n%45])
		b.WriteByte(base45Set[n/45%45])
		b.WriteByte(base45Set[n/2025])
	}
	if len(in)%2 == 1 {
		n := int(in[len(in)-1])
		b.WriteByte(base45Set[n%45])
		b.WriteByte(base45Set[n/45])
	}
	return b.String()
}

// decodeBase45 is the exact inverse: every text that encodeBase45 would not write is refused.
func decodeBase45(in string) ([]byte, error) {
	if len(in)%3 == 1 {
		return nil, errBase45
	}
	out := make([]byte, 0, len(in)/3*2+1)
	for len(in) > 0 {
		group := min(3, len(in))
		n, weight := 0, 1
		for i := range group {
			digit := strings.IndexByte(base45Set, in[i])
			if digit < 0 {
				return nil, errBase45
			}
			n += digit * weight
			weight *= 45
		}
		in = in[group:]
		switch {
		case group == 3 && n <= 0xFFFF:
			out = append(out, byte(n>>8), byte(n))
		case group == 2 && n <= 0xFF:
			out = append(out, byte(n))
		default:
			return nil, errBase45
		}
	}
	return out, nil
}
