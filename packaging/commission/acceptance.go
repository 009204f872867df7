package commission

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/packaging/readiness"
	"bianmin/sync/seal"
)

// Folder is where acceptance reports lie in the data folder.
const Folder = "acceptance"

// Acceptance is the record of a setup: who set which machine up where, with which devices, and what the tests said.
// The only name in it is the technician's.
type Acceptance struct {
	Kind        string           `json:"kind"` // "acceptance"
	Terminal    string           `json:"terminal"`
	Point       string           `json:"point"`
	Region      string           `json:"region"`
	Role        string           `json:"role"`
	Environment string           `json:"environment"`
	Technician  Person           `json:"technician"`
	Begun       time.Time        `json:"begun"`
	Finished    time.Time        `json:"finished"`
	Version     string           `json:"version"`
	Machine     Machine          `json:"machine"`
	Devices     []Tried          `json:"devices"`
	Replaced    *Replaced        `json:"replaced,omitempty"` // this machine takes another's place
	Readiness   readiness.Report `json:"readiness"`
	Passed      bool             `json:"passed"` // no test failed and the terminal is fit for service
}

// Person is a technician's account.
type Person struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Machine is what the terminal stands on.
type Machine struct {
	Maker  string `json:"maker,omitempty"`
	Model  string `json:"model,omitempty"`
	Serial string `json:"serial,omitempty"`
	System string `json:"system,omitempty"`
	Kernel string `json:"kernel,omitempty"`
}

// machineAt reads what the machine says of itself.
func machineAt(root string) Machine {
	read := func(path string) string {
		content, err := os.ReadFile(filepath.Join(root, path)) // #nosec G304 -- fixed names
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(content))
	}
	m := Machine{
		Maker: read("/sys/class/dmi/id/sys_vendor"), Model: read("/sys/class/dmi/id/product_name"), Serial: read("/sys/class/dmi/id/product_serial"),
		Kernel: read("/proc/sys/kernel/osrelease"),
	}
	for line := range strings.Lines(read("/etc/os-release")) {
		if name, found := strings.CutPrefix(line, "PRETTY_NAME="); found {
			m.System = strings.Trim(strings.TrimSpace(name), `"`)
		}
	}
	return m
}

// Signed is an acceptance report with the terminal's signature over exactly its bytes (SM2 with SM3, r‖s).
type Signed struct {
	Report      json.RawMessage `json:"report"`
	Signature   []byte          `json:"signature"`
	Certificate string          `json:"certificate"` // the terminal's, PEM
}

// sign writes a report in its final form.
func sign(a Acceptance, identity *seal.Identity) ([]byte, error) {
	report, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	signature, err := seal.Sign(identity.Keys.Sign, report)
	if err != nil {
		return nil, fmt.Errorf("sign the report: %w", err)
	}
	signed, err := json.Marshal(Signed{Report: report, Signature: signature, Certificate: seal.EncodeCertificate(identity.SignCert.Raw)})
	if err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	return signed, nil
}

// ErrForged says that a report is not as a terminal of this authority signed it.
var ErrForged = errors.New("this report was not signed by a terminal of this authority, or was changed")

// Verify checks a report by the authority's root and that the certificate is of the terminal it names.
func Verify(signed []byte, root *smx509.Certificate) (Acceptance, error) {
	var s Signed
	if err := json.Unmarshal(signed, &s); err != nil {
		return Acceptance{}, fmt.Errorf("read the report: %w", err)
	}
	block, _ := pem.Decode([]byte(s.Certificate))
	if block == nil {
		return Acceptance{}, ErrForged
	}
	certificate, err := smx509.ParseCertificate(block.Bytes)
	if err != nil || certificate.CheckSignatureFrom(root) != nil {
		return Acceptance{}, ErrForged
	}
	key, ok := certificate.PublicKey.(*ecdsa.PublicKey)
	if !ok || seal.Verify(key, s.Report, s.Signature) != nil {
		return Acceptance{}, ErrForged
	}
	var a Acceptance
	if err := json.Unmarshal(s.Report, &a); err != nil {
		return Acceptance{}, fmt.Errorf("read the report: %w", err)
	}
	if !strings.Contains(certificate.Subject.CommonName, strings.TrimRight(a.Terminal, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
		return Acceptance{}, ErrForged
	}
	return a, nil
}

// keep writes PDF and signed report; the report comes last, so that what is there is whole.
func keep(data string, a Acceptance, signed, pdf []byte, step func(string)) (path string, err error) {
	folder := filepath.Join(data, Folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("keep the report: %w", err)
	}
	name := filepath.Join(folder, a.Finished.UTC().Format("20060102-150405"))
	if err := seal.WriteFile(name+".pdf", pdf); err != nil {
		return "", err
	}
	step(StepPDF)
	return name, seal.WriteFile(name+".json", signed)
}

// Newest gives the path, without its ending, of the newest acceptance report; "" when there is none.
func Newest(data string) (string, error) {
	found, err := filepath.Glob(filepath.Join(data, Folder, "*.json"))
	if err != nil || len(found) == 0 {
		return "", err
	}
	slices.Sort(found)
	return strings.TrimSuffix(found[len(found)-1], ".json"), nil
}

// progress is how far the setup of this machine has come; setup.json in the data folder.
type progress struct {
	Begun   time.Time  `json:"begun"`
	Done    *time.Time `json:"done,omitempty"`
	Waiting string     `json:"waiting,omitempty"` // the terminal whose answer is awaited on a stick
	// The machine before: its work is settled; or is not here yet.
	Replaced string `json:"replaced,omitempty"`
	Open     string `json:"open,omitempty"`
}

func note(data string, p progress) error {
	content, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("note the setup's progress: %w", err)
	}
	return seal.WriteFile(filepath.Join(data, readiness.SetupFile), append(bytes.TrimSpace(content), '\n'))
}
