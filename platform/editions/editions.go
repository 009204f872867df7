// Package editions keeps the province's catalogues as numbered editions with the
// archives that lead to them, and signs which one is in force. It must not serve them or know what an item means.
package editions

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"bianmin/core/catalogue"
	"bianmin/sync/edition"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// Lasts is how long terminals believe an answer to be the newest.
const Lasts = 30 * 24 * time.Hour

// defaultBases is from how many earlier editions a delta leads to a new one; terminals that are farther behind take the snapshot.
const defaultBases = 20

// Errors of publishing.
var (
	ErrSame   = errors.New("nothing has changed since the last edition")
	ErrNumber = errors.New("an edition of this number or a higher one is there")
	ErrNone   = errors.New("there is no edition for this division")
)

// Press keeps all editions in a folder.
type Press struct {
	Folder string
	Now    func() time.Time
	Bases  int // from how many earlier editions a delta leads to a new one; 0 is 20
}

// Edition is one as it is kept.
type Edition struct {
	Region    string       `json:"region"`
	Edition   int64        `json:"edition"`
	Name      string       `json:"name"`
	Published string       `json:"published"`
	Format    int          `json:"format"`
	Made      time.Time    `json:"made"`
	Set       edition.Set  `json:"set"`
	Snapshot  wire.Archive `json:"snapshot"`
	Deltas    []wire.Delta `json:"deltas"`
}

// Publish makes an edition of a catalogue's folder, for the division it names. number is 0 for the next one; a higher one is for a
// platform that was restored from a backup and does not know what it gave out since.
func (p Press) Publish(ctx context.Context, folder fs.FS, number int64) (Edition, error) {
	loaded, err := catalogue.Load(folder)
	if err != nil {
		return Edition{}, fmt.Errorf("publish a catalogue: %w", err)
	}
	set, err := edition.Scan(ctx, folder)
	if err != nil {
		return Edition{}, fmt.Errorf("publish a catalogue: %w", err)
	}
	before, err := p.List(loaded.Region.Code)
	if err != nil {
		return Edition{}, err
	}
	e := Edition{
		Region: loaded.Region.Code, Edition: max(number, 1), Name: loaded.Version, Published: loaded.Published, Format: loaded.Format,
		Made: p.Now().UTC().Truncate(time.Millisecond), Set: set, Deltas: []wire.Delta{},
	}
	if n := len(before); n > 0 {
		last := before[n-1]
		if last.Set.Digest() == set.Digest() && number <= last.Edition {
			return Edition{}, ErrSame
		}
		if number == 0 {
			e.Edition = last.Edition + 1
		}
		if e.Edition <= last.Edition {
			return Edition{}, ErrNumber
		}
	}
	if err := p.archives(&e, before, folder); err != nil {
		return Edition{}, fmt.Errorf("publish a catalogue: %w", err)
	}
	content, err := json.MarshalIndent(e, "", " ")
	if err != nil {
		return Edition{}, fmt.Errorf("publish a catalogue: %w", err)
	}
	if err := os.MkdirAll(p.region(e.Region), 0o700); err != nil {
		return Edition{}, fmt.Errorf("publish a catalogue: %w", err)
	}
	if err := seal.WriteFile(filepath.Join(p.region(e.Region), fmt.Sprintf("%012d.json", e.Edition)), content); err != nil {
		return Edition{}, fmt.Errorf("publish a catalogue: %w", err)
	}
	return e, nil
}

// archives makes the snapshot and the deltas from the latest editions before.
func (p Press) archives(e *Edition, before []Edition, folder fs.FS) (err error) {
	if err := os.MkdirAll(filepath.Join(p.Folder, "archives"), 0o700); err != nil {
		return err
	}
	if e.Snapshot, err = p.archive(nil, e.Set, folder); err != nil {
		return err
	}
	bases := p.Bases
	if bases == 0 {
		bases = defaultBases
	}
	done := map[string]bool{}
	for i := len(before) - 1; i >= max(0, len(before)-bases); i-- {
		from := before[i].Set.Digest()
		if done[from] || from == e.Set.Digest() {
			continue
		}
		done[from] = true
		made, err := p.archive(before[i].Set, e.Set, folder)
		if err != nil {
			return err
		}
		e.Deltas = append(e.Deltas, wire.Delta{From: from, Archive: made})
	}
	return nil
}

func (p Press) archive(base, set edition.Set, folder fs.FS) (made wire.Archive, err error) {
	file, err := os.CreateTemp(filepath.Join(p.Folder, "archives"), ".making-*")
	if err != nil {
		return made, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	hash := sm3.New()
	count := &counting{}
	err = edition.WriteArchive(io.MultiWriter(file, hash, count), base, set, folder)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return made, err
	}
	made = wire.Archive{Digest: hex.EncodeToString(hash.Sum(nil)), Size: count.n}
	if made.Size > edition.MaxArchive {
		return made, fmt.Errorf("an archive of %d MB is too large for a terminal", made.Size>>20)
	}
	if err = os.Rename(file.Name(), p.Archive(made.Digest)); err != nil {
		return made, err
	}
	return made, seal.SyncFolder(filepath.Join(p.Folder, "archives"))
}

func (p Press) region(code string) string { return filepath.Join(p.Folder, "divisions", code) }

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Archive is where an archive lies, if it is there; digest must be one.
func (p Press) Archive(digest string) string {
	if !digestForm.MatchString(digest) {
		digest = "none"
	}
	return filepath.Join(p.Folder, "archives", digest)
}

// List gives the editions for a division in order.
func (p Press) List(region string) ([]Edition, error) {
	entries, err := os.ReadDir(p.region(region))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list editions: %w", err)
	}
	var all []Edition
	for _, entry := range entries { // sorted by name, and so by number
		if !nameForm.MatchString(entry.Name()) {
			continue
		}
		e, err := p.read(region, entry.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

func (p Press) read(region, name string) (Edition, error) {
	content, err := os.ReadFile(filepath.Join(p.region(region), name)) // #nosec G304 -- our own folder
	if err != nil {
		return Edition{}, fmt.Errorf("read an edition: %w", err)
	}
	var e Edition
	if err := json.Unmarshal(content, &e); err != nil {
		return Edition{}, fmt.Errorf("read an edition: %w", err)
	}
	return e, nil
}

// Divisions are those with editions.
func (p Press) Divisions() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(p.Folder, "divisions"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list editions: %w", err)
	}
	var all []string
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return all, nil
}

// For gives the newest edition of the smallest division that holds a terminal's; ErrNone when there is none.
func (p Press) For(region string) (Edition, error) {
	code, name, err := p.find(region)
	if err != nil {
		return Edition{}, err
	}
	return p.read(code, name)
}

// Number is the number of the newest edition for a division, from its name alone; 0 when there is none.
func (p Press) Number(region string) (int64, error) {
	_, name, err := p.find(region)
	if errors.Is(err, ErrNone) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(nameForm.FindStringSubmatch(name)[1], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("look for an edition: %w", err)
	}
	return n, nil
}

var nameForm = regexp.MustCompile(`^([0-9]{12})\.json$`)

// find gives the division and the file of the newest edition that is for a division.
func (p Press) find(region string) (code, name string, err error) {
	for _, length := range []int{12, 9, 6, 4, 2} {
		if length > len(region) {
			continue
		}
		code := region[:length] + "000000000000"[length:]
		entries, err := os.ReadDir(p.region(code))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", "", fmt.Errorf("look for an edition: %w", err)
		}
		for i := len(entries) - 1; i >= 0; i-- {
			if nameForm.MatchString(entries[i].Name()) {
				return code, entries[i].Name(), nil
			}
		}
	}
	return "", "", ErrNone
}

// Signer signs what the platform says; *authority.Authority is one.
type Signer interface {
	SignAnswer(body []byte) (string, error)
	Environment() string
	// Signed are the certificates by which it signs, or did; none before its first rotation.
	Signed() []string
}

// Sign signs which edition is in force for a division; without a nonce it is for a stick.
func (p Press) Sign(by Signer, region, nonce string) (wire.SignedCatalogue, error) {
	now := p.Now().UTC().Truncate(time.Millisecond)
	said := wire.Catalogue{
		Version: wire.Version, Kind: wire.Contents, Environment: by.Environment(), Region: region, Nonce: nonce, Time: now, Until: now.Add(Lasts),
		Deltas: []wire.Delta{},
	}
	e, err := p.For(region)
	switch {
	case errors.Is(err, ErrNone):
	case err != nil:
		return wire.SignedCatalogue{}, err
	default:
		said.Region, said.Edition, said.Name, said.Published, said.Format, said.Made = e.Region, e.Edition, e.Name, e.Published, e.Format, e.Made
		said.Digest, said.Files, said.Size, said.Snapshot, said.Deltas = e.Set.Digest(), len(e.Set), e.Set.Size(), e.Snapshot, e.Deltas
	}
	body, err := json.Marshal(said)
	if err != nil {
		return wire.SignedCatalogue{}, fmt.Errorf("write an edition: %w", err)
	}
	text, err := by.SignAnswer(body)
	if err != nil {
		return wire.SignedCatalogue{}, err
	}
	signature, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return wire.SignedCatalogue{}, fmt.Errorf("write an edition: %w", err)
	}
	return wire.SignedCatalogue{Answer: body, Signature: signature, Signers: by.Signed()}, nil
}

// Export lays a signed manifest and all its archives into a folder, for a stick.
func (p Press) Export(by Signer, region, to string) (Edition, error) {
	e, err := p.For(region)
	if err != nil {
		return Edition{}, err
	}
	signed, err := p.Sign(by, region, "")
	if err != nil {
		return Edition{}, err
	}
	content, err := json.Marshal(signed)
	if err != nil {
		return Edition{}, fmt.Errorf("export an edition: %w", err)
	}
	if err := os.MkdirAll(to, 0o755); err != nil { // #nosec G301 -- a stick's, for anybody to read
		return Edition{}, fmt.Errorf("export an edition: %w", err)
	}
	archives := []wire.Archive{e.Snapshot}
	for _, delta := range e.Deltas {
		archives = append(archives, delta.Archive)
	}
	for _, archive := range archives {
		bytes, err := os.ReadFile(p.Archive(archive.Digest))
		if err != nil {
			return Edition{}, fmt.Errorf("export an edition: %w", err)
		}
		if err := seal.WriteFile(filepath.Join(to, archive.Digest), bytes); err != nil {
			return Edition{}, fmt.Errorf("export an edition: %w", err)
		}
	}
	// Last, so that a stick pulled before it holds no manifest.
	return e, seal.WriteFile(filepath.Join(to, edition.ManifestFile), content)
}

// counting counts bytes.
type counting struct{ n int64 }

func (c *counting) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }
