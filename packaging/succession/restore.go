package succession

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"bianmin/packaging/stick"
	"bianmin/store"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// WaitingError says that the point's two custodians must open the backup first.
type WaitingError struct {
	Request, Answer string
	Taken           bool // what is to be sent is here already; the custodians open what cards and passphrases need
}

func (e *WaitingError) Error() string {
	if e.Taken {
		return fmt.Sprintf("the cases are here and go out; for people to open their older ones the two custodians must give the old machine's secrets: have %s answered (platform recovery answer) into %s, then run this again", e.Request, e.Answer)
	}
	return fmt.Sprintf("the two custodians must open this backup: have %s answered (platform recovery answer) into %s, then run this again", e.Request, e.Answer)
}

// Taken is what a restore brought.
type Taken struct {
	store.Inherited
	Backup Manifest
}

// Offer lays this machine's certificate and order on a stick, so that the
// machine it succeeds seals its backup to it.
func (m Machine) Offer(to string) (path string, err error) {
	defer func() { err = roomless(err, m.Data, ErrFull) }()
	on, err := stick.Named(to)
	if err != nil {
		return "", fmt.Errorf("look for the stick: %w", err)
	}
	self, signed, order, err := m.successor()
	if err != nil {
		return "", err
	}
	content, err := json.MarshalIndent(offer{Order: signed, Encrypt: certificatePEM(self.Encrypts(order.Encrypt).Raw)}, "", "  ")
	if err != nil {
		return "", fmt.Errorf("write the offer: %w", err)
	}
	return offerFile(to, self), write(on, offerFile(to, self), content)
}

// successor gives who this machine is and the order by which it succeeds others.
func (m Machine) successor() (*seal.Identity, *wire.SignedOrder, wire.Order, error) {
	self, err := m.identity()
	if err != nil {
		return nil, nil, wire.Order{}, err
	}
	signed, err := enrol.LoadOrder(m.keys())
	if err != nil {
		return nil, nil, wire.Order{}, err
	}
	order, err := checkOrder(signed, self)
	if err == nil && (order.Generation != self.Generation || self.Encrypts(order.Encrypt) == nil) {
		err = ErrOrder
	}
	return self, signed, order, err
}

// Restore takes over what lies on a stick: the backups of every generation this
// machine succeeds. It may be run again, after an interruption or with a newer
// backup: what is here stays, what is new comes in.
func (m Machine) Restore(ctx context.Context, from string) (all []Taken, err error) {
	defer func() { err = roomless(err, m.Data, ErrFull) }()
	on, err := stick.Named(from)
	if err != nil {
		return nil, fmt.Errorf("look for the stick: %w", err)
	}
	self, signed, order, err := m.successor()
	if err != nil {
		return nil, err
	}
	for i, p := range order.Predecessors {
		if i > 0 && order.Predecessors[i-1].Generation == p.Generation { // another certificate of the same
			continue
		}
		folder := folderOf(from, order.Terminal, p.Generation)
		if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		m.step("restore-found")
		taken, err := m.restoreFrom(ctx, self, signed, order, on, folder)
		if err != nil {
			if gone := on.Check(); gone != nil { // says more than that its files are not there
				err = gone
			}
			return all, err
		}
		all = append(all, taken)
	}
	if len(all) == 0 {
		return nil, missing(from, order)
	}
	return all, nil
}

// missing says why a stick holds nothing for this machine.
func missing(stick string, order wire.Order) error {
	others, err := filepath.Glob(filepath.Join(stick, prefix+"*", manifestFile))
	switch {
	case err != nil:
		return err
	case len(others) > 0:
		return fmt.Errorf("%w: it holds %s", ErrOther, filepath.Base(filepath.Dir(others[0])))
	}
	return fmt.Errorf("%w (looked for %s%s…)", ErrNoBackup, prefix, order.Terminal)
}

func (m Machine) stageFolder(made Manifest) string {
	return filepath.Join(m.Data, "restore."+made.Generation)
}

func (m Machine) restoreFrom(ctx context.Context, self *seal.Identity, signed *wire.SignedOrder, order wire.Order, on stick.Folder, folder string) (Taken, error) {
	made, err := ReadManifest(folder, self, order)
	if err != nil {
		return Taken{}, err
	}
	m.step("restore-read")
	return m.restore(ctx, self, signed, on, folder, made)
}

func (m Machine) restore(ctx context.Context, self *seal.Identity, order *wire.SignedOrder, on stick.Folder, folder string, made Manifest) (Taken, error) {
	taken := Taken{Backup: made}
	if err := verify(made, folder); err != nil {
		return taken, err
	}
	m.step("restore-verified")
	key, err := m.openKey(self, on, folder, made)
	if err != nil {
		return taken, err
	}
	storeKey, secrets, err := made.unseal(key)
	if err != nil {
		return taken, err
	}
	stage := m.stageFolder(made)
	if err := m.stage(ctx, folder, stage, made, storeKey); err != nil {
		return taken, errors.Join(err, os.RemoveAll(stage))
	}
	// Before the cases, which open with them.
	if err := seal.AddInherited(m.keys(), secrets...); err != nil {
		return taken, err
	}
	if taken.Inherited, err = m.take(ctx, self, order, on, folder, stage, made); err != nil {
		return taken, err
	}
	if err := os.RemoveAll(stage); err != nil || made.Escrow == nil {
		return taken, err
	}
	return taken, m.takeSecrets(self, on, folder, made)
}

// takeSecrets opens the secrets of a machine that died with its security chip, by the custodians' answer.
func (m Machine) takeSecrets(self *seal.Identity, on stick.Folder, folder string, made Manifest) error {
	key, err := m.byCustodians(self, on, folder, made, made.Escrow.ByRecovery)
	if waits := (*WaitingError)(nil); errors.As(err, &waits) {
		waits.Taken = true
	}
	if err != nil {
		return err
	}
	secrets, err := made.Escrow.Open(key)
	if err != nil {
		return errors.New("the custodians' answer does not open the old machine's secrets: ask again")
	}
	return seal.AddInherited(m.keys(), secrets...)
}

// openKey gives the backup's private key: by this machine's own, or by the custodians' answer.
func (m Machine) openKey(self *seal.Identity, on stick.Folder, folder string, made Manifest) (*sm2.PrivateKey, error) {
	if self.Encrypts(made.Key.Successor) != nil {
		key, err := self.UnwrapKey(made.Key.BySuccessor)
		if err != nil {
			return nil, fmt.Errorf("%w: its key does not fit", ErrDamaged)
		}
		return key, nil
	}
	return m.byCustodians(self, on, folder, made, made.Key.ByRecovery)
}

// byCustodians gives the key that is wrapped to the point's recovery key, by the answer that lies there, or asks for one.
func (m Machine) byCustodians(self *seal.Identity, on stick.Folder, folder string, made Manifest, wrapped []byte) (*sm2.PrivateKey, error) {
	me := name(self.Number, self.Generation)
	content, err := readLimited(answerFile(folder, me))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, m.ask(self, on, folder, made, wrapped)
	}
	if err != nil {
		return nil, fmt.Errorf("read the custodians' answer: %w", explain(err))
	}
	var answer seal.RecoveryAnswer
	if err := json.Unmarshal(content, &answer); err != nil || answer.Version != seal.RecoveryVersion || answer.Account != seal.RecoveryBackup {
		return nil, errors.New("the custodians' answer is not in its form")
	}
	key, err := self.UnwrapKey(answer.Wrapped)
	if err != nil {
		return nil, errors.New("the custodians' answer is not for this machine")
	}
	return key, nil
}

// ask writes the request to the custodians.
func (m Machine) ask(self *seal.Identity, on stick.Folder, folder string, made Manifest, wrapped []byte) error {
	me := name(self.Number, self.Generation)
	request, err := json.MarshalIndent(seal.RecoveryRequest{
		Version: seal.RecoveryVersion, Terminal: self.Number, Generation: self.Generation, Point: self.Point, Region: self.Region,
		Account: seal.RecoveryBackup, Name: name(made.Terminal, made.Generation) + " " + made.ID, Wrapped: wrapped,
		Fresh: seal.CompressKey(&self.Keys.Encrypt.PublicKey),
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	if err := write(on, requestFile(folder, me), request); err != nil {
		return err
	}
	return &WaitingError{Request: requestFile(folder, me), Answer: answerFile(folder, me)}
}

// stage brings database and pages beside this machine's own, opened and checked.
func (m Machine) stage(ctx context.Context, folder, stage string, made Manifest, key [16]byte) error {
	here, err := stick.Look(m.Data)
	if err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	for _, file := range []string{"", "-wal", "-shm"} { // of an earlier try
		if err := os.RemoveAll(store.DatabaseIn(stage) + file); err != nil {
			return err
		}
	}
	if err := removeParts(stage); err != nil {
		return err
	}
	if err := openFile(storeFile(folder, made.ID), here, store.DatabaseIn(stage), key); err != nil {
		return err
	}
	m.step("restore-opened")
	// Opening migrates a copy of an older version and checks it whole.
	copied, err := store.Open(ctx, store.Options{Folder: stage, Clock: store.SystemClock})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := copied.Close(); err != nil {
		return err
	}
	for _, page := range made.Pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := copyPage(pageFile(folder, page.Digest), here, store.PagePath(stage, page.Digest), page.Digest); err != nil {
			return fmt.Errorf("copy a page: %w", explain(err))
		}
		m.step("restore-page")
	}
	return nil
}

func openFile(from string, in stick.Folder, to string, key [16]byte) (err error) {
	file, err := os.Open(from) // #nosec G304 -- the technician's stick
	if err != nil {
		return explain(err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	reader, err := seal.NewReader(file, key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return place(in, to, func(w io.Writer) error {
		_, err := io.Copy(w, reader)
		if errors.Is(err, seal.ErrTampered) {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return err
	})
}

// take puts everything into this machine's store and says so on the stick.
func (m Machine) take(ctx context.Context, self *seal.Identity, order *wire.SignedOrder, on stick.Folder, folder, stage string, made Manifest) (got store.Inherited, err error) {
	opened, err := store.Open(ctx, store.Options{Folder: m.Data, Clock: store.SystemClock, Check: store.CheckNone, CommitPoint: m.Step})
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	if err := opened.Adopt(ctx, self.Generation); err != nil {
		return got, err
	}
	if err := opened.Observe(ctx, self.Enrolled); err != nil { // as the programs do: a store without a mark doubts every clock
		return got, err
	}
	if err := linkPages(stage, m.Data, made.Pages); err != nil {
		return got, err
	}
	m.step("restore-linked")
	got, err = opened.Inherit(ctx, store.Inheritance{
		Database: store.DatabaseIn(stage), Terminal: name(made.Terminal, made.Generation), Backup: made.ID, Head: made.Head, Generation: self.Generation,
	})
	if err != nil {
		return got, err
	}
	// A program that started meanwhile may have swept away pages that no row named yet.
	if err := linkPages(stage, m.Data, made.Pages); err != nil {
		return got, err
	}
	m.step("restore-taken")
	if err := m.receipt(ctx, opened, self, order, on, folder, stage, made); err != nil {
		return got, err
	}
	m.step("restore-receipt")
	return got, nil
}

// linkPages gives staged pages their place in the store; those that are there stay.
func linkPages(stage, data string, pages []File) error {
	folders := map[string]bool{}
	for _, page := range pages {
		target := store.PagePath(data, page.Digest)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return explain(err)
		}
		if err := os.Link(store.PagePath(stage, page.Digest), target); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("place a page: %w", explain(err))
		}
		folders[filepath.Dir(target)] = true
	}
	folders[filepath.Join(data, "attachments")] = true
	for folder := range folders {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return explain(err)
		}
		if err := seal.SyncFolder(folder); err != nil {
			return err
		}
	}
	return nil
}

// receipt says on the stick which undelivered packets of the backup are here, so that the old machine may be erased.
func (m Machine) receipt(ctx context.Context, opened *store.Store, self *seal.Identity, order *wire.SignedOrder, on stick.Folder, folder, stage string, made Manifest) error {
	copied, err := store.Open(ctx, store.Options{Folder: stage, Clock: store.SystemClock, Check: store.CheckNone})
	if err != nil {
		return err
	}
	safe, err := safePackets(ctx, copied, made.Lost)
	if err = errors.Join(err, copied.Close()); err != nil {
		return err
	}
	content, err := json.Marshal(Receipt{
		Version: manifestVersion, Terminal: self.Number, Generation: self.Generation, Backup: made.ID, Of: made.Generation,
		Time: m.Now().UTC().Truncate(time.Second), Packets: safe, Order: order,
	})
	if err != nil {
		return fmt.Errorf("write the receipt: %w", err)
	}
	signed, err := seal.SignCMS(content, self.SignCert, self.Keys.Sign)
	if err != nil {
		return err
	}
	if err := opened.Audit(ctx, store.Entry{Actor: "terminal", Action: "succession-receipt", Subject: name(made.Terminal, made.Generation), Detail: made.ID}); err != nil {
		return err
	}
	if err := write(on, receiptFile(folder, name(self.Number, self.Generation)), signed); err != nil {
		return fmt.Errorf("write the receipt to the stick: %w", err)
	}
	return nil
}

// safePackets are the undelivered packets of a backup, but for those that need a page which it could not save.
func safePackets(ctx context.Context, copied *store.Store, lost []string) ([]string, error) {
	waiting, refused, err := copied.Undelivered(ctx)
	if err != nil {
		return nil, err
	}
	without, err := copied.PacketsWith(ctx, lost)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(append(waiting, refused...), func(id string) bool { return slices.Contains(without, id) }), nil
}
