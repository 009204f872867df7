// Package forms makes applications up: the demo catalogue's items, filled in by people who do not exist and sealed to nobody. For training
// the dictionary of packets and for measuring it; no program may hold it.
package forms

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
)

// Share is one of two halves of a made-up country that have no given name, county or village in common: what
// is learnt from one is tried on the other. Both file the demo catalogue's items.
type Share int

// The halves.
const (
	Learnt Share = iota // for training
	Held                // for measuring
)

// Form is an application as a terminal files it, with its scanned pages.
type Form struct {
	Event       casefile.Event
	Attachments []casefile.Attachment
}

// item is what is read of an item of the catalogue.
type item struct {
	Code       string `json:"code"`
	Version    string `json:"version"`
	Name       words  `json:"name"`
	Department struct {
		Code string `json:"creditCode"`
		Name words  `json:"name"`
	} `json:"department"`
	Limits struct {
		Promised int `json:"promisedWorkingDays"`
	} `json:"limits"`
	Materials []struct {
		Code   string `json:"code"`
		Name   words  `json:"name"`
		Source string `json:"source"`
	} `json:"materials"`
	Form struct {
		Schema schema `json:"schema"`
	} `json:"form"`
}

type words struct {
	Zh string `json:"zh"`
}

// Make fills in n applications of one half of the country, the same ones for the same seed.
func Make(share Share, seed uint64, n int) ([]Form, error) {
	items, err := load()
	if err != nil {
		return nil, err
	}
	m := maker{Rand: rand.New(rand.NewPCG(seed, uint64(share))), share: int(share)} // #nosec G404 -- the same again is wanted
	made := make([]Form, 0, n)
	for i := range n {
		form, err := m.form(items[i%len(items)])
		if err != nil {
			return nil, err
		}
		made = append(made, form)
	}
	return made, nil
}

// load reads the demo catalogue.
func load() ([]item, error) {
	paths, err := fs.Glob(assets.Catalogue(), "items/*.json")
	if err != nil {
		return nil, fmt.Errorf("list the items: %w", err)
	}
	var items []item
	for _, path := range paths {
		content, err := fs.ReadFile(assets.Catalogue(), path)
		if err != nil {
			return nil, fmt.Errorf("read an item: %w", err)
		}
		var one item
		if err := json.Unmarshal(content, &one); err != nil {
			return nil, fmt.Errorf("read an item: %w", err)
		}
		items = append(items, one)
	}
	return items, nil
}

// form fills in one application.
func (m maker) form(of item) (Form, error) {
	at := m.home()
	person := m.applicant(at)
	values, err := json.Marshal(m.value("", of.Form.Schema, person, at))
	if err != nil {
		return Form{}, fmt.Errorf("fill a form in: %w", err)
	}
	terminal := fmt.Sprintf("%c%c%04d", 'A'+m.IntN(26), 'A'+m.IntN(26), m.IntN(10000))
	when := time.Date(2026, time.Month(1+m.IntN(12)), 1+m.IntN(28), 8+m.IntN(10), m.IntN(60), m.IntN(60), m.IntN(1e9), casefile.Zone)
	form := Form{Event: casefile.Event{
		Version: casefile.EventVersion, ID: m.hex(16), Sequence: 1, Kind: casefile.Submitted, Terminal: terminal, Generation: string(rune('A' + m.IntN(4))),
		Case:  casefile.Number(fmt.Sprintf("%sA-%s-%04d-%c", terminal, when.Format("060102"), m.IntN(300), 'A'+m.IntN(26))),
		Point: at.village + "便民服务点", Region: at.region, Actor: "citizen", Software: "bianmin 1.0." + fmt.Sprint(m.IntN(10)), Nonce: m.hex(16),
		At: casefile.Stamp{
			Wall: when, BusinessDate: when.Format(time.DateOnly), MonotonicMS: m.Int64N(1e9), BootID: m.uuid(),
			OffsetMS: m.Int64N(4000) - 2000, OffsetAgeSec: m.Int64N(100000),
		},
	}}
	submission := &casefile.Submission{
		Item: casefile.ItemRef{
			Code: of.Code, Name: of.Name.Zh, Version: of.Version, CatalogueVersion: "2026." + fmt.Sprint(1+m.IntN(30)),
			Department: of.Department.Code, DepartmentName: of.Department.Name.Zh, PromisedDays: of.Limits.Promised,
		},
		Applicant: person, Values: values,
	}
	form.Event.Submission = submission
	m.materials(&form, of)
	if m.IntN(4) == 0 {
		submission.Promise = &casefile.Promise{
			Text:   "本人承诺所填内容和提交的材料真实、准确、完整、合法、有效，愿意承担不实承诺的法律责任。",
			Covers: []string{of.Materials[m.IntN(len(of.Materials))].Code}, Deadline: 5 + 5*m.IntN(3),
		}
	}
	signature := m.attachment("image/png", 4000)
	form.Attachments = append(form.Attachments, signature)
	submission.Signature = &casefile.Signature{Attachment: signature.Digest, Content: m.hex(32), Strokes: 4 + m.IntN(20), At: when}
	return form, nil
}

// Filled is what a person filled in and the papers it stands beside: the submission without the digests of sealed files.
func (f Form) Filled() ([]byte, error) {
	bare := *f.Event.Submission
	bare.Signature, bare.Materials = nil, slices.Clone(bare.Materials)
	for i := range bare.Materials {
		bare.Materials[i].Pages = nil
	}
	return casefile.SignedContent(bare)
}

func (m maker) materials(form *Form, of item) {
	for _, material := range of.Materials {
		given := casefile.Material{Code: material.Code, Name: material.Name.Zh}
		switch material.Source {
		case "card":
			given.Way = casefile.FromCard
		case "platform":
			given.Way = casefile.Held
		case "form":
			given.Way = casefile.Made
		default:
			if m.IntN(2) == 0 { // one that only some need
				continue
			}
			given.Way, given.Trust = casefile.Scanned, "C"
			page := m.attachment("image/jpeg", 300_000)
			form.Attachments = append(form.Attachments, page)
			given.Pages = append(given.Pages, casefile.Page{Attachment: page.Digest, MediaType: page.MediaType, Width: 1600 + m.IntN(100), Height: 2300 + m.IntN(100)})
		}
		form.Event.Submission.Materials = append(form.Event.Submission.Materials, given)
	}
}

func (m maker) attachment(kind string, about int64) casefile.Attachment {
	size := about + m.Int64N(about)
	a := casefile.Attachment{Digest: m.hex(32), MediaType: kind, Plain: size, Sealed: size + 15 + 16*(1+size/65536)}
	for i := range a.Key {
		a.Key[i] = byte(m.Uint32())
	}
	return a
}

func (m maker) hex(n int) string {
	random := sha256.Sum256([]byte(fmt.Sprint(m.Uint64())))
	return hex.EncodeToString(random[:n])
}

func (m maker) uuid() string {
	h := m.hex(16)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
