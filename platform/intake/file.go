package intake

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

func (in *Intake) incoming(id string) string { return filepath.Join(in.Dir, "incoming", id) }

func (in *Intake) settled(id string) string { return filepath.Join(in.Dir, "packets", id[:2], id) }

// Path is where a packet's bytes lie now.
func (in *Intake) Path(id string) string {
	if _, err := os.Stat(in.settled(id)); err == nil {
		return in.settled(id)
	}
	return in.incoming(id)
}

func (in *Intake) size(id string) (int64, error) {
	info, err := os.Stat(in.Path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look at a packet: %w", err)
	}
	return info.Size(), nil
}

var errTooLong = errors.New("body is longer than the packet")

// appendBody writes the body behind what is held and syncs. readErr is the
// body's own end before its time; err is trouble with the disk.
func (in *Intake) appendBody(u Upload, held int64) (now int64, readErr, err error) {
	if held == u.Length {
		return held, drained(u.Body), nil
	}
	file, err := os.OpenFile(in.incoming(u.ID), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return held, nil, fmt.Errorf("open a packet: %w", err)
	}
	if held == 0 {
		in.whole.set(u.ID, true)
	}
	n, readErr, err := pump(file, io.LimitReader(u.Body, u.Length-held))
	if n > 0 {
		err = errors.Join(err, in.sync(file))
	}
	if err != nil { // bytes that may not be on the disk must not count as held
		in.whole.set(u.ID, false)
		err = errors.Join(err, file.Truncate(held))
	}
	err = errors.Join(err, file.Close())
	if err == nil && held == 0 {
		err = syncDir(filepath.Dir(file.Name()))
	}
	if err != nil {
		return held, nil, fmt.Errorf("write a packet: %w", err)
	}
	if readErr == nil && held+n == u.Length {
		readErr = drained(u.Body)
	}
	return held + n, readErr, nil
}

// pump copies and tells errors of reading from errors of writing.
func pump(to io.Writer, from io.Reader) (n int64, readErr, writeErr error) {
	buffer := make([]byte, 64<<10)
	for {
		got, err := from.Read(buffer)
		if got > 0 {
			wrote, writeErr := to.Write(buffer[:got])
			n += int64(wrote)
			if writeErr != nil {
				return n, nil, writeErr
			}
		}
		if errors.Is(err, io.EOF) {
			return n, nil, nil
		}
		if err != nil {
			return n, err, nil
		}
	}
}

// drained checks that nothing follows.
func drained(body io.Reader) error {
	var one [1]byte
	n, err := io.ReadFull(body, one[:])
	if n > 0 {
		return errTooLong
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// truncate drops bytes from an offset on, because they are not what they should be.
func (in *Intake) truncate(id string, size int64) error {
	file, err := os.OpenFile(in.Path(id), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("cut a packet: %w", err)
	}
	if err := errors.Join(file.Truncate(size), file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("cut a packet: %w", err)
	}
	in.whole.set(id, true) // what stays was proven, what follows comes in this run
	return nil
}

// settle moves a packet to where decided packets lie, synced. It may be called again.
func (in *Intake) settle(id string) error {
	in.whole.set(id, false)
	if _, err := os.Stat(in.incoming(id)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	folder := filepath.Dir(in.settled(id))
	err := os.MkdirAll(folder, 0o700)
	if err == nil {
		err = os.Rename(in.incoming(id), in.settled(id))
	}
	if err == nil {
		err = errors.Join(syncDir(folder), syncDir(filepath.Dir(folder)), syncDir(filepath.Dir(in.incoming(id))))
	}
	if err != nil {
		return fmt.Errorf("settle a packet: %w", err)
	}
	return nil
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
