package publish

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// Files of a bundle: a folder for a stick that installs a terminal without network. packaging/build/bundle puts it together.
const (
	sumsFile      = "SHA256SUMS"
	signatureFile = "SHA256SUMS.gpg"
	rootFile      = "root.json"
	installer     = "install.sh"
	aboutFile     = "about"

	ringFile = "bundle-keys.gpg" // of the repository
)

// bundleName is a path in a bundle that the installer takes.
var bundleName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+~-]*(/[A-Za-z0-9][A-Za-z0-9._+~-]*)*$`)

// ErrNoBundle says that a folder is no bundle as it is built.
var ErrNoBundle = errors.New("this is no bundle")

// SignBundle lays the province's keys into a bundle and signs it with those of targets that are at hand. It returns the
// fingerprint of its installer, which stays the same as long as keys and installer do: the one thing to compare by hand.
func (r Repository) SignBundle(folder string) (fingerprint string, err error) {
	now, err := r.load()
	if err != nil {
		return "", err
	}
	role := roleNamed(metadata.TARGETS)
	private, err := role.keysIn(r.Keys)
	if err != nil {
		return "", err
	}
	public, err := publicKeys(now.root, role.name)
	if err != nil {
		return "", err
	}
	if err := inForce(private, public, role.required); err != nil {
		return "", err
	}
	ring, err := r.ring(private, public)
	if err != nil {
		return "", err
	}
	if err := r.lay(folder, ring, role.required); err != nil {
		return "", err
	}
	sums, err := digests(folder)
	if err != nil {
		return "", err
	}
	var signatures []byte
	for _, key := range private {
		signatures = append(signatures, detached(key, sums, r.Now())...)
	}
	err = errors.Join(writeFile(filepath.Join(folder, sumsFile), sums, 0o644), writeFile(filepath.Join(folder, signatureFile), signatures, 0o644))
	if err = errors.Join(err, syncFolder(folder)); err != nil {
		return "", err
	}
	script, err := os.ReadFile(filepath.Join(folder, installer)) // #nosec G304 -- the operator's folder
	return Fingerprint(script), err
}

// Fingerprint is the first half of a file's SHA-256, in groups of four, as "sha256sum" begins.
func Fingerprint(content []byte) string {
	sum := sha256.Sum256(content)
	digits := hex.EncodeToString(sum[:16])
	var groups []string
	for ; digits != ""; digits = digits[4:] {
		groups = append(groups, digits[:4])
	}
	return strings.Join(groups, " ")
}

// publicKeys are the keys a list of keys names for a role.
func publicKeys(root *metadata.Metadata[metadata.RootType], role string) (all []ed25519.PublicKey, err error) {
	for _, id := range root.Signed.Roles[role].KeyIDs {
		key, err := root.Signed.Keys[id].ToPublicKey()
		if err != nil {
			return nil, fmt.Errorf("read a key of %s: %w", role, err)
		}
		public, ok := key.(ed25519.PublicKey)
		if !ok {
			return nil, fmt.Errorf("a key of %s is of another kind", role)
		}
		all = append(all, public)
	}
	return all, nil
}

func inForce(private []ed25519.PrivateKey, public []ed25519.PublicKey, required int) error {
	n := 0
	for _, key := range private {
		for _, known := range public {
			if known.Equal(key.Public()) {
				n++
			}
		}
	}
	if n < required || n < len(private) {
		return fmt.Errorf("%d of the %d keys at hand are in force in this repository, and %d must sign", n, len(private), required)
	}
	return nil
}

// writeRing keeps the keys of targets in the form in which sticks are checked. It needs all of them at hand, as only the
// making of a repository and a change of keys do.
func (r Repository) writeRing() error {
	keys, err := roleNamed(metadata.TARGETS).keysIn(r.Keys)
	if err != nil {
		return err
	}
	return errors.Join(writeFile(filepath.Join(r.Folder, ringFile), keyring(keys), 0o644), syncFolder(r.Folder))
}

// ring is that file, made now when a repository is older than it and all keys are at hand.
func (r Repository) ring(private []ed25519.PrivateKey, public []ed25519.PublicKey) ([]byte, error) {
	ring, err := os.ReadFile(filepath.Join(r.Folder, ringFile))
	if err == nil && holds(ring, public) {
		return ring, nil
	}
	if len(private) < len(public) {
		return nil, fmt.Errorf("%s does not hold the keys in force, and to make it all %d keys of targets must be at hand, this once", ringFile, len(public))
	}
	if err := r.writeRing(); err != nil {
		return nil, err
	}
	return keyring(private), nil
}

// holds tells whether a file of keys holds exactly these.
func holds(ring []byte, public []ed25519.PublicKey) bool {
	wanted := map[string]bool{}
	for _, key := range public {
		wanted[string(packet(tagKey, keyBody(key)))] = true
	}
	for len(ring) > 0 {
		if len(ring) < 2 || len(ring) < 2+int(ring[1]) {
			return false
		}
		one := string(ring[:2+int(ring[1])])
		if ring[0] == 0xc0|tagKey {
			if !wanted[one] {
				return false
			}
			delete(wanted, one)
		}
		ring = ring[len(one):]
	}
	return len(wanted) == 0
}

// lay puts the list of keys beside the installer, and the keys into it.
func (r Repository) lay(folder string, ring []byte, required int) error {
	for _, name := range []string{aboutFile, installer} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("%s: %w: %w", folder, ErrNoBundle, err)
		}
	}
	path, err := r.RootFile()
	if err != nil {
		return err
	}
	root, err := os.ReadFile(path) // #nosec G304 -- the repository's
	if err != nil {
		return fmt.Errorf("read the list of keys: %w", err)
	}
	script, err := os.ReadFile(filepath.Join(folder, installer)) // #nosec G304 -- the operator's folder
	if err != nil {
		return fmt.Errorf("read the installer: %w", err)
	}
	var out bytes.Buffer
	set := 0
	for lines := bufio.NewScanner(bytes.NewReader(script)); lines.Scan(); {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "keys="):
			line = "keys=" + base64.StdEncoding.EncodeToString(ring)
			set++
		case strings.HasPrefix(line, "needed="):
			line = fmt.Sprintf("needed=%d", required)
			set++
		}
		out.WriteString(line + "\n")
	}
	if set != 2 {
		return fmt.Errorf("%s: %w: its installer has no place for keys", folder, ErrNoBundle)
	}
	return errors.Join(writeFile(filepath.Join(folder, rootFile), root, 0o644), writeFile(filepath.Join(folder, installer), out.Bytes(), 0o644))
}

// digests is the list of a bundle's files as sha256sum writes it. What the installer would not take is refused here.
func digests(folder string) ([]byte, error) {
	var list bytes.Buffer
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil || name == sumsFile || name == signatureFile {
			return err
		}
		if !d.Type().IsRegular() || !bundleName.MatchString(name) {
			return fmt.Errorf("%s is no plain file with a plain name", name)
		}
		sum, err := digest(path)
		fmt.Fprintf(&list, "%x  %s\n", sum, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the bundle: %w", err)
	}
	return list.Bytes(), nil
}

func digest(path string) ([]byte, error) {
	file, err := os.Open(path) // #nosec G304 -- listed just now
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return nil, err
	}
	return sum.Sum(nil), nil
}
