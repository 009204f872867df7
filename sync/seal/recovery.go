package seal

import (
	"encoding/json"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
)

// RecoveryBackup stands in the place of an account when a machine's backup is to be opened by its successor.
const RecoveryBackup = "backup"

// RecoveryVersion of the request and answer this code writes.
const RecoveryVersion = 1

// RecoveryRequest asks the two custodians of a point's recovery key for the key
// of an account whose secret was forgotten. Nothing in it is secret.
type RecoveryRequest struct {
	Version    int    `json:"version"`
	Terminal   string `json:"terminal"`
	Generation string `json:"generation"`
	Point      string `json:"point"`
	Region     string `json:"region"`
	Account    string `json:"account"`
	Name       string `json:"name"`
	Wrapped    []byte `json:"wrapped"` // the account's private key, to the recovery key
	Fresh      []byte `json:"fresh"`   // public key the answer is wrapped to, compressed SM2
}

// RecoveryAnswer is the custodians' answer; only the PC that asked can open it.
type RecoveryAnswer struct {
	Version int    `json:"version"`
	Account string `json:"account"`
	Wrapped []byte `json:"wrapped"` // the account's private key, to the fresh key
}

// ParseRecoveryRequest reads a request of a known version.
func ParseRecoveryRequest(content []byte) (RecoveryRequest, error) {
	var r RecoveryRequest
	if err := json.Unmarshal(content, &r); err != nil {
		return r, fmt.Errorf("read a recovery request: %w", err)
	}
	if r.Version != RecoveryVersion {
		return r, fmt.Errorf("read a recovery request: version %d is not known", r.Version)
	}
	return r, nil
}

// AnswerRecovery unwraps what a request holds with the recovery key and wraps
// it to the fresh key. It gives ErrUnwrap when the request belongs to another point.
func AnswerRecovery(request []byte, recovery *sm2.PrivateKey) ([]byte, error) {
	r, err := ParseRecoveryRequest(request)
	if err != nil {
		return nil, err
	}
	fresh, err := ParseKey(r.Fresh)
	if err != nil {
		return nil, fmt.Errorf("read a recovery request: %w", err)
	}
	key, err := UnwrapKeyWith(r.Wrapped, recovery)
	if err != nil {
		return nil, err
	}
	wrapped, err := WrapKeyTo(key, fresh)
	if err != nil {
		return nil, err
	}
	answer, err := json.MarshalIndent(RecoveryAnswer{Version: RecoveryVersion, Account: r.Account, Wrapped: wrapped}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode a recovery answer: %w", err)
	}
	return answer, nil
}
