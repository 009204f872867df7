package succession

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
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

	"github.com/emmansun/gmsm/smx509"

	"bianmin/packaging/stick"
	"bianmin/store"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// Backup writes a sealed, signed copy of all a machine holds to a stick. With
// final the machine accepts nothing more from before the copy on, because
// another takes its place. A successor's offer on the stick lets that machine
// open it; the point's two custodians always can. Run again, it goes on with
// what is there; the former backup stays good until the new one is whole.
func (m Machine) Backup(ctx context.Context, to string, final bool) (Manifest, error) {
	made, err := m.backupTo(ctx, to, final)
	return made, roomless(err, m.Data, ErrFull)
}

func (m Machine) backupTo(ctx context.Context, to string, final bool) (Manifest, error) {
	self, err := m.identity()
	if errors.Is(err, seal.ErrChip) && m.heir != nil {
		self, err = seal.LoadPublic(m.keys())
	}
	if err != nil {
		return Manifest{}, err
	}
	on, err := stick.Named(to)
	if errors.Is(err, stick.ErrNone) {
		return Manifest{}, err
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("%s is no folder to write a backup to", to)
	}
	successor, err := findOffer(to, self)
	if err != nil {
		return Manifest{}, err
	}
	opened, err := store.Open(ctx, store.Options{Folder: m.Data, Clock: store.SystemClock, Check: store.CheckNone})
	if err != nil {
		return Manifest{}, err
	}
	made, err := m.backup(ctx, opened, self, on, final, successor)
	return made, errors.Join(err, opened.Close(), os.RemoveAll(m.copyFolder()))
}

func (m Machine) copyFolder() string { return filepath.Join(m.Data, "backup.copy") }

func (m Machine) backup(ctx context.Context, opened *store.Store, self *seal.Identity, on stick.Folder, final bool, successor *smx509.Certificate) (Manifest, error) {
	if final {
		if err := opened.MarkReplaced(ctx, self.Generation, "technician"); err != nil {
			return Manifest{}, err
		}
		m.step("backup-closed")
	}
	made := Manifest{
		Version: manifestVersion, Terminal: self.Number, Generation: self.Generation, Point: self.Point, Region: self.Region,
		Environment: self.Environment, Taken: m.Now().UTC().Truncate(time.Second), Software: m.Software, Final: final,
	}
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return made, fmt.Errorf("draw an id: %w", err)
	}
	made.ID = hex.EncodeToString(id[:])
	pages, err := m.copyDatabase(ctx, opened, &made)
	if err != nil {
		return made, err
	}
	m.step("backup-copied")
	folder := folderOf(on.Path, self.Number, self.Generation)
	if err := removeParts(folder); err != nil {
		return made, explain(err)
	}
	key, err := made.newKeys(self, successor)
	if err != nil {
		return made, err
	}
	if self.Keys == nil {
		if made.Escrow, err = seal.LoadEscrow(m.keys()); err != nil {
			return made, err
		}
	}
	if made.Store, err = sealFile(store.DatabaseIn(m.copyFolder()), on, storeFile(folder, made.ID), key); err != nil {
		return made, fmt.Errorf("write the backup: %w", err)
	}
	m.step("backup-store")
	if err := m.copyPages(ctx, &made, pages, on, folder); err != nil {
		return made, err
	}
	if err := m.sign(made, self, on, folder); err != nil {
		return made, err
	}
	m.step("backup-listed")
	if err := tidy(made, folder); err != nil {
		return made, err
	}
	return made, on.Check()
}

// copyDatabase makes a copy of one moment beside the data, checks it whole, and counts what is in it.
func (m Machine) copyDatabase(ctx context.Context, opened *store.Store, made *Manifest) ([]store.Page, error) {
	folder := m.copyFolder()
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o700)); err != nil {
		return nil, fmt.Errorf("make room for a copy: %w", explain(err))
	}
	if err := opened.CopyTo(ctx, store.DatabaseIn(folder)); err != nil {
		return nil, err
	}
	copied, err := store.Open(ctx, store.Options{Folder: folder, Clock: store.SystemClock})
	if err != nil {
		return nil, fmt.Errorf("check the copy: %w", err)
	}
	pages, err := copied.Pages(ctx)
	totals, counting := copied.Totals(ctx)
	made.Cases, made.Waiting, made.Refused, made.Drafts = totals.Cases, totals.Waiting, totals.Refused, totals.Drafts
	made.Entries, made.Head = totals.Entries, totals.Head
	return pages, errors.Join(err, counting, copied.Close())
}

// newKeys makes the backup's key pair, wraps it, and gives the store's key.
func (m *Manifest) newKeys(self *seal.Identity, successor *smx509.Certificate) ([16]byte, error) {
	key, err := seal.NewKey()
	if err != nil {
		return key, err
	}
	pair, err := seal.NewCaseKey()
	if err != nil {
		return key, err
	}
	public := &pair.PublicKey
	m.Key.Public = seal.CompressKey(public)
	if m.Key.ByRecovery, err = seal.WrapKeyTo(pair, self.Recovery); err != nil {
		return key, err
	}
	if successor != nil {
		m.Key.Successor = hex.EncodeToString(successor.SerialNumber.Bytes())
		if m.Key.BySuccessor, err = seal.WrapKeyTo(pair, seal.SM2Key(successor)); err != nil {
			return key, err
		}
	}
	if m.Key.Store, err = seal.SealTo(key[:], public, storeContext+m.ID); err != nil {
		return key, err
	}
	if self.Keys == nil { // the secrets are with the custodians
		m.Key.Secrets, err = sealSecrets(&seal.Keys{}, public, m.ID)
		return key, err
	}
	m.Key.Secrets, err = sealSecrets(self.Keys, public, m.ID)
	return key, err
}

func sealSecrets(keys *seal.Keys, to *ecdsa.PublicKey, id string) ([]byte, error) {
	content, err := json.Marshal(slices.DeleteFunc(slices.Concat([][32]byte{keys.Secret}, keys.Inherited), func(s [32]byte) bool { return s == [32]byte{} }))
	if err != nil {
		return nil, fmt.Errorf("write the secrets: %w", err)
	}
	defer clear(content)
	return seal.SealTo(content, to, secretsFor+id)
}

// sealFile seals a file under a key.
func sealFile(from string, on stick.Folder, to string, key [16]byte) (made File, err error) {
	file, err := os.Open(from) // #nosec G304 -- our own folder
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	err = place(on, to, func(w io.Writer) error {
		writer, err := seal.NewWriter(w, key)
		if err != nil {
			return err
		}
		if _, err := io.Copy(writer, file); err != nil {
			return err
		}
		err = writer.Close()
		made = File{Digest: writer.Digest(), Length: writer.Sealed()}
		return err
	})
	return made, err
}

// sign writes the manifest, which makes the backup whole, after reading back what it names.
func (m Machine) sign(made Manifest, self *seal.Identity, on stick.Folder, folder string) error {
	if err := verify(made, folder); err != nil {
		if gone := on.Check(); gone != nil {
			return gone
		}
		return fmt.Errorf("%w: %w", ErrNotSaved, err)
	}
	content, err := json.Marshal(made)
	if err != nil {
		return fmt.Errorf("write the backup's manifest: %w", err)
	}
	if self.Keys == nil {
		self = m.heir
	}
	signed, err := seal.SignCMS(content, self.SignCert, self.Keys.Sign)
	if err != nil {
		return err
	}
	m.step("backup-manifest")
	return write(on, filepath.Join(folder, manifestFile), signed)
}

func write(in stick.Folder, path string, content []byte) error {
	return place(in, path, func(w io.Writer) error { _, err := w.Write(content); return err })
}

// verify reads every file of a backup and compares it with the manifest.
func verify(made Manifest, folder string) error {
	files := map[string]File{storeFile(folder, made.ID): made.Store}
	for _, page := range made.Pages {
		files[pageFile(folder, page.Digest)] = page
	}
	for path, want := range files {
		sum, length, err := digestOf(path)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %s is missing", ErrDamaged, filepath.Base(path))
		}
		if err != nil {
			return explain(err)
		}
		if sum != want.Digest || length != want.Length {
			return fmt.Errorf("%w: %s is not what was written", ErrDamaged, filepath.Base(path))
		}
	}
	return nil
}

// tidy removes what a former backup in the folder had and this one has not.
func tidy(made Manifest, folder string) error {
	keep := map[string]bool{filepath.Base(storeFile(folder, made.ID)): true}
	for _, page := range made.Pages {
		keep[page.Digest] = true
	}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || keep[entry.Name()] {
			return err
		}
		inPages := filepath.Dir(filepath.Dir(path)) == filepath.Join(folder, "pages")
		if inPages || (strings.HasPrefix(entry.Name(), "store-") && strings.HasSuffix(entry.Name(), ".sealed")) {
			return os.Remove(path)
		}
		return nil
	})
	return explain(err)
}

// offer is what a successor lays on the stick, so that the old machine can seal to it.
type offer struct {
	Order   *wire.SignedOrder `json:"order"`
	Encrypt string            `json:"encrypt"` // PEM
}

// findOffer looks for the offer of the newest successor of this machine; nil when there is none.
func findOffer(stick string, self *seal.Identity) (*smx509.Certificate, error) {
	paths, err := filepath.Glob(filepath.Join(stick, prefix+self.Number+"?.successor"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	for _, path := range slices.Backward(paths) {
		content, err := readLimited(path)
		if err != nil {
			return nil, fmt.Errorf("read the successor's offer: %w", explain(err))
		}
		certificate, err := readOffer(content, self)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		return certificate, nil
	}
	return nil, nil
}

func readOffer(content []byte, self *seal.Identity) (*smx509.Certificate, error) {
	var o offer
	if err := json.Unmarshal(content, &o); err != nil {
		return nil, fmt.Errorf("%w: the successor's offer is not in its form", ErrDamaged)
	}
	order, err := checkOrder(o.Order, self)
	if err != nil {
		return nil, err
	}
	certificate, err := smx509.ParseCertificatePEM([]byte(o.Encrypt))
	if err != nil || certificate.CheckSignatureFrom(self.Trust.SigningRoot) != nil ||
		hex.EncodeToString(certificate.SerialNumber.Bytes()) != order.Encrypt {
		return nil, fmt.Errorf("%w: the successor's certificate is not the order's", enrol.ErrOrder)
	}
	if !names(order, self) {
		return nil, ErrOther
	}
	return certificate, nil
}

// checkOrder reads an order of this terminal number.
func checkOrder(signed *wire.SignedOrder, self *seal.Identity) (wire.Order, error) {
	if signed == nil {
		return wire.Order{}, ErrOrder
	}
	order, err := enrol.ReadOrder(*signed, self.Believed())
	if err == nil && order.Terminal != self.Number {
		err = ErrOther
	}
	return order, err
}
