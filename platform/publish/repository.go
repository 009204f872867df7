package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"bianmin/packaging/update/release"
)

// Folders of a repository. A mirror serves the repository's folder as it is; a stick holds a copy of it.
const (
	metadataFolder = "metadata"
	targetsFolder  = "targets"
)

// Points are the steps at which being killed must leave a repository that terminals can use.
var Points = []string{
	"publish-after-archive", "publish-after-targets", "publish-after-snapshot", "publish-after-timestamp", "publish-after-root",
}

// Lives is how long each list is believed after it was signed.
type Lives struct{ Root, Targets, Snapshot, Timestamp time.Duration }

const day = 24 * time.Hour

// DefaultLives are usual ones: timestamp and snapshot bound how long a mirror, or a stick, can hide that there is something newer.
var DefaultLives = Lives{Root: 730 * day, Targets: 365 * day, Snapshot: 30 * day, Timestamp: 14 * day}

// Repository is an opened repository. Folder and Keys are required.
type Repository struct {
	Folder string
	Keys   string
	Lives  Lives
	Now    func() time.Time
	// Point is called with the name of each step; nil in production.
	Point func(name string)
}

// state is what the newest signed lists say.
type state struct {
	root      *metadata.Metadata[metadata.RootType]
	targets   *metadata.Metadata[metadata.TargetsType]
	snapshot  *metadata.Metadata[metadata.SnapshotType]
	timestamp *metadata.Metadata[metadata.TimestampType]
}

func (r Repository) passed(name string) {
	if r.Point != nil {
		r.Point(name)
	}
}

func (r Repository) until(life time.Duration) time.Time {
	return r.Now().Add(life).UTC().Truncate(time.Second)
}

// Create makes an empty repository, signed. An unfinished one is made anew, a finished one refused.
func (r Repository) Create() error {
	if _, err := r.load(); err == nil {
		return fmt.Errorf("%s holds a repository already", r.Folder)
	}
	for _, name := range []string{metadataFolder, targetsFolder} {
		if err := os.MkdirAll(filepath.Join(r.Folder, name), 0o755); err != nil { // #nosec G301 -- for everybody to read
			return fmt.Errorf("make the repository: %w", err)
		}
	}
	root := metadata.Root(r.until(r.Lives.Root))
	for _, role := range roles {
		if err := addKeys(root, r.Keys, role); err != nil {
			return err
		}
	}
	if err := errors.Join(r.writeRing(), r.writeRoot(root)); err != nil {
		return err
	}
	return r.first(state{
		root: root, targets: metadata.Targets(r.until(r.Lives.Targets)), snapshot: metadata.Snapshot(), timestamp: metadata.Timestamp(),
	})
}

func addKeys(root *metadata.Metadata[metadata.RootType], folder string, r role) error {
	keys, err := r.keysIn(folder)
	if err != nil {
		return err
	}
	if len(keys) != r.keys {
		return fmt.Errorf("all %d keys of %s are needed to begin", r.keys, r.name)
	}
	for _, key := range keys {
		public, err := metadata.KeyFromPublicKey(key.Public())
		if err != nil {
			return err
		}
		if err := root.Signed.AddKey(public, r.name); err != nil {
			return err
		}
	}
	root.Signed.Roles[r.name].Threshold = r.required
	return nil
}

// Add publishes the programs in a folder as a version for one kind of machine. A version is published once.
func (r Repository) Add(programs, version, arch string) (release.Release, error) {
	now, err := r.load()
	if err != nil {
		return release.Release{}, err
	}
	name := release.Name(version, arch)
	if now.targets.Signed.Targets[name] != nil {
		return release.Release{}, fmt.Errorf("version %s for %s is published already; publish a newer one", version, arch)
	}
	target, what, err := r.pack(programs, version, arch)
	if err != nil {
		return release.Release{}, err
	}
	r.passed("publish-after-archive")
	now.targets.Signed.Targets[name] = target
	return what, r.publishTargets(now)
}

// pack writes the archive under its digest and gives its signed entry.
func (r Repository) pack(programs, version, arch string) (*metadata.TargetFiles, release.Release, error) {
	folder := filepath.Join(r.Folder, targetsFolder)
	file, err := os.CreateTemp(folder, ".packing-")
	if err != nil {
		return nil, release.Release{}, fmt.Errorf("publish: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	sum := &counter{sum: sha256.New()}
	what, err := release.Pack(sum.to(file), programs, version, arch)
	err = errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close())
	if err != nil {
		return nil, release.Release{}, fmt.Errorf("publish: %w", err)
	}
	if sum.bytes > release.MaxArchive {
		return nil, release.Release{}, fmt.Errorf("publish: the archive has %d bytes, which is too much", sum.bytes)
	}
	custom, err := json.Marshal(what)
	if err != nil {
		return nil, release.Release{}, err
	}
	raw, digest := json.RawMessage(custom), sum.sum.Sum(nil)
	name := release.Name(version, arch)
	if err := os.Rename(file.Name(), filepath.Join(folder, hex.EncodeToString(digest)+"."+name)); err != nil {
		return nil, release.Release{}, fmt.Errorf("publish: %w", err)
	}
	target := &metadata.TargetFiles{Length: sum.bytes, Hashes: metadata.Hashes{"sha256": digest}, Custom: &raw, Path: name}
	return target, what, syncFolder(folder)
}

// Withdraw takes a version out of the list, for every kind of machine. Terminals that have it keep it: they only go forward.
func (r Repository) Withdraw(version string) error {
	now, err := r.load()
	if err != nil {
		return err
	}
	found := false
	for name, target := range now.targets.Signed.Targets {
		if what, err := read(target); err == nil && what.Version == version {
			delete(now.targets.Signed.Targets, name)
			found = true
		}
	}
	if !found {
		return fmt.Errorf("version %s is not published", version)
	}
	return r.publishTargets(now)
}

// Refresh signs snapshot and timestamp anew, so that terminals keep believing the repository.
func (r Repository) Refresh() error {
	now, err := r.load()
	if err != nil {
		return err
	}
	return r.publish(now.next())
}

// Renew signs the list of keys anew, with the keys that are in the folder now: a key file that was replaced takes its
// predecessor's place. The old keys must be at hand in the folder before, enough to sign the change.
func (r Repository) Renew(before string) error {
	now, err := r.load()
	if err != nil {
		return err
	}
	next := metadata.Root(r.until(r.Lives.Root))
	next.Signed.Version = now.root.Signed.Version + 1
	for _, role := range roles {
		if err := addKeys(next, r.Keys, role); err != nil {
			return err
		}
	}
	if err := sign(r.Keys, roleNamed(metadata.ROOT), next); err != nil {
		return err
	}
	if err := signAlso(before, next); err != nil {
		return err
	}
	if err := r.store(fmt.Sprintf("%d.root.json", next.Signed.Version), next.ToBytes); err != nil {
		return err
	}
	r.passed("publish-after-root")
	if err := r.writeRing(); err != nil {
		return err
	}
	now.root = next
	return r.publishTargets(now)
}

// Listed is one published archive.
type Listed struct {
	release.Release

	Bytes int64 `json:"bytes"`
}

// List gives what is published, oldest version first.
func (r Repository) List() ([]Listed, error) {
	now, err := r.load()
	if err != nil {
		return nil, err
	}
	all := []Listed{}
	for _, target := range now.targets.Signed.Targets {
		what, err := read(target)
		if err != nil {
			return nil, err
		}
		all = append(all, Listed{what, target.Length})
	}
	slices.SortFunc(all, func(a, b Listed) int {
		if c := release.Compare(a.Version, b.Version); c != 0 {
			return c
		}
		return strings.Compare(a.Arch, b.Arch)
	})
	return all, nil
}

func read(target *metadata.TargetFiles) (release.Release, error) {
	if target.Custom == nil {
		return release.Release{}, errors.New("an entry says nothing about its release")
	}
	return release.Read(*target.Custom)
}

// RootFile is the newest list of keys, which the package for the first installation carries.
func (r Repository) RootFile() (string, error) {
	now, err := r.load()
	if err != nil {
		return "", err
	}
	return filepath.Join(r.Folder, metadataFolder, fmt.Sprintf("%d.root.json", now.root.Signed.Version)), nil
}

// load reads the newest lists, from the timestamp down: what an interrupted run left above them does not count.
func (r Repository) load() (state, error) {
	var s state
	var err error
	fail := func(err error) (state, error) {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%s holds no finished repository: %w", r.Folder, err)
		}
		return state{}, err
	}
	path := func(name string) string { return filepath.Join(r.Folder, metadataFolder, name) }
	if s.timestamp, err = metadata.Timestamp().FromFile(path("timestamp.json")); err != nil {
		return fail(err)
	}
	version := s.timestamp.Signed.Meta["snapshot.json"].Version
	if s.snapshot, err = metadata.Snapshot().FromFile(path(fmt.Sprintf("%d.snapshot.json", version))); err != nil {
		return fail(err)
	}
	version = s.snapshot.Signed.Meta["targets.json"].Version
	if s.targets, err = metadata.Targets().FromFile(path(fmt.Sprintf("%d.targets.json", version))); err != nil {
		return fail(err)
	}
	for n := 1; ; n++ {
		root, err := metadata.Root().FromFile(path(fmt.Sprintf("%d.root.json", n)))
		if errors.Is(err, fs.ErrNotExist) && n > 1 {
			return s, nil
		}
		if err != nil {
			return fail(err)
		}
		s.root = root
	}
}
