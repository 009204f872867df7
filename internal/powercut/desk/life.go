package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/store/filing"
)

// life serves one invented person after the other until the power is cut.
func life(ctx context.Context, f *filing.Filing) error {
	for ctx.Err() == nil {
		if err := serve(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func serve(ctx context.Context, f *filing.Filing) error {
	who := identity.Card{
		Kind: identity.Resident, Name: "王小丫", Number: fmt.Sprintf("9901021945%08d", rand.IntN(1e8)), Issuer: "望河县公安局", LongTerm: true, // #nosec G404 -- nobody's
	}
	if err := takeBack(ctx, f); err != nil {
		return err
	}
	var pages []casefile.Attachment
	material := casefile.Material{Code: "m1", Name: "户口簿", Way: casefile.Scanned}
	for range rand.IntN(4) { // #nosec G404
		a, err := page(ctx, f)
		if err != nil {
			return err
		}
		pages = append(pages, a)
		material.Pages = append(material.Pages, casefile.Page{Attachment: a.Digest, MediaType: a.MediaType})
	}
	submission := casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"}, Values: json.RawMessage(`{"phone":"13800000000"}`),
		Materials: []casefile.Material{material},
	}
	filed, err := f.Submit(ctx, submission, pages, who)
	if err != nil {
		return err
	}
	say("filed", filed.Number, filed.Event.ID, filed.Digest)
	return finish(ctx, f, filed)
}

// finish prints the receipt and takes the rating.
func finish(ctx context.Context, f *filing.Filing, filed casefile.Filed) error {
	job, err := f.BeginPrint(ctx, filing.PrintJob{Kind: "receipt", Case: filed.Number})
	if err != nil {
		return err
	}
	say("printed", filed.Number)
	if err := f.EndPrint(ctx, job, drivers.PrintReport{Outcome: drivers.Printed}); err != nil {
		return err
	}
	if rand.IntN(2) == 0 { // #nosec G404
		return nil
	}
	if err := f.Evaluate(ctx, filed, casefile.Evaluation{Level: 5, Times: 1}); err != nil {
		return err
	}
	say("rated", filed.Number)
	return nil
}

func page(ctx context.Context, f *filing.Filing) (casefile.Attachment, error) {
	a, err := scan(ctx, f)
	if err == nil {
		say("page", a.Digest)
	}
	return a, err
}

func scan(ctx context.Context, f *filing.Filing) (casefile.Attachment, error) {
	return f.Attach(ctx, "image/jpeg", make([]byte, rand.IntN(60_000))) // #nosec G404
}

// takeBack scans a page and drops it again. The console is slower than the disk, so what is yet to happen cannot be told of.
func takeBack(ctx context.Context, f *filing.Filing) error {
	a, err := scan(ctx, f)
	if err != nil {
		return err
	}
	return f.Drop(ctx, a.Digest)
}
