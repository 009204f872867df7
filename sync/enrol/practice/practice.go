// Package practice makes the identity of practice mode (练习) on the PC itself: a
// keys folder whose roots, platform and recovery key are made at that moment and
// thrown away, so that what is sealed under it nobody can open or accept. It must
// not touch the real enrolment beside it, and knows no network.
package practice

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bianmin/sync/seal"
	"bianmin/sync/seal/mint"
)

// What a practice identity says of itself. No platform gives the terminal number.
const (
	Environment = "practice"
	Terminal    = "LX0000"
	Generation  = "A"
	Region      = "990000000000" // of a place that stands on no map, where the PC has no enrolment
)

// folderName is what a data folder of practice mode is called; nothing else is ever cleared.
const folderName = "practice"

const keysFolder = "keys"

// ErrNotPractice says that a folder is not one of practice mode.
var ErrNotPractice = errors.New("this folder is not one of practice mode")

// ErrNeverSent says why a sender refuses a folder.
var ErrNeverSent = errors.New("this folder belongs to practice mode: nothing in it is ever sent")

// Folder is where practice mode keeps its data, beside the real ones.
func Folder(data string) string { return filepath.Join(data, folderName) }

// Place is what the real enrolment says of the point; zero where there is none.
type Place struct {
	Point  string
	Region string
	Role   string // "kiosk" or "agent", which "" is
}

// Begin clears what an earlier practice left in folder and makes new keys there.
func Begin(folder string, place Place, now time.Time) (*seal.Identity, error) {
	if err := Clear(folder); err != nil {
		return nil, err
	}
	if place.Region == "" {
		place.Region = Region
	}
	if place.Role == "" {
		place.Role = "agent"
	}
	authority, err := mint.New(mint.Options{
		Environment: Environment, Name: "practice", NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0),
	})
	if err != nil {
		return nil, err
	}
	defer authority.Forget()
	keys, err := seal.Generate()
	if err != nil {
		return nil, err
	}
	credentials, err := authority.Certify(keys, seal.Terminal{
		Number: Terminal, Generation: Generation, Point: place.Point, Region: place.Region, Role: place.Role, Enrolled: now,
	})
	if err != nil {
		return nil, err
	}
	at := filepath.Join(folder, keysFolder)
	if err := keys.Save(at); err != nil {
		return nil, err
	}
	if err := seal.SaveCredentials(at, credentials); err != nil {
		return nil, err
	}
	return seal.LoadIdentity(at)
}

// Clear forgets a practice: first its keys, overwritten and synced, then everything
// that was sealed by them. ErrNotPractice when the folder is another.
func Clear(folder string) error {
	if filepath.Base(folder) != folderName {
		return ErrNotPractice
	}
	keys := filepath.Join(folder, keysFolder)
	identity, err := seal.LoadIdentity(keys)
	if err == nil && identity.Environment != Environment {
		return ErrNotPractice
	}
	if err := overwrite(keys); err != nil {
		return fmt.Errorf("forget the keys of the last practice: %w", err)
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("clear the last practice: %w", err)
	}
	return nil
}

// overwrite fills every file of a folder with chance and removes it.
func overwrite(folder string) error {
	files, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, file := range files {
		if !file.Type().IsRegular() {
			continue
		}
		if err := seal.Scribble(filepath.Join(folder, file.Name())); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	return seal.SyncFolder(filepath.Dir(folder))
}
