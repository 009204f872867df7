package wire

import "strings"

// RenewalRequest asks for certificates for keys that are to take the place of a terminal's present ones.
type RenewalRequest struct {
	Nonce     string `json:"nonce"`     // 16 random bytes in hex; the answer repeats them
	Sign      string `json:"sign"`      // PKCS#10, SM2, PEM
	Encrypt   string `json:"encrypt"`   // PKCS#10, SM2, PEM
	TLS       string `json:"tls"`       // PKCS#10, P-256, PEM
	Signature []byte `json:"signature"` // r‖s by the present signing key over Signed
}

// Signed is what a terminal signs of a renewal request with the key it has had so far.
func (r RenewalRequest) Signed(terminal, generation string) []byte {
	return []byte(strings.Join([]string{"BM1 renewal", terminal, generation, r.Nonce, r.Sign, r.Encrypt, r.TLS}, "\x00"))
}
