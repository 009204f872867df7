package succession

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bianmin/packaging/lockfile"
	"bianmin/packaging/stick"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// Retiring is how a machine ends.
type Retiring struct {
	Out   string // folder for the certificate of erasure; not in the data folder
	By    string // who does it
	Stick string // holds the successor's receipt for what is undelivered here; "" for none
	Lose  int    // so many undelivered packets are lost on purpose; 0 for none
	// Platform replaces the enrolment's address; "" keeps it.
	Platform string
	// Certify lays the certificate out as PDF.
	Certify func(Erasure) ([]byte, error)
}

// UndeliveredError refuses to erase what nobody else holds.
type UndeliveredError struct{ Count int }

func (e *UndeliveredError) Error() string {
	return fmt.Sprintf("%d packets are here and nowhere else: let the sender deliver them, or have the successor take them over (provision backup --final, provision restore, then retire --taken STICK); to lose them for ever say --lose %d", e.Count, e.Count)
}

// ErrRunning says that the machine is at work.
var ErrRunning = errors.New("the sender is running: stop the services first (systemctl stop bianmin-sender bianmin-kiosk)")

// Statement is what the machine signs before its keys go.
type Statement struct {
	Version     int       `json:"version"`
	Kind        string    `json:"kind"` // "erasure"
	ID          string    `json:"id"`   // 16 random bytes, hex
	Terminal    string    `json:"terminal"`
	Generation  string    `json:"generation"`
	Point       string    `json:"point"`
	Region      string    `json:"region"`
	Role        string    `json:"role"`
	Environment string    `json:"environment"`
	Time        time.Time `json:"time"`
	By          string    `json:"by"`
	Software    string    `json:"software"`
	Cases       int       `json:"cases"`
	Drafts      int       `json:"drafts"`
	Moved       int       `json:"moved"`               // undelivered packets that the successor holds
	Successor   string    `json:"successor,omitempty"` // generation that holds them
	Lost        int       `json:"lost"`                // undelivered packets that are lost on purpose
	Keys        []string  `json:"keys"`                // serials of the certificates whose private keys go: sign, encrypt, tls
	Entries     int64     `json:"auditEntries"`
	Head        string    `json:"auditHead"`
}

// SignedStatement is the statement's exact bytes with the machine's signature r‖s and its signing certificate.
type SignedStatement struct {
	Statement   []byte `json:"statement"`
	Signature   []byte `json:"signature"`
	Certificate string `json:"certificate"` // PEM
}

// Erasure is what came of it: what was signed before, and what was done after.
type Erasure struct {
	Statement
	Digest   string          `json:"digest"` // SM3 of the statement's exact bytes
	Told     bool            `json:"told"`   // the platform knows
	KeyFiles int             `json:"keyFiles"`
	Files    int             `json:"files"`
	Done     time.Time       `json:"done"`
	Signed   SignedStatement `json:"signed"`
}

// Retire erases the machine: first its keys, then everything they sealed. It
// refuses while undelivered packets are nowhere else. Interrupted before its
// keys go, it begins anew; afterwards the next run goes on to the end.
func (m Machine) Retire(ctx context.Context, r Retiring) (done Erasure, err error) {
	defer func() { err = roomless(err, m.Data, ErrFull) }()
	unlock, err := m.alone()
	if err != nil {
		return Erasure{}, err
	}
	defer func() { _ = unlock() }() // its file is gone
	var mark marker
	content, err := os.ReadFile(filepath.Join(m.Data, markerFile))
	switch {
	case err == nil:
		if err := json.Unmarshal(content, &mark); err != nil {
			return Erasure{}, fmt.Errorf("go on with a retirement: %w", err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return Erasure{}, fmt.Errorf("go on with a retirement: %w", err)
	default:
		mark, out, err := m.prepare(ctx, r)
		if err != nil {
			return Erasure{}, err
		}
		return m.finish(mark, out, r)
	}
	out, err := mark.lookAgain(r.Out, m.Data)
	if err != nil {
		return Erasure{}, err
	}
	return m.finish(mark, out, r)
}

// Name is terminal and generation of this machine, also while its retirement is under way; seal.ErrNotEnrolled when it has none.
func (m Machine) Name() (string, error) {
	content, err := os.ReadFile(filepath.Join(m.Data, markerFile))
	if errors.Is(err, fs.ErrNotExist) {
		self, err := m.identity()
		if err != nil {
			return "", err
		}
		return name(self.Number, self.Generation), nil
	}
	if err != nil {
		return "", fmt.Errorf("go on with a retirement: %w", err)
	}
	var mark marker
	var s Statement
	if err := json.Unmarshal(content, &mark); err != nil {
		return "", fmt.Errorf("go on with a retirement: %w", err)
	}
	if err := json.Unmarshal(mark.Signed.Statement, &s); err != nil {
		return "", fmt.Errorf("go on with a retirement: %w", err)
	}
	return name(s.Terminal, s.Generation), nil
}

// alone takes the sender's lock, so that nothing is sent while it goes.
func (m Machine) alone() (func() error, error) {
	if _, err := os.Stat(m.Data); err != nil {
		return nil, fmt.Errorf("the data folder: %w", err)
	}
	release, err := lockfile.Within(0, filepath.Join(m.Data, "sender.lock"), lockfile.Alone)
	if errors.Is(err, lockfile.ErrHeld) {
		return nil, ErrRunning
	}
	return release, err
}

// prepare does everything that needs the keys, and ends with the marker.
func (m Machine) prepare(ctx context.Context, r Retiring) (mark marker, out stick.Folder, err error) {
	self, err := m.identity()
	if err != nil {
		return mark, out, err
	}
	if out, err = outside(r.Out, m.Data); err != nil {
		return mark, out, err
	}
	opened, err := store.Open(ctx, store.Options{Folder: m.Data, Clock: store.SystemClock, Check: store.CheckNone})
	if err != nil {
		return mark, out, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	if _, err = m.account(ctx, opened, self, r); err != nil {
		return mark, out, err
	}
	if err := opened.MarkReplaced(ctx, self.Generation, "technician"); err != nil {
		return mark, out, err
	}
	m.step("retire-closed")
	if err := out.Check(); err != nil { // mostly it holds the receipt too
		return mark, out, err
	}
	statement, err := m.account(ctx, opened, self, r) // again: now nothing comes any more
	if err != nil {
		return mark, out, err
	}
	if mark.Signed, err = sign(statement, self); err != nil {
		return mark, out, err
	}
	mark.Out, mark.Away = r.Out, away(out, m.Data)
	_, keys, others, err := find(m.Data)
	if err != nil {
		return mark, out, err
	}
	mark.Keys, mark.Files = len(keys), others
	if err := writeSigned(out, mark, statement); err != nil {
		return mark, out, err
	}
	m.step("retire-signed")
	mark.Told = m.tell(ctx, self, r.Platform, mark.Signed) == nil
	m.step("retire-told")
	err = mark.keep(m.Data)
	m.step("retire-marked")
	return mark, out, err
}

// account counts what goes, and refuses with UndeliveredError.
func (m Machine) account(ctx context.Context, opened *store.Store, self *seal.Identity, r Retiring) (Statement, error) {
	waiting, refused, err := opened.Undelivered(ctx)
	if err != nil {
		return Statement{}, err
	}
	left := append(waiting, refused...)
	s := Statement{
		Version: manifestVersion, Kind: "erasure", Terminal: self.Number, Generation: self.Generation, Point: self.Point, Region: self.Region,
		Role: self.Role, Environment: self.Environment, Time: m.Now().UTC().Truncate(time.Second), By: r.By, Software: m.Software,
	}
	if r.Stick != "" {
		receipt, err := readReceipt(r.Stick, self)
		if err != nil {
			return s, err
		}
		before := len(left)
		left = slices.DeleteFunc(left, func(id string) bool { return slices.Contains(receipt.Packets, id) })
		s.Moved, s.Successor = before-len(left), receipt.Generation
	}
	if s.Lost = len(left); s.Lost != r.Lose {
		if s.Lost == 0 {
			return s, errors.New("nothing would be lost: leave --lose away")
		}
		return s, &UndeliveredError{Count: s.Lost}
	}
	totals, err := opened.Totals(ctx)
	if err != nil {
		return s, err
	}
	s.Cases, s.Drafts, s.Entries, s.Head = totals.Cases, totals.Drafts, totals.Entries, totals.Head
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return s, fmt.Errorf("draw an id: %w", err)
	}
	s.ID = hex.EncodeToString(id[:])
	for _, serial := range [][]byte{self.SignCert.SerialNumber.Bytes(), self.EncryptCert.SerialNumber.Bytes(), self.TLSCert.Leaf.SerialNumber.Bytes()} {
		s.Keys = append(s.Keys, hex.EncodeToString(serial))
	}
	return s, nil
}

// readReceipt reads the newest successor's receipt on a stick: signed by a
// machine that the platform ordered to succeed this one.
func readReceipt(stick string, self *seal.Identity) (Receipt, error) {
	folder := folderOf(stick, self.Number, self.Generation)
	paths, err := filepath.Glob(receiptFile(folder, self.Number+"?"))
	if err != nil {
		return Receipt{}, err
	}
	if len(paths) == 0 {
		return Receipt{}, errors.New("the stick holds no receipt of a successor: run provision restore on the new machine first")
	}
	slices.Sort(paths)
	signed, err := readLimited(paths[len(paths)-1])
	if err != nil {
		return Receipt{}, fmt.Errorf("read the receipt: %w", explain(err))
	}
	var receipt Receipt
	content, signer, err := seal.VerifyCMS(signed, self.Trust.SigningRoot, time.Time{})
	if err != nil || json.Unmarshal(content, &receipt) != nil {
		return Receipt{}, errors.New("the successor's receipt is damaged: run provision restore on the new machine again")
	}
	order, err := checkOrder(receipt.Order, self)
	if err != nil {
		return Receipt{}, err
	}
	by := self.Number + order.Generation
	if !names(order, self) || receipt.Of != self.Generation ||
		receipt.Generation != order.Generation || signer.Subject.SerialNumber != by {
		return Receipt{}, ErrOther
	}
	return receipt, nil
}

func sign(s Statement, self *seal.Identity) (SignedStatement, error) {
	content, err := json.Marshal(s)
	if err != nil {
		return SignedStatement{}, fmt.Errorf("write the statement: %w", err)
	}
	signature, err := seal.Sign(self.Keys.Sign, content)
	if err != nil {
		return SignedStatement{}, err
	}
	return SignedStatement{Statement: content, Signature: signature, Certificate: certificatePEM(self.SignCert.Raw)}, nil
}

// VerifyStatement checks a signed statement with the certificate it brings, which root must have certified for the terminal it names.
func VerifyStatement(signed SignedStatement, trust *seal.Trust) (Statement, error) {
	return verifyStatement(signed, trust)
}

// tellWithin is how long the platform may take to hear of it.
const tellWithin = 20 * time.Second

// tell tells the platform that this generation ends; its signed answer must name it.
func (m Machine) tell(ctx context.Context, self *seal.Identity, url string, signed SignedStatement) error {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	if url == "" {
		url = self.Platform
	}
	var nonce [16]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return fmt.Errorf("draw a nonce: %w", err)
	}
	asked := hex.EncodeToString(nonce[:])
	body, err := json.Marshal(wire.Retirement{Nonce: asked, Statement: signed.Statement, Signature: signed.Signature})
	if err != nil {
		return fmt.Errorf("tell the platform: %w", err)
	}
	client := channel.New(channel.Options{
		Root: self.Trust.TLSRoot, Certificate: &self.TLSCert, Times: func() []time.Time { return []time.Time{m.Now(), self.Enrolled} },
	})
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/retirements", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("tell the platform: %w", err)
	}
	request.Header.Set("Content-Type", wire.TypeJSON)
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("tell the platform: %w", err)
	}
	answer, err := channel.ReadSigned(response, self.Believed())
	if err != nil {
		return fmt.Errorf("tell the platform: %w", err)
	}
	if answer.Kind != wire.Retired || answer.Nonce != asked || answer.Terminal != self.Number || answer.Generation != self.Generation {
		return fmt.Errorf("tell the platform: %w", channel.ErrStranger)
	}
	return nil
}
