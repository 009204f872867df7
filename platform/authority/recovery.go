package authority

import (
	"errors"
	"fmt"
	"path/filepath"

	"bianmin/sync/seal"
)

// ErrNoRecovery says that no point of that name was ever enrolled here.
var ErrNoRecovery = errors.New("this platform has no recovery key of that point")

func (a *Authority) recoveryPath(region, point string) string {
	return filepath.Join(a.path("recovery"), seal.Digest([]byte(region + "\x00" + point))[:32]+".key")
}

// AnswerRecovery is the two custodians' act: with the point's recovery key, or both shares of it where it was divided, it
// answers the request of an account whose secret was forgotten, or of a machine. It gives
// ErrNoRecovery, ErrShares, ErrShare, or seal.ErrUnwrap for a request that is not of its point.
func (a *Authority) AnswerRecovery(request []byte, shares ...Share) ([]byte, error) {
	r, err := seal.ParseRecoveryRequest(request)
	if err != nil {
		return nil, err
	}
	key, err := a.recoveryKey(r.Region, r.Point, shares)
	if err != nil {
		return nil, fmt.Errorf("recovery key: %w", err)
	}
	return seal.AnswerRecovery(request, key)
}
