package authority

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"

	"github.com/emmansun/gmsm/sm2"

	"bianmin/sync/seal"
)

// Errors of shares, for people who hold them.
var (
	ErrShares = errors.New("the recovery key of this point is divided between two custodians: both shares are needed, --share twice")
	ErrShare  = errors.New("these two shares do not belong together, or not to this point")
	ErrSplit  = errors.New("the recovery key of this point is divided already")
)

// Share is one custodian's half of a point's recovery key: a summand of the private key, which says nothing about it alone.
type Share struct {
	Version int    `json:"version"` // 1
	Region  string `json:"region"`
	Point   string `json:"point"`
	Part    int    `json:"part"`   // 1 or 2
	Public  []byte `json:"public"` // of the whole key, compressed
	Share   []byte `json:"share"`  // 32 bytes
}

// Name is what a share's file is called.
func (s Share) Name() string {
	return fmt.Sprintf("bianmin-recovery-%s-%d.share", seal.Digest([]byte(s.Region + "\x00" + s.Point))[:8], s.Part)
}

// ReadShare reads a share's file.
func ReadShare(path string) (Share, error) {
	var s Share
	content, err := os.ReadFile(path)
	if err != nil {
		return s, fmt.Errorf("read a share: %w", err)
	}
	if json.Unmarshal(content, &s) != nil || s.Version != 1 || len(s.Share) != 32 {
		return s, fmt.Errorf("read a share: %s is none", filepath.Base(path))
	}
	return s, nil
}

// SplitRecovery divides a point's recovery key: keep gets both shares and must have them safe in two places when it returns. Then
// the whole key is overwritten here and only its public half stays. Broken off before that, nothing has changed, and shares that
// were kept do not fit those of the next try. ErrNoRecovery, ErrSplit.
func (a *Authority) SplitRecovery(region, point string, keep func(first, second Share) error) error {
	path := a.recoveryPath(region, point)
	key, err := readSM2Key(path)
	if errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat(publicPath(path)); err == nil {
			return ErrSplit
		}
		return ErrNoRecovery
	}
	if err != nil {
		return fmt.Errorf("recovery key: %w", err)
	}
	first, second, err := split(key)
	if err != nil {
		return err
	}
	share := Share{Version: 1, Region: region, Point: point, Part: 1, Public: seal.CompressKey(&key.PublicKey), Share: first}
	other := share
	other.Part, other.Share = 2, second
	if err := keep(share, other); err != nil {
		return err
	}
	public, err := seal.EncodePublicKey(&key.PublicKey)
	if err != nil {
		return fmt.Errorf("recovery key: %w", err)
	}
	if err := errors.Join(writeFile(publicPath(path), public, 0o644), syncDir(filepath.Dir(path))); err != nil {
		return fmt.Errorf("recovery key: %w", err)
	}
	if err := errors.Join(seal.Scribble(path), os.Remove(path), syncDir(filepath.Dir(path))); err != nil {
		return fmt.Errorf("take the whole recovery key away: %w", err)
	}
	return nil
}

func publicPath(path string) string { return strings.TrimSuffix(path, ".key") + ".pub" }

// split writes a private key as the sum of two numbers, each of them alone drawn by chance.
func split(key *sm2.PrivateKey) (first, second []byte, err error) {
	n := sm2.P256().Params().N
	for {
		one, err := rand.Int(rand.Reader, n)
		if err != nil {
			return nil, nil, fmt.Errorf("draw a share: %w", err)
		}
		two := new(big.Int).Mod(new(big.Int).Sub(key.D, one), n)
		if one.Sign() != 0 && two.Sign() != 0 {
			return one.FillBytes(make([]byte, 32)), two.FillBytes(make([]byte, 32)), nil
		}
	}
}

// join gives the key that two shares are of; ErrShare when they are not of one, or of another point.
func join(public *ecdsa.PublicKey, region, point string, shares []Share) (*sm2.PrivateKey, error) {
	if len(shares) != 2 {
		return nil, ErrShares
	}
	sum := new(big.Int)
	for _, s := range shares {
		if s.Region != region || s.Point != point {
			return nil, ErrShare
		}
		sum.Add(sum, new(big.Int).SetBytes(s.Share))
	}
	sum.Mod(sum, sm2.P256().Params().N)
	key, err := sm2.NewPrivateKeyFromInt(sum)
	if err != nil || !key.PublicKey.Equal(public) {
		return nil, ErrShare
	}
	return key, nil
}

// recoveryKey gives a point's whole recovery key: from its file, or from two shares where it was divided.
func (a *Authority) recoveryKey(region, point string, shares []Share) (*sm2.PrivateKey, error) {
	path := a.recoveryPath(region, point)
	key, err := readSM2Key(path)
	if !errors.Is(err, os.ErrNotExist) {
		return key, err
	}
	text, err := os.ReadFile(publicPath(path))
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoRecovery
	}
	if err != nil {
		return nil, err
	}
	public, err := seal.ParsePublicKey(text)
	if err != nil {
		return nil, err
	}
	return join(public, region, point, shares)
}

// Divided tells whether a point's recovery key is with two custodians; ErrNoRecovery when there is none.
func (a *Authority) Divided(region, point string) (bool, error) {
	path := a.recoveryPath(region, point)
	if _, err := os.Stat(path); err == nil {
		return false, nil
	}
	if _, err := os.Stat(publicPath(path)); err != nil {
		return false, ErrNoRecovery
	}
	return true, nil
}
