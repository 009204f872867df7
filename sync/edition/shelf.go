package edition

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bianmin/packaging/lockfile"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// What lies in the shelf's folder.
const (
	FolderName   = "catalogue"     // in a terminal's data folder
	ManifestFile = "manifest.json" // wire.SignedCatalogue, beside a set and on a stick
	contentName  = "content"
	newestFile   = "newest" // the highest number that was ever in force here
	refusedFile  = "refused.json"
	lockFile     = "lock"
	incomingName = "incoming"
	building     = ".building-"
)

// keep is how many sets stay beside the one in force: who began under them may still read their files.
const keep = 2

// lockWait is far longer than an edition takes to be put into place.
const lockWait = 2 * time.Minute

// Shelf is where a terminal's editions lie. Each set is a folder of its own, never changed once it has its name; the one with the
// highest number that is whole is in force.
type Shelf struct {
	Folder string
	Who    Who
	// Room gives the free bytes where Folder lies; nil asks the system.
	Room func(folder string) (int64, error)
	// Point is called between two steps that a power cut may part; nil is for nobody.
	Point func(name string)
}

// Held is a set that lies here.
type Held struct {
	wire.Catalogue

	Content string // the folder with catalogue.json
}

var setForm = regexp.MustCompile(`^([0-9]{12})-([0-9a-f]{16})$`)

// nameOf is a set's folder: its number first, so that names sort as editions do.
func nameOf(m wire.Catalogue) string { return fmt.Sprintf("%012d-%s", m.Edition, m.Digest[:16]) }

// sets are the folders of sets, the newest first.
func sets(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for editions of the catalogue: %w", err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() && setForm.MatchString(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	slices.Reverse(names)
	return names, nil
}

// held reads a set's manifest. The signature is checked where who has a key.
func held(folder, name string, who Who) (Held, error) {
	content, err := os.ReadFile(filepath.Join(folder, name, ManifestFile)) // #nosec G304 -- our own folder
	if err != nil {
		return Held{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	signed, err := Parse(content)
	if err != nil {
		return Held{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	check := func() (wire.Catalogue, error) { return Check(signed, who) }
	if who.Key == nil {
		check = func() (wire.Catalogue, error) { return read(signed.Answer) }
	}
	said, err := check()
	if err != nil {
		return Held{}, err
	}
	if said.Edition == 0 || nameOf(said) != name {
		return Held{}, fmt.Errorf("%w: its folder is another's", ErrDamaged)
	}
	return Held{said, filepath.Join(folder, name, contentName)}, nil
}

// Whole reads every byte of a set and says whether it is what its manifest names.
func (h Held) Whole(ctx context.Context) error {
	set, err := Scan(ctx, os.DirFS(h.Content))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if set.Digest() != h.Digest {
		return fmt.Errorf("%w: edition %d", ErrDamaged, h.Edition)
	}
	return nil
}

// InForce gives the newest whole set under a terminal's data folder, and what was wrong with newer ones. ok is false when there is
// none. It believes the folder as it believes the keys beside it: who can write the one can write the other.
func InForce(ctx context.Context, data string) (found Held, ok bool, passed error) {
	return newestWhole(ctx, filepath.Join(data, FolderName), Who{})
}

func newestWhole(ctx context.Context, folder string, who Who) (Held, bool, error) {
	names, err := sets(folder)
	if err != nil {
		return Held{}, false, err
	}
	var passed error
	for _, name := range names {
		h, err := held(folder, name, who)
		if err == nil {
			err = h.Whole(ctx)
		}
		if err == nil {
			return h, true, passed
		}
		passed = errors.Join(passed, fmt.Errorf("%s: %w", name, err))
	}
	return Held{}, false, passed
}

// Current gives the newest set here that is whole and signed; ok is false when there is none.
func (s Shelf) Current(ctx context.Context) (Held, bool, error) {
	return newestWhole(ctx, s.Folder, s.Who)
}

// Number is that of the newest signed set here, 0 for none. Its files are not looked at: whoever reads them finds out.
func (s Shelf) Number() int64 {
	names, err := sets(s.Folder)
	if err != nil {
		return 0
	}
	for _, name := range names {
		if h, err := held(s.Folder, name, s.Who); err == nil {
			return h.Edition
		}
	}
	return 0
}

// newest is the highest number that was ever in force here, as far as is known.
func (s Shelf) newest() int64 {
	var highest int64
	if content, err := os.ReadFile(filepath.Join(s.Folder, newestFile)); err == nil { // #nosec G304 -- our own folder
		if n, err := strconv.ParseInt(strings.TrimSpace(string(content)), 10, 64); err == nil {
			highest = n
		}
	}
	names, err := sets(s.Folder)
	if err == nil && len(names) > 0 {
		if n, err := strconv.ParseInt(setForm.FindStringSubmatch(names[0])[1], 10, 64); err == nil {
			highest = max(highest, n)
		}
	}
	return highest
}

// Plan is what it takes to come to an edition.
type Plan struct {
	Signed   wire.SignedCatalogue
	Manifest wire.Catalogue
	Renewed  bool          // the set is here; only the manifest is newer
	Archive  *wire.Archive // what to fetch; nil when nothing is
	Base     string        // digest of the set the archive begins with, "" for a snapshot
}

// Weigh checks a manifest against what is here and writes nothing. ok is false when there is nothing to do. whole asks for the snapshot
// even where a delta would do. Errors: ErrForm, ErrSignature, ErrForeign, ErrOlder, ErrTwice.
func (s Shelf) Weigh(ctx context.Context, signed wire.SignedCatalogue, whole bool) (plan Plan, ok bool, err error) {
	said, err := Check(signed, s.Who)
	if err != nil || said.Edition == 0 {
		return Plan{}, false, err
	}
	here, there, _ := s.Current(ctx)
	switch {
	case said.Edition < s.newest():
		return Plan{}, false, fmt.Errorf("%w: %d after %d", ErrOlder, said.Edition, s.newest())
	case there && said.Edition == here.Edition && said.Digest != here.Digest:
		return Plan{}, false, ErrTwice
	case there && said.Edition == here.Edition:
		return Plan{Signed: signed, Manifest: said, Renewed: true}, said.Until.After(here.Until), nil
	}
	plan = Plan{Signed: signed, Manifest: said, Archive: &said.Snapshot}
	if there && !whole {
		for i, delta := range said.Deltas {
			if delta.From == here.Digest && delta.Size < said.Snapshot.Size {
				plan.Archive, plan.Base = &said.Deltas[i].Archive, delta.From
				break
			}
		}
	}
	return plan, true, nil
}

// lock keeps sender and technician from putting editions into place at the same moment.
func (s Shelf) lock() (func() error, error) {
	if err := os.MkdirAll(s.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the catalogue's folder: %w", err)
	}
	return lockfile.Within(lockWait, filepath.Join(s.Folder, lockFile), lockfile.Alone)
}

// Refused is the newest edition that was refused after its archive was here, and why.
type Refused struct {
	Edition int64  `json:"edition"` // 0 for none
	Digest  string `json:"digest"`
	Reason  string `json:"reason"`
	Newer   bool   `json:"newer,omitempty"` // it needs a newer version of this program
}

// Refused gives what was refused and is newer than what is here.
func (s Shelf) Refused() Refused {
	content, err := os.ReadFile(filepath.Join(s.Folder, refusedFile)) // #nosec G304 -- our own folder
	var refused Refused
	if err != nil || json.Unmarshal(content, &refused) != nil || refused.Edition <= s.newest() {
		return Refused{} // a note, which the next refusal writes anew
	}
	return refused
}

func (s Shelf) note(m wire.Catalogue, why error) error {
	content, err := json.Marshal(Refused{m.Edition, m.Digest, why.Error(), errors.Is(why, ErrNewer)})
	if err != nil {
		return fmt.Errorf("note a refused edition: %w", err)
	}
	return seal.WriteFile(filepath.Join(s.Folder, refusedFile), content)
}

func (s Shelf) point(name string) {
	if s.Point != nil {
		s.Point(name)
	}
}
