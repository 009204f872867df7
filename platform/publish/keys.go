// Package publish makes and keeps the repository from which terminals take new
// versions: keys, signed lists, archives (The Update Framework, consistent
// snapshots). It must not serve the repository or know what runs at a terminal.
package publish

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// role is how many keys a role has and how many of them must sign.
type role struct {
	name           string
	keys, required int
}

// roles: root and targets are for people who keep their keys apart and away; the other two sign by themselves, often.
var roles = []role{
	{metadata.ROOT, 3, 2},
	{metadata.TARGETS, 3, 2},
	{metadata.SNAPSHOT, 1, 1},
	{metadata.TIMESTAMP, 1, 1},
}

func (r role) file(n int) string { return r.name + "-" + strconv.Itoa(n+1) + ".pem" }

func roleNamed(name string) role {
	for _, r := range roles {
		if r.name == name {
			return r
		}
	}
	return role{name: name}
}

// ErrKeysThere says that a folder holds keys already: they are made once.
var ErrKeysThere = errors.New("there is a folder of this name already; keys are made once")

// MakeKeys makes all keys in a new folder, all or none, readable by their owner only.
func MakeKeys(folder string) error {
	if _, err := os.Lstat(folder); err == nil {
		return fmt.Errorf("make keys in %s: %w", folder, ErrKeysThere)
	}
	unfinished := folder + ".new"
	if err := errors.Join(os.RemoveAll(unfinished), os.MkdirAll(unfinished, 0o700)); err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	for _, r := range roles {
		for n := range r.keys {
			if err := makeKey(filepath.Join(unfinished, r.file(n))); err != nil {
				return fmt.Errorf("make the key %s: %w", r.file(n), err)
			}
		}
	}
	if err := errors.Join(syncFolder(unfinished), os.Rename(unfinished, folder)); err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	return syncFolder(filepath.Dir(folder))
}

func makeKey(path string) error {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	return writeFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

// keys are a role's keys that are at hand: custodians may keep some elsewhere, as long as enough are here to sign.
func (r role) keysIn(folder string) ([]ed25519.PrivateKey, error) {
	var all []ed25519.PrivateKey
	for n := range r.keys {
		key, err := readKey(filepath.Join(folder, r.file(n)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, key)
	}
	if len(all) < r.required {
		return nil, fmt.Errorf("%d of the %d keys needed to sign %s are in %s", len(all), r.required, r.name, folder)
	}
	return all, nil
}

func readKey(path string) (ed25519.PrivateKey, error) {
	content, err := os.ReadFile(path) // #nosec G304 -- the operator's folder
	if err != nil {
		return nil, fmt.Errorf("read a key: %w", err)
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("%s holds no key", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s holds no key: %w", path, err)
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s holds another kind of key", path)
	}
	return private, nil
}

// sign signs with every key of a role that is at hand.
func sign[T metadata.Roles](keys string, r role, what *metadata.Metadata[T]) error {
	all, err := r.keysIn(keys)
	if err != nil {
		return err
	}
	what.ClearSignatures()
	for _, key := range all {
		signer, err := signature.LoadSigner(key, crypto.Hash(0))
		if err != nil {
			return fmt.Errorf("sign %s: %w", r.name, err)
		}
		if _, err := what.Sign(signer); err != nil {
			return fmt.Errorf("sign %s: %w", r.name, err)
		}
	}
	return nil
}
