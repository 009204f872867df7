package service_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/channel"
	"bianmin/sync/enrol"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peer is a terminal that says exactly what a test wants.
type peer struct {
	t      *testing.T
	p      *platformtest.Platform
	id     *seal.Identity
	client *http.Client
	serial int
}

func newPeer(t *testing.T, p *platformtest.Platform, number string, more ...string) *peer {
	t.Helper()
	id, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket(number, p.URL, more...), Data: t.TempDir(), Software: "test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return peerOf(t, p, id)
}

func peerOf(t *testing.T, p *platformtest.Platform, id *seal.Identity) *peer {
	t.Helper()
	client := channel.New(channel.Options{Root: id.Trust.TLSRoot, Certificate: &id.TLSCert, Times: func() []time.Time { return []time.Time{time.Now()} }})
	t.Cleanup(client.CloseIdleConnections)
	client.Transport = platformtest.Checked(t, client.Transport)
	return &peer{t: t, p: p, id: id, client: client}
}

// event makes a new submission of a case of its own.
func (m *peer) event() casefile.Event {
	m.t.Helper()
	m.serial++
	number, err := casefile.NewNumber(casefile.NumberParts{Terminal: m.id.Number, Generation: m.id.Generation, Date: "2026-11-22", Sequence: m.serial})
	if err != nil {
		m.t.Fatal(err)
	}
	return casefile.Event{
		Version: casefile.EventVersion, ID: randomID(m.t), Case: number, Sequence: 1, Kind: casefile.Submitted,
		Terminal: m.id.Number, Generation: m.id.Generation, Nonce: strings.Repeat("0", 32), At: casefile.Stamp{BusinessDate: "2026-11-22"},
		Submission: &casefile.Submission{Item: casefile.ItemRef{Code: "1"}, Applicant: casefile.Applicant{Number: fmt.Sprint(m.serial)}, Values: json.RawMessage(`{"a":"b"}`)},
	}
}

func randomID(t *testing.T) string {
	t.Helper()
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(b[:])
}

// sealed is a packet with all its bytes.
type sealed struct {
	packet.Packet
	bytes []byte
}

// build seals an event with one attachment of the given size, none for 0; it is the page of the event's authorisation where it has one.
func (m *peer) build(e casefile.Event, size int) sealed {
	m.t.Helper()
	var attachments []casefile.Attachment
	var tail bytes.Buffer
	if size > 0 {
		key, err := seal.NewKey()
		if err != nil {
			m.t.Fatal(err)
		}
		w, err := seal.NewWriter(&tail, key)
		if err != nil {
			m.t.Fatal(err)
		}
		_, err = w.Write(bytes.Repeat([]byte{9}, size))
		if err := errors.Join(err, w.Close()); err != nil {
			m.t.Fatal(err)
		}
		attachments = append(attachments, casefile.Attachment{Digest: w.Digest(), MediaType: "image/png", Sealed: w.Sealed(), Plain: w.Plain(), Key: key})
		if e.Authorisation != nil {
			e.Authorisation.Delegation.Pages = []casefile.Page{{Attachment: w.Digest(), MediaType: "image/png"}}
		}
	}
	built, err := packet.Build(m.id, e, attachments)
	if err != nil {
		m.t.Fatal(err)
	}
	return sealed{Packet: built, bytes: append(bytes.Clone(built.Head), tail.Bytes()...)}
}

// heard is what the platform answered.
type heard struct {
	status int
	kind   wire.Kind
	code   string // of a refusal, conflict or problem
	offset string
	answer channel.Signed
}

func (h heard) String() string {
	return fmt.Sprintf("%d %s %s @%s", h.status, h.kind, h.code, h.offset)
}

func (m *peer) do(request *http.Request) heard {
	m.t.Helper()
	response, err := m.client.Do(request)
	if err != nil {
		m.t.Fatal(err)
	}
	h := heard{status: response.StatusCode, offset: response.Header.Get(wire.HeaderOffset)}
	signed, err := channel.ReadSigned(response, m.id.Believed())
	var problem *channel.Problem
	switch {
	case err == nil:
		h.kind, h.code, h.answer = signed.Kind, signed.Code, signed
	case errors.As(err, &problem):
		h.code = problem.Code
	case request.Method != http.MethodHead:
		m.t.Fatalf("%s %s: %v", request.Method, request.URL.Path, err)
	}
	return h
}

func (m *peer) request(method, path string, body io.Reader) *http.Request {
	m.t.Helper()
	r, err := http.NewRequestWithContext(m.t.Context(), method, m.p.URL+path, body)
	if err != nil {
		m.t.Fatal(err)
	}
	return r
}

// patch sends part of a packet as it claims to be.
func (m *peer) patch(id, digest string, offset, length int, part []byte) heard {
	m.t.Helper()
	r := m.request(http.MethodPatch, "/v1/packets/"+id, bytes.NewReader(part))
	r.Header.Set(wire.HeaderOffset, fmt.Sprint(offset))
	r.Header.Set(wire.HeaderLength, fmt.Sprint(length))
	r.Header.Set(wire.HeaderDigest, digest)
	r.Header.Set("Content-Type", wire.TypeBytes)
	return m.do(r)
}

func (m *peer) send(s sealed, from, to int) heard {
	m.t.Helper()
	return m.patch(s.Header.Packet, s.Digest, from, len(s.bytes), s.bytes[from:to])
}

func (m *peer) sendAll(s sealed) heard { m.t.Helper(); return m.send(s, 0, len(s.bytes)) }

func want(t *testing.T, what string, got heard, line string) {
	t.Helper()
	if got.String() != line {
		t.Errorf("%s: got %q, want %q", what, got, line)
	}
}
