package publish

import (
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// next counts the lists' versions on; the list of archives only when it changes.
func (s state) next() state {
	s.snapshot.Signed.Version++
	s.timestamp.Signed.Version++
	return s
}

// publishTargets signs and writes the list of archives and everything that points to it.
func (r Repository) publishTargets(s state) error {
	s.targets.Signed.Version++
	s.targets.Signed.Expires = r.until(r.Lives.Targets)
	return r.first(s.next())
}

// first is publishTargets for a list that was never published.
func (r Repository) first(s state) error {
	if err := sign(r.Keys, roleNamed(metadata.TARGETS), s.targets); err != nil {
		return err
	}
	if err := r.store(fmt.Sprintf("%d.targets.json", s.targets.Signed.Version), s.targets.ToBytes); err != nil {
		return err
	}
	r.passed("publish-after-targets")
	return r.publish(s)
}

// publish signs and writes snapshot and timestamp. What is pointed to is on the disk before what points to it, and
// timestamp.json alone is ever replaced, so that a terminal sees the old state or the new one at any moment.
func (r Repository) publish(s state) error {
	entry, err := r.metaOf("targets", s.targets.Signed.Version)
	if err != nil {
		return err
	}
	s.snapshot.Signed.Meta = map[string]*metadata.MetaFiles{"targets.json": entry}
	s.snapshot.Signed.Expires = r.until(r.Lives.Snapshot)
	if err := sign(r.Keys, roleNamed(metadata.SNAPSHOT), s.snapshot); err != nil {
		return err
	}
	if err := r.store(fmt.Sprintf("%d.snapshot.json", s.snapshot.Signed.Version), s.snapshot.ToBytes); err != nil {
		return err
	}
	r.passed("publish-after-snapshot")
	if entry, err = r.metaOf("snapshot", s.snapshot.Signed.Version); err != nil {
		return err
	}
	s.timestamp.Signed.Meta = map[string]*metadata.MetaFiles{"snapshot.json": entry}
	s.timestamp.Signed.Expires = r.until(r.Lives.Timestamp)
	if err := sign(r.Keys, roleNamed(metadata.TIMESTAMP), s.timestamp); err != nil {
		return err
	}
	if err := r.store("timestamp.json", s.timestamp.ToBytes); err != nil {
		return err
	}
	r.passed("publish-after-timestamp")
	return nil
}

// metaOf is how one list names another, as it lies on the disk: version, length, digest.
func (r Repository) metaOf(name string, version int64) (*metadata.MetaFiles, error) {
	content, err := os.ReadFile(filepath.Join(r.Folder, metadataFolder, fmt.Sprintf("%d.%s.json", version, name)))
	if err != nil {
		return nil, fmt.Errorf("read what was written: %w", err)
	}
	sum := sha256.Sum256(content)
	return &metadata.MetaFiles{Version: version, Length: int64(len(content)), Hashes: metadata.Hashes{"sha256": sum[:]}}, nil
}

func (r Repository) writeRoot(root *metadata.Metadata[metadata.RootType]) error {
	if err := sign(r.Keys, roleNamed(metadata.ROOT), root); err != nil {
		return err
	}
	if err := r.store(fmt.Sprintf("%d.root.json", root.Signed.Version), root.ToBytes); err != nil {
		return err
	}
	r.passed("publish-after-root")
	return nil
}

// signAlso adds the signatures of the keys that were in force before, without those that stay.
func signAlso(folder string, root *metadata.Metadata[metadata.RootType]) error {
	keys, err := roleNamed(metadata.ROOT).keysIn(folder)
	if err != nil {
		return err
	}
	for _, key := range keys {
		public, err := metadata.KeyFromPublicKey(key.Public())
		if err != nil {
			return err
		}
		id, err := public.ID()
		if err != nil {
			return err
		}
		if root.Signed.Keys[id] != nil {
			continue
		}
		signer, err := signature.LoadSigner(key, crypto.Hash(0))
		if err != nil {
			return err
		}
		if _, err := root.Sign(signer); err != nil {
			return fmt.Errorf("sign with a key of before: %w", err)
		}
	}
	return nil
}

func (r Repository) store(name string, bytes func(pretty bool) ([]byte, error)) error {
	content, err := bytes(true)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	folder := filepath.Join(r.Folder, metadataFolder)
	if err := writeFile(filepath.Join(folder, name), content, 0o644); err != nil {
		return err
	}
	return syncFolder(folder)
}

// writeFile writes, syncs and renames, so that the file is whole or as before; the caller syncs the folder.
func writeFile(path string, content []byte, mode os.FileMode) error {
	file, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode) // #nosec G304 -- the operator's folder
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return os.Rename(path+".new", path)
}

func syncFolder(path string) error {
	folder, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// counter counts and digests what is written.
type counter struct {
	sum   hash.Hash
	bytes int64
	under io.Writer
}

func (c *counter) to(w io.Writer) io.Writer { c.under = w; return c }

// Write counts what the writer below took.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.under.Write(p)
	c.bytes += int64(n)
	_, _ = c.sum.Write(p[:n]) // a hash takes everything
	return n, err
}
