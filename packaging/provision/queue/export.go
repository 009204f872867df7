package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"syscall"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/provision/records"
	"bianmin/packaging/stick"
	"bianmin/store"
	"bianmin/store/room"
	"bianmin/sync/packet"
)

// Exported is what "export" prints, and in index.json lays beside the packets.
type Exported struct {
	Terminal string       `json:"terminal"` // with its generation
	Made     time.Time    `json:"made"`
	Folder   string       `json:"folder,omitempty"`
	Bytes    int64        `json:"bytes"`
	Packets  []OfExported `json:"packets"`
	Lost     []OfExported `json:"lost,omitempty"` // packets whose bytes cannot be read on this machine; they have no file
}

// OfExported is one packet.
type OfExported struct {
	File     string             `json:"file,omitempty"`
	Case     casefile.Number    `json:"case"`
	Sequence int                `json:"sequence"`
	Kind     casefile.EventKind `json:"kind"`
	State    string             `json:"state"`
	Since    time.Time          `json:"since"`
	Digest   string             `json:"digest"` // of the packet, as it would go up
	Bytes    int64              `json:"bytes"`
}

// errRoom says that the folder has no room.
var errRoom = errors.New("not enough room")

// everything is more than any queue holds.
const everything = 1 << 30

// export writes every packet that is not delivered as it stands, sealed, and last the index: a folder with an index is whole. What
// cannot be read here is only named.
func (t *tool) export(ctx context.Context, with []string) error {
	to, err := stick.Named(with[0])
	if err != nil {
		return t.refusal(err)
	}
	var out Exported
	err = records.Open(ctx, t.config, func(m records.Machine) error {
		found, err := m.Store.Undecided(ctx, "", everything)
		if err != nil {
			return err
		}
		out = Exported{Terminal: m.Identity.Number + m.Identity.Generation, Made: t.now().UTC().Truncate(time.Second), Packets: []OfExported{}}
		for _, u := range found {
			out.Bytes += u.Total
		}
		if err := t.fits(with[0], out.Bytes); err != nil {
			return err
		}
		out.Folder = filepath.Join(to.Path, "bianmin-queue-"+out.Terminal+"-"+out.Made.In(casefile.Zone).Format("060102-150405"))
		return out.write(ctx, m.Store, to, found)
	})
	if room.Full(err) {
		err = errors.Join(t.noRoom(out.Bytes, 0), err)
	}
	if err != nil {
		return t.refusal(err)
	}
	if t.json {
		err = printed.JSON(t.out, out)
	} else {
		err = t.say("exported", args{"folder": out.Folder, "n": len(out.Packets), "size": text.Size(out.Bytes)})
	}
	if err != nil || len(out.Lost) == 0 {
		return err
	}
	return &AttentionError{t.both("queue.exported-not", args{"n": len(out.Lost)})}
}

// slack is what a file system takes for itself.
const slack = 1 << 20

func (t *tool) fits(folder string, need int64) error {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		return fmt.Errorf("look at the folder: %w", err)
	}
	if free := int64(stat.Bavail) * stat.Bsize; free < need+slack { // #nosec G115 -- no disk is that large
		return t.noRoom(need, free)
	}
	return nil
}

func (t *tool) noRoom(need, free int64) error {
	return fmt.Errorf("%s: %w", t.both("queue.error.full", args{"need": text.Size(need + slack), "free": text.Size(free)}), errRoom)
}

func (e *Exported) write(ctx context.Context, s *store.Store, to stick.Folder, found []store.Undecided) error {
	for _, u := range found {
		name := fmt.Sprintf("%s-%02d-%s.packet", u.Case, u.Sequence, u.Packet[:min(8, len(u.Packet))])
		one := OfExported{File: name, Case: u.Case, Sequence: u.Sequence, Kind: u.Kind, State: u.State, Since: u.Committed.UTC(), Digest: u.Digest, Bytes: u.Total}
		err := to.Place(filepath.Join(e.Folder, name), func(w io.Writer) error { return copyPacket(ctx, s, w, u.Packet) })
		if lost := (*packet.UnreadableError)(nil); errors.As(err, &lost) {
			one.File = ""
			e.Lost, e.Bytes = append(e.Lost, one), e.Bytes-one.Bytes
			continue
		}
		if err != nil {
			return fmt.Errorf("write a packet: %w", err)
		}
		e.Packets = append(e.Packets, one)
	}
	index := *e
	index.Folder = ""
	content, err := json.MarshalIndent(index, "", "  ")
	if err != nil {
		return err
	}
	return to.Place(filepath.Join(e.Folder, "index.json"), func(w io.Writer) error { _, err := w.Write(content); return err })
}

func copyPacket(ctx context.Context, s *store.Store, to io.Writer, id string) error {
	reader, err := s.OpenPacket(ctx, id)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, io.NewSectionReader(reader, 0, reader.Total()))
	return errors.Join(err, reader.Close())
}
