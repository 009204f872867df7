package succession

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// manifestVersion is what this code writes and reads.
const manifestVersion = 1

// Manifest is what a backup holds; it is signed by the machine that made it and written last.
type Manifest struct {
	Version     int       `json:"version"`
	ID          string    `json:"id"` // 16 random bytes, hex
	Terminal    string    `json:"terminal"`
	Generation  string    `json:"generation"`
	Point       string    `json:"point"`
	Region      string    `json:"region"`
	Environment string    `json:"environment"`
	Taken       time.Time `json:"taken"`
	Software    string    `json:"software"`
	Final       bool      `json:"final"` // the machine accepted nothing more from before it was taken
	Cases       int       `json:"cases"`
	Waiting     int       `json:"waiting"`
	Refused     int       `json:"refused"`
	Drafts      int       `json:"drafts"`
	Entries     int64     `json:"auditEntries"`
	Head        string    `json:"auditHead"`
	Store       File      `json:"store"`
	Pages       []File    `json:"pages"`
	Lost        []string  `json:"lost,omitempty"` // digests of pages that are needed and cannot be read on this machine's disk
	Key         Key       `json:"key"`
	// Escrow stands for the secrets in a copy of a disk whose keys a lost security chip kept: the custodians open it.
	Escrow *seal.Escrow `json:"escrow,omitempty"`
}

// File is a file of a backup by the SM3 of its bytes.
type File struct {
	Digest string `json:"digest"`
	Length int64  `json:"length"`
}

// Key is the backup's own key pair, wrapped to those who may open it. What only
// it opens is sealed to its public half.
type Key struct {
	Public      []byte `json:"public"`
	ByRecovery  []byte `json:"byRecovery"`            // private half, to the point's recovery key
	Successor   string `json:"successor,omitempty"`   // serial of the encryption certificate below, hex
	BySuccessor []byte `json:"bySuccessor,omitempty"` // private half, to the successor
	Store       []byte `json:"store"`                 // SM4 key of the store's file
	Secrets     []byte `json:"secrets"`               // JSON: what cases and accounts are wrapped with besides card or passphrase
}

const (
	manifestFile = "manifest.p7"
	storeContext = "backup store "
	secretsFor   = "backup secrets "
	maxManifest  = 64 << 20
)

func storeFile(folder, id string) string { return filepath.Join(folder, "store-"+id+".sealed") }
func pageFile(folder, digest string) string {
	return filepath.Join(folder, "pages", digest[:2], digest)
}
func receiptFile(folder, to string) string { return filepath.Join(folder, "taken-by-"+to+".p7") }
func requestFile(folder, from string) string {
	return filepath.Join(folder, "opening-"+from+".request")
}
func answerFile(folder, from string) string { return filepath.Join(folder, "opening-"+from+".answer") }

func offerFile(stick string, self *seal.Identity) string {
	return filepath.Join(stick, prefix+name(self.Number, self.Generation)+".successor")
}

// ReadManifest reads a backup's manifest and checks that a terminal signed it
// that root certified and that order takes over.
func ReadManifest(folder string, self *seal.Identity, order wire.Order) (Manifest, error) {
	var m Manifest
	signed, err := readLimited(filepath.Join(folder, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, ErrUnfinished
	}
	if err != nil {
		return m, fmt.Errorf("read the backup: %w", explain(err))
	}
	content, signer, err := seal.VerifyCMS(signed, self.Trust.SigningRoot, time.Time{})
	if err != nil {
		return m, fmt.Errorf("%w: its signature does not fit", ErrDamaged)
	}
	if err := json.Unmarshal(content, &m); err != nil {
		return m, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	switch {
	case m.Version != manifestVersion:
		return m, fmt.Errorf("the backup here has version %d, this program reads %d", m.Version, manifestVersion)
	case m.Terminal != self.Number || m.Environment != self.Environment:
		return m, ErrOther
	case slices.ContainsFunc(self.Signers(), signer.Equal) && inherits(order, m.Generation): // this machine copied the disk itself
	case !order.Names(m.Generation, hex.EncodeToString(signer.SerialNumber.Bytes())):
		return m, ErrOrder
	case len(m.ID) != 32 || strings.ContainsAny(m.ID, "/."):
		return m, ErrDamaged
	}
	for _, page := range m.Pages {
		if len(page.Digest) != 64 || strings.ContainsAny(page.Digest, "/.") {
			return m, ErrDamaged
		}
	}
	return m, nil
}

// names tells whether an order takes over this machine, by whichever of its certificates.
func names(order wire.Order, self *seal.Identity) bool {
	return slices.ContainsFunc(self.Signers(), func(c *smx509.Certificate) bool {
		return order.Names(self.Generation, hex.EncodeToString(c.SerialNumber.Bytes()))
	})
}

// inherits tells whether an order names a generation.
func inherits(order wire.Order, generation string) bool {
	return slices.ContainsFunc(order.Predecessors, func(p wire.Predecessor) bool { return p.Generation == generation })
}

func readLimited(path string) (_ []byte, err error) {
	file, err := os.Open(path) // #nosec G304 -- the technician's stick
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return io.ReadAll(io.LimitReader(file, maxManifest))
}

// unseal gives what the backup's private key opens: the store's key and the secrets.
func (m Manifest) unseal(key *sm2.PrivateKey) (store [16]byte, secrets [][32]byte, err error) {
	content, err := seal.OpenWith(m.Key.Store, key, storeContext+m.ID)
	if err != nil || len(content) != len(store) {
		return store, nil, fmt.Errorf("%w: its key does not fit", ErrDamaged)
	}
	copy(store[:], content)
	clear(content)
	content, err = seal.OpenWith(m.Key.Secrets, key, secretsFor+m.ID)
	if err != nil {
		return store, nil, fmt.Errorf("%w: its key does not fit", ErrDamaged)
	}
	defer clear(content)
	if err := json.Unmarshal(content, &secrets); err != nil {
		return store, nil, fmt.Errorf("%w: its secrets are not in their form", ErrDamaged)
	}
	return store, secrets, nil
}

// Receipt is the successor's word on what it took over, signed by it.
type Receipt struct {
	Version    int               `json:"version"`
	Terminal   string            `json:"terminal"`
	Generation string            `json:"generation"` // the successor's
	Backup     string            `json:"backup"`
	Of         string            `json:"of"` // generation that made the backup
	Time       time.Time         `json:"time"`
	Packets    []string          `json:"packets"` // undelivered packets it holds now
	Order      *wire.SignedOrder `json:"order"`
}
