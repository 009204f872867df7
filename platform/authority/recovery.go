package authority

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bianmin/sync/seal"
)

// ErrNoRecovery says that no point of that name was ever enrolled here.
var ErrNoRecovery = errors.New("this platform has no recovery key of that point")

func (a *Authority) recoveryPath(region, point string) string {
	return filepath.Join(a.path("recovery"), seal.Digest([]byte(region + "\x00" + point))[:32]+".key")
}

// AnswerRecovery is the two custodians' act: with the point's recovery key it
// answers the request of an account whose secret was forgotten. It gives
// ErrNoRecovery, or seal.ErrUnwrap for a request that is not of its point.
func (a *Authority) AnswerRecovery(request []byte) ([]byte, error) {
	r, err := seal.ParseRecoveryRequest(request)
	if err != nil {
		return nil, err
	}
	key, err := readSM2Key(a.recoveryPath(r.Region, r.Point))
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoRecovery
	}
	if err != nil {
		return nil, fmt.Errorf("recovery key: %w", err)
	}
	return seal.AnswerRecovery(request, key)
}
