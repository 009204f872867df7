package platformtest_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/wire"
)

var at = time.Date(2026, 11, 25, 1, 30, 0, 0, time.UTC)

// event is an event with every field of every body in use.
func event() casefile.Event {
	digest := strings.Repeat("ab", 32)
	pages := []casefile.Page{{Attachment: digest, MediaType: "application/pdf", Width: 10, Height: 20, Number: 1}}
	signature := &casefile.Signature{Attachment: digest, Content: digest, Strokes: 3, At: at}
	person := casefile.Applicant{
		Name: "王小丫", Number: "990301194803150021", Sex: "女", Nation: "汉", Birth: "19480315", Address: "3组12号", Issuer: "望河县公安局",
		ValidFrom: "20100101", ValidTo: "长期", CardKind: "resident", RawText: "00", Source: "card",
	}
	materials := []casefile.Material{{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Trust: "B", Pages: pages, ConfirmedBy: "301001", ConfirmedAt: at}}
	papers := []casefile.Paper{{ID: "a/1", Name: "户口簿", Material: "m1", Count: 1}}
	return casefile.Event{
		Version: 1, ID: strings.Repeat("0f", 16), Case: "QH0301A-261122-0042-X", Sequence: 2, Kind: casefile.Corrected,
		At:       casefile.Stamp{Wall: at, BusinessDate: "2026-11-25", MonotonicMS: 1, BootID: "b", OffsetMS: 2, OffsetAgeSec: 3},
		Terminal: "QH0301", Generation: "A", Point: "柳树沟村便民服务点", Region: "990301001201", Actor: "agent:301001", Software: "t",
		LastPlatformEvent: strings.Repeat("1f", 16), Nonce: strings.Repeat("2f", 16),
		Authorisation: &casefile.Authorisation{Principal: "n", Delegation: casefile.Delegation{
			Agent: "301001", AgentName: "李会计", Delegate: person, Scope: []string{"correct"}, Item: "1", From: "2026-11-20", Until: "2026-12-20", Pages: pages,
		}},
		Submission: &casefile.Submission{
			Item:      casefile.ItemRef{Code: "1", Name: "n", Version: "1", CatalogueVersion: "2", Department: "d", DepartmentName: "民政局", PromisedDays: 5},
			Applicant: person, Values: json.RawMessage(`{"a":"b"}`), Materials: materials,
			Promise: &casefile.Promise{Text: "t", Covers: []string{"m2"}, Deadline: 5}, Signature: signature,
			Delegation: &casefile.Delegation{
				Agent: "301001", AgentName: "李会计", Delegate: person, Scope: []string{"apply"}, Item: "1", From: "2026-11-20", Until: "2026-12-20", Pages: pages,
			},
			Later: []casefile.LaterMaterial{{Code: "m3", Until: "2026-12-01"}}, Package: "p", Siblings: []casefile.Number{"n"}, Previous: "n",
		},
		Correction:   &casefile.Correction{Notice: strings.Repeat("3f", 16), Points: []string{"1"}, Values: json.RawMessage(`{"a":"c"}`), Materials: materials, Signature: signature},
		Confirmation: &casefile.Confirmation{Materials: []string{"m1"}, By: "301001"},
		Turn:         &casefile.Turn{Reason: "r", Pages: pages},
		Papers:       &casefile.PaperMove{Step: casefile.PaperHandedOn, Papers: papers, Party: "p", Place: "柜2", Sheet: "n", Signature: signature},
		Fee:          &casefile.FeeEntry{Receipt: "QH0301A-000002", Name: "工本费", Fen: -5, Method: "cash", Counter: "QH0301A-000001", Reason: "r", Payer: "p"},
		Delivery:     &casefile.Delivery{Way: "pickup", Result: "r", Recipient: "p", ByCard: true, Signature: signature},
		Visit:        &casefile.Visit{Appointment: "a", Outcome: "moved", To: "t", Note: "n"},
		Evaluation:   &casefile.Evaluation{Level: 1, Reasons: []string{"slow"}, Text: "t", Times: 1},
		Unrated:      &casefile.Unrated{Why: "not-offered", Reason: "r"},
		Day:          &casefile.DayClosing{Date: "2026-11-25", Account: "301001", First: "f", Last: "l", Entries: 1, LedgerFen: 2, CountedFen: 3, Reason: "r", Signature: signature},
		Sheet:        &casefile.Sheet{From: "f", To: "t", Papers: papers, Signature: signature},
		Padding:      "0",
	}
}

func update() casefile.Update {
	return casefile.Update{
		ID: strings.Repeat("0f", 16), Case: "QH0301A-261122-0042-X", Kind: casefile.PlatformReturned, At: at, Reason: "r",
		Notice:  &casefile.Notice{Points: []casefile.NoticePoint{{ID: "1", Material: "m1", Page: 3, Field: "f", Text: "t"}}, Days: 5},
		Branch:  &casefile.Branch{Department: "民政局", State: "working", Text: "t"},
		Outcome: &casefile.Outcome{Result: "r", Way: "pickup", Bring: "b", Document: &casefile.ResultDocument{Title: "t", Number: "n", Issuer: "i", Issued: "2026-11-25", Text: []string{"x"}}},
		Appointment: &casefile.Appointment{
			ID: "a", Kind: "visit", Date: "2026-11-26", Time: "09:30", Village: "v", Address: "a", Name: "n", Phone: "p", Item: "i", State: "set", Note: "n",
		},
		Payment: &casefile.Payment{ID: "a", Name: "n", Fen: 1, State: casefile.PaymentPaid, Receipt: "r", On: "2026-11-26"},
	}
}

func heartbeat() wire.Heartbeat {
	return wire.Heartbeat{
		Nonce: strings.Repeat("0f", 16), Time: at, Software: "bianmin 1.2.0", Waiting: 1, Refused: 1, Oldest: &at,
		Condition: &wire.Condition{
			DiskFree: 1, DiskTotal: 2, DevicesAt: &at,
			Devices: []wire.Device{{Role: "printer", Condition: "userError", Paper: "out", Fault: "paper-out", Model: "m"}},
		},
		Settings: &wire.SettingsHeld{Number: 3, Refused: 4, Reason: "r", Unknown: []string{"u"}},
		Usage:    []wire.Use{{Day: "2026-11-25", Kind: "guide", Item: "i", N: 1}}, Speaks: speaks(),
		Unread: &wire.Unread{Newer: 1, Broken: 1, Since: &at, Stuck: wire.StuckNewer}, Catalogue: 4,
		Audit: &wire.AuditHead{Entries: 9, Head: strings.Repeat("a", 64)}, Outbox: &wire.Outbox{Bytes: 1, Held: 1, Hold: "quiet", Trouble: &wire.Trouble{Why: "portal", Since: at, Until: at}},
	}
}

func speaks() *wire.Speaks {
	all := wire.FirstSpeaks()
	return &all
}

func filled(n int) []byte { return bytes.Repeat([]byte{1}, n) }

func staff() wire.Staff {
	return wire.Staff{ID: "000001", Name: "n", Salt: filled(16), Hash: filled(32), Time: 1, Memory: 19456, Threads: 1}
}

// answer is an answer with every field in use, whatever its kind.
func answer() wire.Answer {
	return wire.Answer{
		Version: 1, Kind: wire.Time, Packet: strings.Repeat("0f", 16), Digest: strings.Repeat("ab", 32), Case: "QH0301A-261122-0042-X", Official: "S202611250000001", Time: at,
		Code: "rule", Reason: "r", Nonce: strings.Repeat("0f", 16), Terminal: "QH0301", Generation: "A", Successor: "B", Staff: []wire.Staff{staff()},
		Agents: []wire.Agent{{
			ID: "301001", Name: "n", Role: "agent", Villages: []string{"990301001201"}, AbsenceHours: 1, CanConfirm: true, Salt: filled(16), Hash: filled(32),
			Time: 1, Memory: 19456, Threads: 1,
		}},
		Evaluations: &wire.Evaluations{Given: 10, Levels: map[string]int{"5": 10}},
		Settings:    3, Catalogue: 2, Usage: 1, Replay: &wire.Replay{Number: 1, Since: at}, Wanted: []string{strings.Repeat("0f", 16)},
		Speaks: speaks(), Sealing: "-----BEGIN CERTIFICATE-----\n", Signing: somePEM, Certificates: &wire.TerminalCertificates{Sign: somePEM, Encrypt: somePEM, TLS: somePEM}, Compact: filled(60),
	}
}

func enrolmentRequest() wire.EnrolmentRequest {
	pem := "-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----\n"
	return wire.EnrolmentRequest{Code: "0000-0000-0000-0000", Nonce: strings.Repeat("0f", 16), Sign: pem, Encrypt: pem, TLS: pem, Software: "t"}
}

func renewalRequest() wire.RenewalRequest {
	asked := enrolmentRequest()
	return wire.RenewalRequest{Nonce: asked.Nonce, Sign: asked.Sign, Encrypt: asked.Encrypt, TLS: asked.TLS, Signature: filled(64)}
}

func retirement() wire.Retirement {
	return wire.Retirement{Nonce: strings.Repeat("0f", 16), Statement: []byte("{}"), Signature: filled(64)}
}

func updates() wire.Updates {
	return wire.Updates{
		Version: 1, Kind: wire.News, Terminal: "QH0301", Generation: "A", Nonce: strings.Repeat("0f", 16), After: "1", Next: "2-0123abcd", More: true, Time: at,
		Updates: []wire.SealedUpdate{{ID: strings.Repeat("0f", 16), Sealed: filled(10)}},
	}
}

// TestContractKnowsEveryField: what terminal and platform seal to each other is
// described in openapi.yaml, every field of it.
func TestContractKnowsEveryField(t *testing.T) {
	document, err := openapi3.NewLoader().LoadFromData(platformtest.Contract(t))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for name, value := range map[string]any{
		"Event": event(), "Update": update(), "Heartbeat": heartbeat(), "EnrolmentRequest": enrolmentRequest(), "Retirement": retirement(), "RenewalRequest": renewalRequest(), "PlatformSigners": wire.PlatformSigners{Version: 1, Certificates: []string{somePEM}}, "Updates": updates(),
		"ReplayRequest": wire.ReplayRequest{Nonce: strings.Repeat("0f", 16), Kept: [][]byte{[]byte("{}")}}, "Problem": wire.Problem{Code: "c", Reason: "r"},
		"Trust":  wire.Trust{Version: 1, Environment: "demo", SigningRoot: "-----BEGIN CERTIFICATE-----\n", TLSRoot: "-----BEGIN CERTIFICATE-----\n"},
		"Answer": answer(), "Enrolment": enrolment(), "Settings": settings(), "SignedSettings": wire.SignedSettings{Answer: filled(9), Signature: filled(64), Signers: []string{somePEM}},
		"Order": order(), "SignedOrder": wire.SignedOrder{Order: filled(9), Signature: filled(64)}, "Catalogue": contents(),
		"SignedCatalogue": wire.SignedCatalogue{Answer: filled(9), Signature: filled(64), Signers: []string{somePEM}}, "Offline": offline(), "PreIssued": preIssued(),
		"OfflineSigned": wire.Signed{Body: filled(9), Signature: filled(64)}, "PacketHeader": header(), "PacketManifest": manifest(t),
		"CourierIndex": index(), "CourierBack": back(),
	} {
		schema := document.Components.Schemas[name]
		if schema == nil {
			t.Fatalf("the contract has no %s", name)
		}
		inUse(t, name, reflect.ValueOf(value))
		content, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(content, &tree); err != nil {
			t.Fatal(err)
		}
		if err := schema.Value.VisitJSON(tree); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		described(t, name, schema.Value, tree)
		met(reflect.TypeOf(value), seen)
	}
	for _, name := range structs(t, "../../sync/wire", "../../sync/courier") {
		if !seen[name] && !apart[name] {
			t.Errorf("nothing in the contract holds %s", name)
		}
	}
}

// apart are types that no JSON carries.
var apart = map[string]bool{
	"wire.Ticket":     true,                                                                                                                         // the enrolment string
	"courier.Entries": true, "courier.Terminal": true, "courier.State": true, "courier.Trip": true, "courier.Taken": true, "courier.Exported": true, // of one side
}

// met notes the types that a value's JSON is made of.
func met(of reflect.Type, seen map[string]bool) {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice:
		met(of.Elem(), seen)
	case reflect.Struct:
		seen[of.String()] = true
		for i := range of.NumField() {
			met(of.Field(i).Type, seen)
		}
	}
}

// structs lists the exported struct types of folders.
func structs(t *testing.T, folders ...string) (names []string) {
	t.Helper()
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%v, %v", files, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if spec, is := n.(*ast.TypeSpec); is && spec.Name.IsExported() {
					if _, is := spec.Type.(*ast.StructType); is {
						names = append(names, parsed.Name.Name+"."+spec.Name.Name)
					}
				}
				return true
			})
		}
	}
	return names
}

// inUse fails for a field that the sample leaves out: the contract would not be tested for it.
func inUse(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	if v.IsZero() || (v.Kind() == reflect.Slice && v.Len() == 0) {
		t.Errorf("the test's sample leaves out %s", path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		inUse(t, path, v.Elem())
	case reflect.Slice:
		if v.Type() != reflect.TypeFor[json.RawMessage]() {
			inUse(t, path+"[]", v.Index(0))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			inUse(t, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	}
}

// described fails for a field the schema says nothing about, where it would let it pass.
func described(t *testing.T, path string, schema *openapi3.Schema, tree any) {
	t.Helper()
	switch tree := tree.(type) {
	case map[string]any:
		if len(schema.Properties) == 0 {
			return // the form's values: any
		}
		for name, value := range tree {
			property := schema.Properties[name]
			if property == nil {
				t.Errorf("the contract does not know %s.%s", path, name)
				continue
			}
			described(t, path+"."+name, property.Value, value)
		}
	case []any:
		for _, value := range tree {
			described(t, path+"[]", schema.Items.Value, value)
		}
	}
}
