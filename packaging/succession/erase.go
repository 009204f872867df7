package succession

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/packaging/stick"
	"bianmin/sync/seal"
)

// keyFolders hold keys, at any depth of the data folder: the present ones, a
// begun and a replaced enrolment's, and practice mode's.
var keyFolders = []string{"keys", "keys.next", "keys.old"}

// finish erases what the marker says, writes the certificate to out, and ends.
func (m Machine) finish(mark marker, out stick.Folder, r Retiring) (Erasure, error) {
	var done Erasure
	if err := json.Unmarshal(mark.Signed.Statement, &done.Statement); err != nil {
		return done, fmt.Errorf("go on with a retirement: %w", err)
	}
	// A stick that is gone, full or read-only by now shows itself before anything goes.
	if err := writeSigned(out, mark, done.Statement); err != nil && mark.Done == nil {
		return done, fmt.Errorf("nothing is erased before the certificate's folder takes it: %w", err)
	}
	if err := m.eraseAll(&mark); err != nil {
		return done, err
	}
	done.Told, done.Done, done.Signed, done.Digest = mark.Told, *mark.Done, mark.Signed, seal.Digest(mark.Signed.Statement)
	done.KeyFiles, done.Files = mark.Keys, mark.Files
	pdf, err := r.Certify(done)
	if err != nil {
		return done, fmt.Errorf("lay the certificate out: %w", err)
	}
	if err := certify(out, mark, done.Statement, pdf); err != nil {
		if kept := keepHere(m.Data, mark, done.Statement, pdf); kept != nil {
			return done, fmt.Errorf("the machine is erased, only its certificate is not written: run this again: %w", errors.Join(err, kept))
		}
		return done, fmt.Errorf("the machine is erased; its certificate is kept in %s until it can be written: run this again: %w", m.Data, err)
	}
	m.step("retire-certified")
	if err := os.Remove(filepath.Join(m.Data, markerFile)); err != nil {
		return done, fmt.Errorf("end the retirement: %w", err)
	}
	return done, seal.SyncFolder(m.Data)
}

// eraseAll erases everything but the marker, which says so afterwards.
func (m Machine) eraseAll(mark *marker) error {
	if err := eraseKeys(m.Data); err != nil {
		return fmt.Errorf("erase the keys: %w", err)
	}
	m.step("retire-keys")
	if err := eraseRest(m.Data); err != nil {
		return fmt.Errorf("erase what the keys sealed: %w", err)
	}
	m.step("retire-erased")
	if mark.Done != nil {
		return nil
	}
	now := m.Now()
	mark.Done = &now
	return mark.keep(m.Data)
}

// find lists the folders of keys, the files in them, and counts all other files.
func find(data string) (folders, keys []string, others int, err error) {
	err = filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(keyFolders, entry.Name()):
			folders = append(folders, path)
		case entry.IsDir() || entry.Name() == markerFile:
		case slices.Contains(folders, filepath.Dir(path)):
			keys = append(keys, path)
		default:
			others++
		}
		return nil
	})
	return folders, keys, others, err
}

// eraseKeys overwrites every file of every folder of keys, syncs it, and only then removes any.
func eraseKeys(data string) error {
	folders, keys, _, err := find(data)
	if err != nil {
		return err
	}
	for _, path := range keys {
		if err := seal.Scribble(path); err != nil {
			return err
		}
	}
	for _, folder := range folders {
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
		if err := seal.SyncFolder(filepath.Dir(folder)); err != nil {
			return err
		}
	}
	return nil
}

// eraseRest removes everything but the marker, and looks whether it is gone.
func eraseRest(data string) error {
	entries, err := os.ReadDir(data)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == markerFile {
			continue
		}
		if err := os.RemoveAll(filepath.Join(data, entry.Name())); err != nil {
			return err
		}
	}
	if err := seal.SyncFolder(data); err != nil {
		return err
	}
	folders, keys, others, err := find(data)
	if err == nil && len(folders)+len(keys)+others > 0 {
		err = errors.New("something is written anew meanwhile: stop the services first")
	}
	return err
}

func certificatePEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func parseCertificate(text string) (*smx509.Certificate, error) {
	certificate, err := smx509.ParseCertificatePEM([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("the statement's certificate: %w", err)
	}
	return certificate, nil
}
