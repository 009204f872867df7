package edition

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"bianmin/store/room"
	"bianmin/sync/channel"
	"bianmin/sync/wire"
)

// fetch brings an archive to path, going on where an earlier try ended. moved says that bytes came.
func (f *Follower) fetch(ctx context.Context, archive wire.Archive, path string) (moved bool, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, fmt.Errorf("fetch the catalogue: %w", err)
	}
	if err := f.only(path); err != nil {
		return false, err
	}
	if err := f.Shelf.haveRoom(archive.Size); err != nil {
		return false, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- our own folder
	if err != nil {
		return false, fmt.Errorf("fetch the catalogue: %w", err)
	}
	before, err := file.Seek(0, io.SeekEnd)
	if err == nil && before < archive.Size {
		err = f.rest(ctx, archive, file, before)
	}
	after, size := file.Seek(0, io.SeekEnd)
	moved = size == nil && after > before
	if err == nil {
		err = sound(file, archive)
	}
	err = errors.Join(err, file.Close())
	if room.Full(err) || errors.Is(err, ErrArchive) {
		err = errors.Join(err, os.Remove(path)) // gives its room back, or begins anew
	}
	if err != nil {
		return moved, fmt.Errorf("fetch the catalogue: %w", err)
	}
	return moved, nil
}

// rest asks for the bytes from an offset on and writes them behind those that are here.
func (f *Follower) rest(ctx context.Context, archive wire.Archive, file *os.File, from int64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	still := time.AfterFunc(f.Timing.Still, cancel)
	defer still.Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL+"/v1/catalogue/archives/"+archive.Digest, nil)
	if err != nil {
		return err
	}
	if from > 0 {
		request.Header.Set("Range", "bytes="+strconv.FormatInt(from, 10)+"-")
	}
	response, err := f.Client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if from, err = begin(response, archive, from); err != nil {
		return err
	}
	if err := file.Truncate(from); err != nil {
		return err
	}
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		return err
	}
	body := io.LimitReader(response.Body, archive.Size-from+1)
	_, err = io.Copy(file, &moving{body, func() { still.Reset(f.Timing.Still) }})
	return errors.Join(err, file.Sync())
}

// begin tells at which byte an answer begins; an answer that is no archive is a problem or a stranger's.
func begin(response *http.Response, archive wire.Archive, asked int64) (int64, error) {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || (kind != wire.TypeArchive && response.StatusCode < 300) {
		return 0, fmt.Errorf("%w: it gives no archive", channel.ErrStranger)
	}
	switch response.StatusCode {
	case http.StatusOK:
		return 0, nil
	case http.StatusPartialContent:
		want := fmt.Sprintf("bytes %d-%d/%d", asked, archive.Size-1, archive.Size)
		if response.Header.Get("Content-Range") != want {
			return 0, fmt.Errorf("%w: it gives another part than was asked for", channel.ErrStranger)
		}
		return asked, nil
	}
	_, _, err = channel.ReadVerified(response, nil)
	if err == nil {
		err = fmt.Errorf("%w: it signs what is no archive", channel.ErrStranger)
	}
	return 0, err
}

// moving tells of every byte that comes.
type moving struct {
	io.Reader
	came func()
}

func (m *moving) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if n > 0 {
		m.came()
	}
	return n, err
}

// sound reads the whole file.
func sound(file *os.File, archive wire.Archive) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	hash := sm3.New()
	n, err := io.Copy(hash, file)
	switch {
	case err != nil:
		return err
	case n < archive.Size:
		return io.ErrUnexpectedEOF
	case n > archive.Size || !strings.EqualFold(hex.EncodeToString(hash.Sum(nil)), archive.Digest):
		return ErrArchive
	}
	return nil
}

// only removes what was begun of other archives.
func (f *Follower) only(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("fetch the catalogue: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() != filepath.Base(path) {
			if err := os.RemoveAll(filepath.Join(filepath.Dir(path), entry.Name())); err != nil {
				return fmt.Errorf("fetch the catalogue: %w", err)
			}
		}
	}
	return nil
}

// forget removes archives that are taken, or of no use.
func (f *Follower) forget() error {
	if err := os.RemoveAll(filepath.Join(f.Shelf.Folder, incomingName)); err != nil {
		return fmt.Errorf("remove an archive: %w", err)
	}
	return nil
}
