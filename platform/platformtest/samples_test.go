package platformtest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/sync/courier"
	"bianmin/sync/packet"
	"bianmin/sync/wire"
)

const somePEM = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"

var (
	hex16  = strings.Repeat("0f", 16)
	sm3hex = strings.Repeat("ab", 32)
)

func agent() wire.Agent {
	return wire.Agent{
		ID: "301001", Name: "n", Role: "agent", Villages: []string{"990301001201"}, AbsenceHours: 1, CanConfirm: true, Salt: filled(16), Hash: filled(32),
		Time: 1, Memory: 19456, Threads: 1,
	}
}

func enrolment() wire.Enrolment {
	return wire.Enrolment{
		Version: 1, Nonce: hex16, Time: at, Terminal: "QH0301", Generation: "B", Role: "agent", Environment: "demo", Point: "柳树沟村便民服务点", Region: "990301001201",
		URL: "https://p", Certificates: wire.TerminalCertificates{Sign: somePEM, Encrypt: somePEM, TLS: somePEM},
		Platform: wire.PlatformCertificates{Sign: somePEM, Encrypt: somePEM}, Recovery: "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n", Compact: filled(60),
		Staff: []wire.Staff{staff()}, Agents: []wire.Agent{agent()}, Settings: &wire.SignedSettings{Answer: filled(9), Signature: filled(64), Signers: []string{somePEM}},
		Succession: &wire.SignedOrder{Order: filled(9), Signature: filled(64)}, Speaks: speaks(),
	}
}

func settings() wire.Settings {
	return wire.Settings{
		Version: 1, Kind: wire.Ruling, Environment: "demo", Terminal: "QH0301", Generation: "A", Nonce: hex16, Number: 3, Made: at, Time: at,
		Values: map[string]json.RawMessage{"log": json.RawMessage(`"info"`)}, Locked: []string{"log"},
	}
}

func order() wire.Order {
	return wire.Order{
		Version: 1, Kind: wire.Succession, Terminal: "QH0301", Generation: "B", Encrypt: "0a", Point: "p", Region: "990301001201", Time: at,
		Predecessors: []wire.Predecessor{{Generation: "A", Sign: "0b"}},
	}
}

func contents() wire.Catalogue {
	archive := wire.Archive{Digest: sm3hex, Size: 10}
	return wire.Catalogue{
		Version: 1, Kind: wire.Contents, Environment: "demo", Region: "990301000000", Nonce: hex16, Edition: 3, Name: "n", Published: "2026-11-25", Format: 1,
		Made: at, Time: at, Until: at, Digest: sm3hex, Files: 3, Size: 100, Snapshot: archive, Deltas: []wire.Delta{{From: sm3hex, Archive: archive}},
	}
}

func offline() wire.Offline {
	return wire.Offline{Version: 1, Kind: wire.KindPreIssued, Terminal: "QH0301", Request: "1a2b3c4d", Salt: filled(16), Sealed: filled(9)}
}

func preIssued() wire.PreIssued {
	return wire.PreIssued{
		Version: 1, Terminal: "QH0301", Role: "kiosk", Environment: "demo", Point: "p", Region: "990301001201", URL: "https://p", Made: at, Expires: at,
		Trust: filled(9), Platform: wire.PlatformCertificates{Sign: somePEM, Encrypt: somePEM},
	}
}

func header() packet.Header {
	return packet.Header{
		Version: 1, Packet: hex16, Case: "QH0301A-261122-0042-X", Sequence: 1, Kind: casefile.Submitted, Terminal: "QH0301", Generation: "A", Certificate: "0a",
		Attachments: 10, Compression: packet.Zlib,
	}
}

func manifest(t *testing.T) packet.Manifest {
	t.Helper()
	content, err := casefile.Canonical(event())
	if err != nil {
		t.Fatal(err)
	}
	return packet.Manifest{Event: content, EventDigest: sm3hex, Attachments: []packet.Attachment{{Digest: sm3hex, Key: filled(16), Length: 10, MediaType: "image/png"}}}
}

func index() courier.Index {
	request := renewalRequest()
	asked := &request
	return courier.Index{
		Version: 1, Kind: "courier", Environment: "demo", Terminal: "QH0301", Generation: "A", Number: 7, Nonce: hex16, Made: at, Software: "t", Cursor: "3-0a0b0c0d",
		Settings: 3, Catalogue: sm3hex, Packets: []courier.Packet{{ID: hex16, Digest: sm3hex, Length: 10, Key: filled(16)}}, Left: 1, Speaks: speaks(), Renewal: asked,
	}
}

func back() courier.Back {
	signed := courier.Signed{Body: filled(9), Signature: filled(64)}
	return courier.Back{
		Version: 1, Kind: "courier-back", Environment: "demo", Terminal: "QH0301", Generation: "A", Number: 7, Nonce: hex16, Made: at,
		Answers: []courier.Answer{{Packet: hex16, Signed: signed}}, News: []courier.Signed{signed}, Settings: &wire.SignedSettings{Answer: filled(9), Signature: filled(64), Signers: []string{somePEM}},
		Catalogue: &wire.SignedCatalogue{Answer: filled(9), Signature: filled(64), Signers: []string{somePEM}}, Damaged: []string{hex16}, Speaks: speaks(), Signers: []string{somePEM}, Renewal: &signed,
	}
}
