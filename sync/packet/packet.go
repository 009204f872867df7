// Package packet is one case event on the wire: a clear header, a sealed
// manifest and the sealed attachments behind each other. It must not know the
// store, HTTP or the platform's rules.
package packet

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"bianmin/core/casefile"
	"bianmin/sync/seal"
)

// A packet is
//
//	"BMP1" | u32 BE H | u32 BE M | H bytes header, JSON | M bytes manifest, CMS | sealed attachments
//
// Its digest is SM3 of everything before the attachments; the manifest names
// the digest of each attachment. Lane 1 sends those first bytes, lane 2 the rest.
const (
	Magic   = "BMP1"
	Version = 1

	prefixSize  = 12
	maxHeader   = 64 << 10
	maxManifest = 16 << 20
)

// ErrFormat says that bytes are not a packet.
var ErrFormat = errors.New("not a packet")

// ErrNewer says that a packet is of a form this program does not know: a newer one wrote it. It says nothing against the packet.
var ErrNewer = errors.New("a packet of a newer form")

// Header is the clear part: what anyone on the way may see.
type Header struct {
	Version     int                `json:"version"`
	Packet      string             `json:"packet"` // 16 random bytes in hex: the event's id
	Case        casefile.Number    `json:"case"`
	Sequence    int                `json:"sequence"`
	Kind        casefile.EventKind `json:"kind"`
	Terminal    string             `json:"terminal"`
	Generation  string             `json:"generation"`
	Certificate string             `json:"certificate"` // serial of the signing certificate, hex
	Attachments int64              `json:"attachments"` // length of all sealed attachments, bytes
	Compression string             `json:"compression"` // of the manifest's content before sealing: one of Compressions, or ""
}

// Attachment is one sealed attachment as the manifest names it.
type Attachment struct {
	Digest    string `json:"digest"` // SM3 of the sealed bytes, hex
	Key       []byte `json:"key"`    // SM4 key, 16 bytes
	Length    int64  `json:"length"` // of the sealed bytes
	MediaType string `json:"mediaType"`
}

// Manifest is the sealed part.
type Manifest struct {
	Event       json.RawMessage `json:"event"`       // the event's canonical bytes
	EventDigest string          `json:"eventDigest"` // SM3 of them, hex
	Attachments []Attachment    `json:"attachments"` // in the order their bytes follow
}

// Packet is a built packet without its attachments' bytes.
type Packet struct {
	Header Header
	Head   []byte // everything before the attachments
	Digest string // SM3 of Head, hex: the packet's digest
	Total  int64  // length with attachments

	Canonical   []byte // the event's canonical bytes
	EventDigest string // SM3 of them, hex: what the receipt names
}

// Build makes the packet of an event: its manifest is signed by the terminal and
// sealed to the platform. Attachments come in the order their bytes follow.
// Evaluations are padded, see uniform.
func Build(identity *seal.Identity, event casefile.Event, attachments []casefile.Attachment) (Packet, error) {
	event, err := pad(event)
	if err != nil {
		return Packet{}, fmt.Errorf("build packet: %w", err)
	}
	canonical, err := casefile.Canonical(event)
	if err != nil {
		return Packet{}, err
	}
	header := Header{
		Version: Version, Packet: event.ID, Case: event.Case, Sequence: event.Sequence, Kind: event.Kind,
		Terminal: event.Terminal, Generation: event.Generation,
		Certificate: hex.EncodeToString(identity.SignCert.SerialNumber.Bytes()),
	}
	for _, a := range attachments {
		header.Attachments += a.Sealed
	}
	manifest := newManifest(canonical, attachments)
	compressed, err := encode(manifest)
	if err != nil {
		return Packet{}, fmt.Errorf("build packet: %w", err)
	}
	if !uniform(event.Kind) { // of those, how well a text compresses would tell about it
		content := compressed
		header.Compression, compressed, err = compressFor(identity.Speaks, content)
		clear(content)
		if err != nil {
			return Packet{}, fmt.Errorf("build packet: %w", err)
		}
	}
	sealed, err := seal.SealCMS(compressed, identity.SignCert, identity.Keys.Sign, identity.PlatformEncrypt)
	clear(compressed)
	if err != nil {
		return Packet{}, fmt.Errorf("build packet: %w", err)
	}
	clearHeader, err := encode(header)
	if err != nil {
		return Packet{}, fmt.Errorf("build packet: %w", err)
	}
	if uniform(event.Kind) {
		clearHeader = fill(clearHeader, len(sealed))
	}
	head := make([]byte, 0, prefixSize+len(clearHeader)+len(sealed))
	head = append(head, Magic...)
	head = binary.BigEndian.AppendUint32(head, uint32(len(clearHeader))) // #nosec G115 -- a few hundred bytes
	head = binary.BigEndian.AppendUint32(head, uint32(len(sealed)))      // #nosec G115 -- bounded by maxManifest below
	head = append(append(head, clearHeader...), sealed...)
	if len(sealed) > maxManifest {
		return Packet{}, fmt.Errorf("build packet: manifest of %d bytes is too long", len(sealed))
	}
	return Packet{
		Header: header, Head: head, Digest: seal.Digest(head), Total: int64(len(head)) + header.Attachments,
		Canonical: canonical, EventDigest: manifest.EventDigest,
	}, nil
}

// Content is an event's manifest before it is compressed and sealed.
func Content(event casefile.Event, attachments []casefile.Attachment) ([]byte, error) {
	canonical, err := casefile.Canonical(event)
	if err != nil {
		return nil, err
	}
	return encode(newManifest(canonical, attachments))
}

func newManifest(canonical []byte, attachments []casefile.Attachment) Manifest {
	manifest := Manifest{Event: canonical, EventDigest: seal.Digest(canonical), Attachments: []Attachment{}}
	for _, a := range attachments {
		manifest.Attachments = append(manifest.Attachments, Attachment{
			Digest: a.Digest, Key: bytes.Clone(a.Key[:]), Length: a.Sealed, MediaType: a.MediaType,
		})
	}
	return manifest
}

func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // the event's bytes must stay as they are
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte{'\n'}), nil
}

// HeadLength tells from a packet's first 12 bytes how many bytes come before
// the attachments; ErrFormat when it is no packet.
func HeadLength(prefix []byte) (int64, error) {
	header, manifest, err := lengths(prefix)
	return prefixSize + header + manifest, err
}

func lengths(prefix []byte) (header, manifest int64, err error) {
	if len(prefix) < prefixSize || string(prefix[:len(Magic)]) != Magic {
		return 0, 0, ErrFormat
	}
	header = int64(binary.BigEndian.Uint32(prefix[4:]))
	manifest = int64(binary.BigEndian.Uint32(prefix[8:]))
	if header == 0 || header > maxHeader || manifest == 0 || manifest > maxManifest {
		return 0, 0, fmt.Errorf("%w: lengths %d and %d", ErrFormat, header, manifest)
	}
	return header, manifest, nil
}

// ReadHead reads a packet up to its attachments. It gives ErrFormat when it is
// none, io.ErrUnexpectedEOF when it is cut short.
func ReadHead(from io.Reader) ([]byte, error) {
	head := make([]byte, prefixSize)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, short(err)
	}
	length, err := HeadLength(head)
	if err != nil {
		return nil, err
	}
	head = append(head, make([]byte, length-prefixSize)...)
	if _, err := io.ReadFull(from, head[prefixSize:]); err != nil {
		return nil, short(err)
	}
	return head, nil
}

func short(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read packet: %w", err)
}

// Parse reads the clear header of a packet's first bytes and gives the sealed
// manifest beside it. Nothing in the header is to be believed before Open.
func Parse(head []byte) (Header, []byte, error) {
	headerLength, manifestLength, err := lengths(head)
	if err != nil {
		return Header{}, nil, err
	}
	if int64(len(head)) != prefixSize+headerLength+manifestLength {
		return Header{}, nil, fmt.Errorf("%w: %d bytes", ErrFormat, len(head))
	}
	var header Header
	if err := json.Unmarshal(head[prefixSize:prefixSize+headerLength], &header); err != nil {
		return Header{}, nil, fmt.Errorf("%w: header: %w", ErrFormat, err)
	}
	if header.Version > Version {
		return Header{}, nil, fmt.Errorf("%w: version %d", ErrNewer, header.Version)
	}
	if header.Version != Version {
		return Header{}, nil, fmt.Errorf("%w: version %d is not known", ErrFormat, header.Version)
	}
	if header.Attachments < 0 {
		return Header{}, nil, fmt.Errorf("%w: negative length", ErrFormat)
	}
	return header, head[prefixSize+headerLength:], nil
}
