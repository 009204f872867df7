package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/store/filing"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// page is a page as scanners give it: nothing makes it smaller.
func page(size int) []byte {
	content := make([]byte, size)
	_, _ = rand.Read(content) // never fails
	return content
}

// prepare enrols a terminal and files one case of an invented person with pages of the given sizes.
func prepare(ctx context.Context, enrolment, data, sizes string) (err error) {
	ticket, err := wire.ParseTicket(enrolment)
	if err != nil {
		return err
	}
	for tries := 0; ; tries++ { // the platform may not listen yet
		if _, err = enrol.Enrol(ctx, enrol.Options{Ticket: ticket, Data: data, Software: "bench-link", Now: time.Now}); err == nil {
			break
		}
		if tries == 50 {
			return err
		}
		if _, err := until(ctx, 4*look, func() (bool, error) { return false, nil }); err != nil {
			return err
		}
	}
	desk, err := filing.Open(ctx, filing.Options{Folder: data, Software: "bench-link", Cost: seal.Cost{Time: 1, Memory: 64, Threads: 1}, MinFree: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.Close()) }()
	who := identity.Card{Kind: identity.Resident, Name: "王小丫", Number: "990102194500000001", Issuer: "望河县公安局", LongTerm: true}
	material := casefile.Material{Code: "m1", Name: "户口簿", Way: casefile.Scanned}
	var pages []casefile.Attachment
	for text := range strings.SplitSeq(sizes, ",") {
		size, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("pages: %w", err)
		}
		a, err := desk.Attach(ctx, "image/jpeg", page(size))
		if err != nil {
			return err
		}
		pages = append(pages, a)
		material.Pages = append(material.Pages, casefile.Page{Attachment: a.Digest, MediaType: a.MediaType})
	}
	_, err = desk.Submit(ctx, casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"}, Values: json.RawMessage(`{}`),
		Materials: []casefile.Material{material},
	}, pages, who)
	return err
}
