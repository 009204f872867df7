package enrol

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/sync/seal"
	"bianmin/sync/standing"
	"bianmin/sync/wire"
)

// keep writes what the platform gave beside the new keys; terminal.json comes last.
func keep(next string, trust *seal.Trust, answer []byte, step func(string)) error {
	var e wire.Enrolment
	if err := json.Unmarshal(answer, &e); err != nil {
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if err := seal.WriteFile(filepath.Join(next, recordFile), answer); err != nil {
		return err
	}
	step(PointRecord)
	if err := SaveStaff(next, e.Staff); err != nil {
		return err
	}
	if e.Role == "agent" {
		if err := SaveAgents(next, e.Agents); err != nil {
			return err
		}
	}
	if err := keepSettings(next, e); err != nil {
		return err
	}
	if err := seal.SaveSpeaks(next, e.Speaks); err != nil {
		return err
	}
	return seal.SaveCredentials(next, seal.Credentials{
		Terminal: seal.Terminal{
			Version: wire.Version, Number: e.Terminal, Generation: e.Generation, Point: e.Point, Region: e.Region, Role: e.Role,
			Environment: e.Environment, Platform: e.URL, Enrolled: e.Time, Compact: e.Compact,
		},
		Sign: e.Certificates.Sign, Encrypt: e.Certificates.Encrypt, TLS: e.Certificates.TLS,
		PlatformSign: e.Platform.Sign, PlatformEncrypt: e.Platform.Encrypt, Recovery: e.Recovery, Trust: trust.Raw,
	})
}

// keepSettings keeps the province's settings that came along. Such with a value out of bounds are noted and not
// taken: the terminal goes on with the defaults, and says so.
func keepSettings(next string, e wire.Enrolment) error {
	if e.Settings == nil || len(e.Settings.Answer) == 0 {
		return nil
	}
	certificate, err := smx509.ParseCertificatePEM([]byte(e.Platform.Sign))
	if err != nil {
		return fmt.Errorf("%w: the platform's certificate: %w", ErrAnswer, err)
	}
	who := standing.Who{Environment: e.Environment, Number: e.Terminal, Generation: e.Generation, Key: seal.Signers{seal.SM2Key(certificate)}}
	_, _, err = standing.Take(next, who, *e.Settings)
	var refusal *standing.Refusal
	switch {
	case err == nil, errors.As(err, &refusal):
		return nil
	case errors.Is(err, standing.ErrForm), errors.Is(err, standing.ErrSignature), errors.Is(err, standing.ErrForeign):
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	case errors.Is(err, standing.ErrOlder), errors.Is(err, standing.ErrTwice): // a begun enrolment was answered before
		return nil
	}
	return err
}

// finish puts a completed enrolment in its place; nil when there is none. An
// incomplete one is left for its next try. The replaced generation's folder is
// kept beside it. An interruption at any point is taken up at the next call.
func finish(data string, replace bool, step func(string)) (*seal.Identity, error) {
	keys, next, old := filepath.Join(data, keysFolder), filepath.Join(data, nextFolder), filepath.Join(data, oldFolder)
	identity, err := seal.LoadIdentity(next)
	if errors.Is(err, seal.ErrNotEnrolled) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("check what the platform gave: %w", err)
	}
	if err := Forget(data); err != nil { // it holds the code
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(keys, "terminal.json")); err == nil {
		if !replace {
			return nil, ErrEnrolled
		}
		if err := os.RemoveAll(old); err != nil {
			return nil, fmt.Errorf("put the keys in their place: %w", err)
		}
		if err := os.Rename(keys, old); err != nil {
			return nil, fmt.Errorf("put the keys in their place: %w", err)
		}
		step(PointAside)
	} else if err := os.Remove(keys); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("put the keys in their place: the keys folder is not empty: %w", err)
	}
	if err := os.Rename(next, keys); err != nil {
		return nil, fmt.Errorf("put the keys in their place: %w", err)
	}
	if err := seal.SyncFolder(data); err != nil {
		return nil, err
	}
	step(PointPlaced)
	return identity, nil
}

func encodePEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
