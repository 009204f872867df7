package courier

import (
	"archive/tar"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"bianmin/core/casefile"
	"bianmin/packaging/stick"
	"bianmin/store"
	"bianmin/sync/edition"
	"bianmin/sync/packet"
	"bianmin/sync/renew"
	"bianmin/sync/seal"
	"bianmin/sync/spoken"
	"bianmin/sync/standing"
	"bianmin/sync/wire"
)

// Queue is what goes out.
type Queue interface {
	Waiting(ctx context.Context) ([]store.Item, error)
	OpenPacket(ctx context.Context, id string) (*packet.Reader, error)
	Cursor(ctx context.Context) (string, error)
	Reread(ctx context.Context) (bool, error)
	RecordAttempt(ctx context.Context, id string, next time.Time, why string) error
}

var _ Queue = (*store.Store)(nil)

// Terminal is this terminal, as a courier knows it.
type Terminal struct {
	Identity *seal.Identity
	Data     string // the data folder
	Software string
	Now      func() time.Time
}

// Exported is what went onto a stick.
type Exported struct {
	Name    string `json:"name"`
	Number  int64  `json:"number"`
	Packets int    `json:"packets"`
	Bytes   int64  `json:"bytes"`
	Left    int    `json:"left"` // packets that had no room
	Lost    int    `json:"lost"` // packets that cannot be read on this machine, and what stands behind them in their cases
}

// Export writes what waits onto a stick, as one file that is there whole or not at all; room is the bytes that the stick has left.
// Nothing leaves the queue: only the platform's answer does that. A bundle without packets is worth carrying all the same: it asks for news.
// A packet that cannot be read here stays, with its reason noted; it does not keep the others.
func (t Terminal) Export(ctx context.Context, q Queue, to stick.Folder, room int64) (Exported, error) {
	items, err := q.Waiting(ctx)
	if err != nil {
		return Exported{}, err
	}
	for lost := 0; ; {
		out, err := t.export(ctx, q, to, room, items)
		out.Lost = lost
		var unreadable *unreadableError
		if !errors.As(err, &unreadable) {
			return out, err
		}
		before := len(items)
		if items, err = t.readable(ctx, q, items, unreadable.packet); err != nil {
			return out, err
		}
		lost += before - len(items)
	}
}

// readable looks through all packets and leaves out those that cannot be read, of which one is known, and what comes after them in their cases: on a
// failing disk the stick is not written anew for each.
func (t Terminal) readable(ctx context.Context, q Queue, items []store.Item, known string) (rest []store.Item, err error) {
	lost := map[casefile.Number]bool{}
	for _, item := range items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if lost[item.Case] {
			continue
		}
		var err error
		if item.Packet != known {
			err = readPacket(ctx, q, Packet{ID: item.Packet, Length: item.Total}, io.Discard)
		}
		switch {
		case item.Packet == known, errors.As(err, new(*unreadableError)):
			lost[item.Case] = true
			if err := q.RecordAttempt(ctx, item.Packet, t.Now(), "local-file"); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, err
		default:
			rest = append(rest, item)
		}
	}
	return rest, nil
}

func (t Terminal) export(ctx context.Context, q Queue, to stick.Folder, room int64, items []store.Item) (out Exported, err error) {
	state, err := t.load()
	if err != nil {
		return out, err
	}
	index, err := t.index(ctx, q, state.Number+1)
	if err != nil {
		return out, err
	}
	items = t.fit(&index, items, min(room, MaxBundle))
	if index.Packets, err = seals(items); err != nil {
		return out, err
	}
	name := Name(index.Terminal+index.Generation, index.Number, OutExt)
	// The number is spent first: a stick that was pulled while it was written may hold a bundle of it.
	if err := t.note(state, index, items); err != nil {
		return out, err
	}
	err = to.Place(filepath.Join(to.Path, Folder, name), func(w io.Writer) error {
		count := &counting{to: w}
		err := t.write(ctx, q, count, index)
		out.Bytes = count.n
		return err
	})
	if unreadable := (*unreadableError)(nil); errors.As(err, &unreadable) {
		return out, errors.Join(err, t.save(State{Number: index.Number, Trips: state.Trips})) // this bundle is nowhere
	}
	if err != nil {
		return out, fmt.Errorf("write a courier bundle: %w", err)
	}
	out.Name, out.Number, out.Packets, out.Left = name, index.Number, len(index.Packets), index.Left
	return out, nil
}

type counting struct {
	to io.Writer
	n  int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}

// index says everything but the packets.
func (t Terminal) index(ctx context.Context, q Queue, number int64) (Index, error) {
	var nonce [16]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return Index{}, fmt.Errorf("make a courier bundle: %w", err)
	}
	if _, err := q.Reread(ctx); err != nil {
		return Index{}, err
	}
	cursor, err := q.Cursor(ctx)
	if err != nil {
		return Index{}, err
	}
	index := Index{
		Version: wire.Version, Kind: kindOut, Environment: t.Identity.Environment, Terminal: t.Identity.Number, Generation: t.Identity.Generation,
		Number: number, Nonce: hex.EncodeToString(nonce[:]), Made: t.Now().UTC().Truncate(time.Second), Software: t.Software, Cursor: cursor,
	}
	own := spoken.Own()
	index.Speaks = &own
	if here, err := standing.Load(filepath.Join(t.Data, "keys"), standing.Of(t.Identity)); err == nil { // what cannot be believed is as good as none
		index.Settings = here.Number
	}
	if !t.Now().Before(renew.Due(t.Identity)) { // by this machine's clock: when it is wrong the platform issues by its own all the same
		asked, err := renew.Request(filepath.Join(t.Data, "keys"), t.Identity)
		if err != nil {
			return Index{}, err
		}
		index.Renewal = &asked
	}
	if held, ok, _ := t.shelf().Current(ctx); ok {
		index.Catalogue = held.Digest
	}
	return index, nil
}

func (t Terminal) shelf() edition.Shelf {
	return edition.Shelf{Folder: filepath.Join(t.Data, edition.FolderName), Who: edition.Of(t.Identity)}
}

// A tar's own bytes, and an upper bound of the index's per packet.
const (
	perEntry = 2 * 512
	perIndex = 512
	slack    = 64 << 10
)

// fit takes items from the front while they have room. A large one that has none does not stop a small one behind it, unless that
// is of the same case.
func (t Terminal) fit(index *Index, items []store.Item, room int64) []store.Item {
	var taken []store.Item
	left := room - slack
	skipped := map[string]bool{}
	for _, item := range items {
		need := seal.SealedSize(item.Total) + perEntry + perIndex
		if need > left || len(taken) == MaxPackets || skipped[string(item.Case)] {
			skipped[string(item.Case)] = true
			index.Left++
			continue
		}
		left -= need
		taken = append(taken, item)
	}
	return taken
}

// seals gives each packet a key of its own, so that damage to one is no damage to another.
func seals(items []store.Item) ([]Packet, error) {
	packets := make([]Packet, 0, len(items))
	for _, item := range items {
		key, err := seal.NewKey()
		if err != nil {
			return nil, fmt.Errorf("make a courier bundle: %w", err)
		}
		packets = append(packets, Packet{ID: item.Packet, Digest: item.Digest, Length: item.Total, Key: key[:]})
	}
	return packets, nil
}

func (t Terminal) write(ctx context.Context, q Queue, to io.Writer, index Index) error {
	content, err := json.Marshal(index)
	if err != nil {
		return err
	}
	sealed, err := seal.SealCMS(content, t.Identity.SignCert, t.Identity.Keys.Sign, t.Identity.PlatformEncrypt)
	clear(content)
	if err != nil {
		return err
	}
	out := tar.NewWriter(to)
	if err := out.WriteHeader(header(indexName, int64(len(sealed)), index.Made)); err != nil {
		return err
	}
	if _, err := out.Write(sealed); err != nil {
		return err
	}
	for i, p := range index.Packets {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := out.WriteHeader(header(strconv.Itoa(i+1), seal.SealedSize(p.Length), index.Made)); err != nil {
			return err
		}
		if err := copyPacket(ctx, q, out, p); err != nil {
			return err
		}
	}
	return out.Close()
}

func header(name string, size int64, made time.Time) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: made, Format: tar.FormatUSTAR}
}

func copyPacket(ctx context.Context, q Queue, to io.Writer, p Packet) error {
	sealed, err := seal.NewWriter(to, [16]byte(p.Key))
	if err != nil {
		return err
	}
	if err := readPacket(ctx, q, p, sealed); err != nil {
		return err
	}
	return sealed.Close()
}

func readPacket(ctx context.Context, q Queue, p Packet, to io.Writer) (err error) {
	reader, err := q.OpenPacket(ctx, p.ID)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	if _, err := io.Copy(to, io.NewSectionReader(reader, 0, p.Length)); err != nil {
		if lost := (*packet.UnreadableError)(nil); errors.As(err, &lost) {
			return &unreadableError{p.ID, err}
		}
		return fmt.Errorf("copy a packet: %w", err)
	}
	return nil
}

// unreadableError says which packet cannot be read.
type unreadableError struct {
	packet string
	err    error
}

func (e *unreadableError) Error() string { return "packet " + e.packet + ": " + e.err.Error() }
func (e *unreadableError) Unwrap() error { return e.err }
