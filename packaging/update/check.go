package update

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/config"
	"github.com/theupdateframework/go-tuf/v2/metadata/updater"

	"bianmin/packaging/update/release"
)

// Offer is a version that a repository offers for this machine, as it was signed.
type Offer struct {
	release.Release

	Length int64  `json:"length"` // of the archive
	SHA256 string `json:"sha256"` // of the archive, hex
}

// lists are the signed lists that are remembered, with the keys in front.
var lists = []string{"root.json", "timestamp.json", "snapshot.json", "targets.json"}

// address stands for any source; only what follows it is asked for.
const address = "https://repository.invalid"

// Check asks a source for its lists, checks them against what is known and gives the newest version for this
// machine, or nil when that one runs already.
func (u *Updater) Check(ctx context.Context, from Source) (*Offer, error) {
	running, err := u.Running()
	if err != nil {
		return nil, coded(err, Internal)
	}
	done, err := u.alone("fetch", time.Second)
	if err != nil {
		return nil, coded(err, Internal)
	}
	targets, err := u.refresh(ctx, from)
	if err := errors.Join(err, done()); err != nil {
		return nil, coded(err, Broken)
	}
	var best *Offer
	for name, target := range targets {
		offer, err := read(name, target)
		if err != nil {
			u.Log.Warn("an entry of the repository is not understood", "name", name, "error", err)
			continue
		}
		if offer.Arch == u.Arch && (best == nil || release.Compare(offer.Version, best.Version) > 0) {
			best = offer
		}
	}
	switch {
	case best == nil:
		return nil, refuse(NotOffered, "the repository has nothing for %s", u.Arch)
	case best.Version == running:
		return nil, nil
	case !newer(best.Version, running):
		return nil, refuse(Older, "the newest version offered is %s, and %s runs", best.Version, running)
	}
	return best, nil
}

func read(name string, target *metadata.TargetFiles) (*Offer, error) {
	if target.Custom == nil {
		return nil, errors.New("nothing is said about the release")
	}
	r, err := release.Read(*target.Custom)
	if err != nil {
		return nil, err
	}
	digest := target.Hashes["sha256"]
	if name != release.Name(r.Version, r.Arch) || len(digest) != 32 || len(target.Hashes) != 1 || target.Length <= 0 || target.Length > release.MaxArchive {
		return nil, errors.New("name, length or digest are not those of a release")
	}
	return &Offer{r, target.Length, hex.EncodeToString(digest)}, nil
}

// refresh does The Update Framework's round: keys, timestamp, snapshot, targets. It works on a copy of the lists, and
// what was found in order there is kept durably, so that a power cut leaves no half list behind.
func (u *Updater) refresh(ctx context.Context, from Source) (map[string]*metadata.TargetFiles, error) {
	root, err := u.trustedRoot()
	if err != nil {
		return nil, err
	}
	work := u.state("lists.work")
	if err := u.copyLists(work); err != nil {
		return nil, fmt.Errorf("prepare the check: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	settings, err := config.New(address, root)
	if err != nil {
		return nil, err
	}
	settings.RemoteMetadataURL = address + "/metadata"
	settings.LocalMetadataDir, settings.LocalTargetsDir = work, work
	settings.Fetcher = fetcher{ctx, from}
	client, err := updater.New(settings)
	if err != nil {
		return nil, fmt.Errorf("begin the check: %w", err)
	}
	now := u.reference()
	client.UnsafeSetRefTime(now) // never before a time that was right once, whatever this machine's clock says
	asked := client.Refresh()
	if err := errors.Join(asked, u.keepLists(work)); err != nil {
		return nil, err
	}
	return client.GetTopLevelTargets(), writeFile(u.state("reference"), []byte(now.UTC().Format(time.RFC3339)+"\n"))
}

// reference is the time by which lists expire: the clock's, but never before the latest at which a check succeeded.
func (u *Updater) reference() time.Time {
	now := u.Now().UTC()
	if content, err := os.ReadFile(u.state("reference")); err == nil {
		if last, err := time.Parse(time.RFC3339, strings.TrimSpace(string(content))); err == nil && last.After(now) {
			return last
		}
	}
	return now
}

// trustedRoot is the newer one of the installation's list of keys and the one that followed from it.
func (u *Updater) trustedRoot() ([]byte, error) {
	var best []byte
	version := int64(0)
	for _, path := range []string{u.Root, u.state("lists", "root.json")} {
		content, err := os.ReadFile(path) // #nosec G304 -- root's own files
		if err != nil {
			continue
		}
		if root, err := metadata.Root().FromBytes(content); err == nil && root.Signed.Version > version {
			best, version = content, root.Signed.Version
		}
	}
	if best == nil {
		return nil, refuse(NoRoot, "neither %s nor the updater's memory holds a list of keys", u.Root)
	}
	return best, nil
}

// copyLists copies what is remembered and readable.
func (u *Updater) copyLists(to string) error {
	if err := errors.Join(os.RemoveAll(to), os.MkdirAll(u.state("lists"), 0o755), os.Mkdir(to, 0o700)); err != nil { // #nosec G301 -- nothing secret
		return err
	}
	for _, name := range lists[1:] {
		content, err := os.ReadFile(u.state("lists", name))
		if errors.Is(err, fs.ErrNotExist) || (err == nil && !readable(name, content)) {
			continue
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func readable(name string, content []byte) bool {
	var err error
	switch name {
	case "timestamp.json":
		_, err = metadata.Timestamp().FromBytes(content)
	case "snapshot.json":
		_, err = metadata.Snapshot().FromBytes(content)
	case "targets.json":
		_, err = metadata.Targets().FromBytes(content)
	}
	return err == nil
}

func (u *Updater) keepLists(work string) error {
	for _, name := range lists {
		content, err := os.ReadFile(filepath.Join(work, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if before, err := os.ReadFile(u.state("lists", name)); err == nil && string(before) == string(content) {
			continue
		}
		if err := writeFile(u.state("lists", name), content); err != nil {
			return fmt.Errorf("keep %s: %w", name, err)
		}
		u.passed("update-lists-kept")
	}
	return nil
}

// fetcher reads lists for the framework, never more than it allows.
type fetcher struct {
	ctx  context.Context // the framework's interface takes none
	from Source
}

// DownloadFile reads one list.
func (f fetcher) DownloadFile(name string, most int64, _ time.Duration) ([]byte, error) {
	body, _, err := f.from.Open(f.ctx, strings.TrimPrefix(name, address+"/"), 0)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(body, most+1))
	err = errors.Join(err, body.Close())
	if err != nil {
		return nil, refuse(Unreachable, "read %s: %w", name, err)
	}
	if int64(len(content)) > most {
		return nil, refuse(Endless, "%s has more than %d bytes", name, most)
	}
	return content, nil
}
