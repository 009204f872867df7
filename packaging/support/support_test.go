package support_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/packaging/readiness"
	"bianmin/packaging/settings"
	"bianmin/packaging/support"
	"bianmin/platform/platformtest"
	"bianmin/store/filing"
	"bianmin/sync/enrol"
	"bianmin/sync/reported"
	"bianmin/sync/seal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// personal is what is planted everywhere.
var personal = []string{"欧阳建国", "Ouyang Jianguo", "990102194501010018", "99010219450101001X", "13812345678", "0989-5310700", "ouyang@example.com", "青禾镇柳树沟村七组"}

// forms are the ways in which a text can stand somewhere.
func forms(s string) []string {
	quoted := fmt.Sprintf("%+q", s)
	return []string{
		s, strings.Trim(quoted, `"`), url.QueryEscape(s), url.PathEscape(s), hex.EncodeToString([]byte(s)), base64.StdEncoding.EncodeToString([]byte(s)),
		strings.ReplaceAll(s, " ", ""),
	}
}

func all() string { return strings.Join(personal, " ") }

// planted is a terminal with a real case, and personal data in every file that somebody or something could write.
func planted(t *testing.T) support.Options {
	t.Helper()
	p := platformtest.Start(t, platformtest.Options{})
	folder := t.TempDir()
	config := filepath.Join(folder, "terminal.yaml")
	lines := []string{
		"# " + all(), "data: data", "phone: \"" + personal[4] + "\"", "exports: \"/home/" + personal[1] + "/" + personal[0] + "\"", "catalogue: \"/srv/" + personal[0] + "\"", "platform: https://127.0.0.1/" + personal[2],
		"devices:", "  reader: {link: \"serial:/dev/" + personal[0] + "\"}", "  printer: {link: \"serial:/dev/serial/by-id/" + personal[4] + "\"}",
		"  scanner: {sane: \"" + personal[1] + "\"}", "  document: {link: \"ipp://127.0.0.1:631/printers/" + personal[2] + "\"}", "update: {state: state}",
	}
	write(t, config, strings.Join(lines, "\n"))
	s, err := settings.Read(config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket("QH0301", p.URL), Data: s.Data, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	fileCase(t, s.Data)
	for _, name := range []string{"notes.txt", "exports/" + personal[0] + ".csv", "tmp/page-" + personal[2], "keys.old/staff.json", "acceptance/20261126-010101.json", "toolkit/cache"} {
		write(t, filepath.Join(s.Data, name), all())
	}
	report := readiness.Report{Terminal: all(), Point: all(), Version: all(), State: readiness.State(all()), Checks: []readiness.Check{{ID: all(), State: readiness.State(all()), Code: all(), Text: all(), Do: all()}}}
	if err := readiness.Keep(s.Data, report); err != nil {
		t.Fatal(err)
	}
	told := reported.Told{Program: all(), Process: os.Getpid(), At: time.Now(), Devices: []drivers.Status{{Role: drivers.RolePrinter, Condition: drivers.Online, Model: all(), Serial: all()}}}
	if err := reported.Save(s.Data, told); err != nil {
		t.Fatal(err)
	}
	return support.Options{Settings: s, Now: time.Now, Report: &report, Journal: strings.NewReader(journal(t))}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// fileCase files a case as the kiosk does.
func fileCase(t *testing.T, folder string) {
	t.Helper()
	desk, err := filing.Open(t.Context(), filing.Options{Folder: folder, Software: "test", Cost: seal.Cost{Time: 1, Memory: 64, Threads: 1}, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := desk.Close(); err != nil {
			t.Error(err)
		}
	}()
	card := identity.Card{
		Kind: identity.Resident, Name: personal[0], Number: personal[2], Sex: "1", Nation: "01", Issuer: "望河县公安局", Address: personal[7],
		Birth: identity.Date{Year: 1945, Month: 1, Day: 1}, ValidFrom: identity.Date{Year: 2010, Month: 1, Day: 1}, LongTerm: true,
	}
	submission := casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", Version: "1", CatalogueVersion: "1", Department: "11990102MB0001000A", DepartmentName: "望河县民政局", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: card.Name, Number: card.Number, Source: "card"},
		Values:    json.RawMessage(`{"phone":"13812345678"}`),
	}
	if _, err := desk.Submit(t.Context(), submission, nil, card); err != nil {
		t.Fatal(err)
	}
}

// journal is what journalctl --output json gives, with personal data in every form that a careless program could log.
func journal(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	line := func(message any) {
		content, err := json.Marshal(map[string]any{"__REALTIME_TIMESTAMP": "1795000000000000", "_SYSTEMD_UNIT": "bianmin-sender.service", "MESSAGE": message, "_CMDLINE": all()})
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(content, '\n'))
	}
	line("time=2026-11-26T01:02:03.456+08:00 level=WARN msg=\"platform not reached\" error=\"heartbeat: dial tcp 10.0.0.1:8443: connect: connection refused\"")
	for _, p := range personal {
		for _, form := range forms(p) {
			line("level=INFO msg=\"read " + form + "\" name=" + form)
		}
		line([]int{228, 189, 160})
	}
	return b.String()
}

func unpack(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	packed, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for files := tar.NewReader(packed); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		found[header.Name] = string(content)
	}
}

func TestNothingPersonal(t *testing.T) {
	o := planted(t)
	var archive bytes.Buffer
	if missing, err := support.Write(t.Context(), &archive, o); err != nil || len(missing) > 0 {
		t.Fatal(missing, err)
	}
	found := unpack(t, archive.Bytes())
	for name, content := range found {
		for _, p := range personal {
			for _, form := range forms(p) {
				if strings.Contains(content, form) || strings.Contains(name, form) {
					t.Errorf("%s holds %q", name, form)
				}
			}
		}
		for _, part := range []string{"Ouyang", "Jianguo", "BEGIN", "欧阳", "ouyang"} {
			if strings.Contains(content, part) {
				t.Errorf("%s holds %q", name, part)
			}
		}
	}
	for name, want := range map[string]string{
		"about.json": `"terminal": "QH0301A"`, "queue.json": `"waiting": 1`, "journal.txt": "error=\"heartbeat: dial tcp 10.0.0.1:8443: connect: connection refused\"",
		"files.json": `"other"`, "configuration.json": `"paper": 80`, "devices.json": `"live": true`, "readiness.json": `"checks"`,
	} {
		if content := found["bianmin-support/"+name]; !strings.Contains(content, want) {
			t.Errorf("%s lacks %q:\n%.600s", name, want, content)
		}
	}
}

// TestDamaged: what cannot be read is said, and the rest is there.
func TestDamaged(t *testing.T) {
	folder := t.TempDir()
	config := filepath.Join(folder, "terminal.yaml")
	write(t, config, "data: data\n")
	s, err := settings.Read(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"devices.json", "readiness.jsonl", "bianmin.db"} {
		write(t, filepath.Join(s.Data, name), "{\"half")
	}
	write(t, filepath.Join(s.Data, "keys", "terminal.json"), "{\"half")
	var archive bytes.Buffer
	missing, err := support.Write(t.Context(), &archive, support.Options{Settings: s, Now: time.Now, NoJournal: errors.New("of " + personal[0])})
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, m := range missing {
		parts = append(parts, m.Part)
	}
	found := unpack(t, archive.Bytes())
	if want := []string{"about.json", "devices.json", "readiness.json", "queue.json", "journal.txt"}; !slices.Equal(parts, want) {
		t.Errorf("missing: %v, want %v", parts, want)
	}
	var told []support.Missing
	if err := json.Unmarshal([]byte(found["bianmin-support/missing.json"]), &told); err != nil || !slices.Equal(told, missing) || strings.Contains(fmt.Sprint(told), personal[0]) {
		t.Errorf("the bundle says %v, %v", told, err)
	}
	for name, want := range map[string]string{"devices.json": "missing", "readiness.json": "missing", "queue.json": "database", "about.json": "none or damaged", "journal.txt": "could not be read"} {
		if content := found["bianmin-support/"+name]; !strings.Contains(content, want) {
			t.Errorf("%s: %s", name, content)
		}
	}
}
