package catalogue

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"bianmin/core/form"
	"bianmin/core/identity"
)

// item checks one item. checked is nil when its form is not sound.
// maxItemCode is what the 300 bytes of a receipt's code leave for the item's.
const maxItemCode = 60

func (k *checker) item(item *Item, checked *form.Checked) {
	k.code(item.Code, "/code")
	if len(item.Code) > maxItemCode {
		k.tell("/code", "is %d characters long; a receipt's code holds at most %d", len(item.Code), maxItemCode)
	}
	k.need(item.Version, "/version")
	k.words(item.Name, "/name")
	k.maybe(item.ShortName, "/shortName")
	for i, word := range item.Keywords {
		k.need(word, fmt.Sprintf("/keywords/%d", i))
	}
	for i, event := range item.LifeEvents {
		k.need(event, fmt.Sprintf("/lifeEvents/%d", i))
	}
	k.belongs(item)
	k.need(item.Type.Code, "/type/code")
	k.words(item.Type.Name, "/type/name")
	k.department(item.Department, "/department")
	for i, partner := range item.Partners {
		k.department(partner, fmt.Sprintf("/partners/%d", i))
	}
	k.guide(item)
	k.process(item)
	k.materials(item, checked)
	k.promise(item)
	k.roots(item)
	k.socialCard(item)
	k.words(item.Result, "/result")
	k.phone(item.Contact.Inquiry, "/contact/inquiry")
	k.phone(item.Contact.Complaint, "/contact/complaint")
}

// socialCard: what a form locks as the card's word must be what a social-security card says too, or anybody could type it.
func (k *checker) socialCard(item *Item) {
	if !item.SocialCard {
		return
	}
	for i, page := range item.Form.Pages {
		for j, field := range page.Fields {
			switch field.Prefill {
			case form.FromCardName, form.FromCardNumber, form.FromCardBirth, form.FromCardSex:
				continue
			}
			if field.Locked {
				k.tell(fmt.Sprintf("/form/pages/%d/fields/%d/locked", i, j), "is true, but a social-security card does not say %s: unlock the field, or leave socialCard out", field.Prefill)
			}
		}
	}
}

func (k *checker) belongs(item *Item) {
	k.filled(len(item.Categories), "/categories")
	for i, code := range item.Categories {
		at := fmt.Sprintf("/categories/%d", i)
		if slices.Contains(item.Categories[:i], code) {
			k.tell(at, "%q is there twice", code)
		}
		if k.catalogue == nil {
			continue
		}
		if _, ok := k.catalogue.Category(code); !ok {
			k.tell(at, "%q is no category of %s", code, mainFile)
		}
	}
	k.filled(len(item.Audience), "/audience")
	for i, audience := range item.Audience {
		k.oneOf(audience, fmt.Sprintf("/audience/%d", i), AudiencePerson, AudienceOrganisation)
	}
	k.oneOf(item.Level, "/level", levels...)
	switch {
	case !divisionForm.MatchString(item.Region):
		k.tell("/region", "%q: a division's code has 12 digits", item.Region)
	case k.catalogue != nil && !within(&k.catalogue.Region, item.Region):
		k.tell("/region", "%q is no division of %s", item.Region, mainFile)
	}
}

// within tells whether a division of that code is in the tree.
func within(r *Region, code string) bool {
	if r.Code == code {
		return true
	}
	for i := range r.Children {
		if within(&r.Children[i], code) {
			return true
		}
	}
	return false
}

func (k *checker) department(d Department, at string) {
	k.words(d.Name, at+"/name")
	k.maybe(d.ShortName, at+"/shortName")
	err := identity.CheckCreditCode(d.CreditCode)
	if errors.Is(err, identity.ErrEarlyCode) {
		k.loader.warn(k.file, at+"/creditCode", "check character does not fit: a slip, or a code of the first years")
	} else if err != nil {
		k.tell(at+"/creditCode", "%q is no unified social credit code: %v", d.CreditCode, err)
	}
}

func (k *checker) guide(item *Item) {
	k.filled(len(item.LegalBasis), "/legalBasis")
	for i, basis := range item.LegalBasis {
		k.need(basis.Title, fmt.Sprintf("/legalBasis/%d/title", i))
	}
	k.filled(len(item.Conditions), "/conditions")
	for i, condition := range item.Conditions {
		k.words(condition, fmt.Sprintf("/conditions/%d", i))
	}
	k.limits(item)
	for i, fee := range item.Fees {
		at := fmt.Sprintf("/fees/%d", i)
		k.words(fee.Name, at+"/name")
		k.need(fee.Basis, at+"/basis")
		if fee.Fen <= 0 {
			k.tell(at+"/fen", "must be more than 0; leave fees empty when the item is free")
		}
	}
	for i, note := range item.Notes {
		k.words(note, fmt.Sprintf("/notes/%d", i))
	}
	for i, question := range item.Questions {
		k.words(question.Ask, fmt.Sprintf("/questions/%d/ask", i))
		k.words(question.Answer, fmt.Sprintf("/questions/%d/answer", i))
	}
}

func (k *checker) limits(item *Item) {
	k.between(item.Limits.Statutory, 0, 365, "/limits/statutoryWorkingDays")
	k.between(item.Limits.Promised, 0, 365, "/limits/promisedWorkingDays")
	if item.Limits.Promised > item.Limits.Statutory {
		k.tell("/limits/promisedWorkingDays", "%d is longer than the statutory limit of %d", item.Limits.Promised, item.Limits.Statutory)
	}
	if item.Instant != (item.Limits.Promised == 0) {
		k.tell("/instant", "is %v, but the promised limit is %d working days: at once means 0, and only then", item.Instant, item.Limits.Promised)
	}
	k.maybe(item.Limits.Note, "/limits/note")
}

func (k *checker) process(item *Item) {
	k.filled(len(item.Steps), "/steps")
	for i, step := range item.Steps {
		at := fmt.Sprintf("/steps/%d", i)
		k.words(step.Name, at+"/name")
		k.words(step.Text, at+"/text")
		k.maybe(step.By, at+"/by")
		k.between(step.Days, 0, 365, at+"/workingDays")
	}
	k.filled(len(item.Channels), "/channels")
	for i, channel := range item.Channels {
		at := fmt.Sprintf("/channels/%d", i)
		k.oneOf(channel.Kind, at+"/kind", "terminal", "window", "web", "app", "post")
		k.words(channel.Name, at+"/name")
		k.maybe(channel.Place, at+"/place")
		k.maybe(channel.Hours, at+"/hours")
	}
	k.filled(len(item.Delivery), "/delivery")
	for i, way := range item.Delivery {
		k.oneOf(way, fmt.Sprintf("/delivery/%d", i), "sms", "pickup", "post", "print")
	}
}

// maxLater is the longest a material may be missing, in working days.
const maxLater = 60

func (k *checker) materials(item *Item, checked *form.Checked) {
	seen := map[string]bool{}
	for i, m := range item.Materials {
		at := fmt.Sprintf("/materials/%d", i)
		k.code(m.Code, at+"/code")
		if seen[m.Code] {
			k.tell(at+"/code", "%q is there twice", m.Code)
		}
		seen[m.Code] = true
		k.words(m.Name, at+"/name")
		k.need(m.Basis, at+"/basis")
		k.oneOf(m.Format, at+"/format", "paper", "electronic", "either")
		k.oneOf(m.Original, at+"/original", "original", "copy", "either")
		k.oneOf(m.Seal, at+"/seal", "none", "signature", "seal", "both")
		k.oneOf(string(m.Source), at+"/source", string(SourceCard), string(SourcePlatform), string(SourcePerson), string(SourceForm))
		k.between(m.Copies, 1, 20, at+"/copies")
		k.maybe(m.Issuer, at+"/issuer")
		k.maybe(m.Filling, at+"/filling")
		k.maybe(m.Needed, at+"/needed")
		k.attached(m.BlankForm, at+"/blankForm")
		k.attached(m.Sample, at+"/sample")
		k.between(m.Later, 0, maxLater, at+"/later")
		if m.Later > 0 && (m.Source != SourcePerson || m.Optional) {
			k.tell(at+"/later", "only what a person must hand in can be handed in later")
		}
		if m.Document && m.Source != SourcePerson {
			k.tell(at+"/document", "only what a person hands in is scanned")
		}
		if m.Promise && item.Promise == nil {
			k.tell(at+"/promise", "is true, but the item has no promise")
		}
		if m.When != nil && len(m.Needed) == 0 {
			k.tell(at+"/needed", "is missing: say in words when the material is needed")
		}
		if checked != nil {
			for _, fault := range checked.CheckCondition(m.When, at+"/when") {
				k.tell(fault.Pointer, "%s", fault.Reason)
			}
		}
	}
}

// attached checks that a named file is there, in files/ and nowhere else.
func (k *checker) attached(name, at string) {
	if name == "" {
		return
	}
	if !fs.ValidPath(name) || name == "." {
		k.tell(at, "%q is no name of a file inside %s/", name, filesFolder)
		return
	}
	if k.catalogue == nil {
		return
	}
	info, err := fs.Stat(k.loader.folder, path.Join(filesFolder, name))
	if err != nil || info.IsDir() {
		k.tell(at, "file %s/%s is not there", filesFolder, name)
	}
}

// roots looks up the divisions that region and address fields begin at.
func (k *checker) roots(item *Item) {
	if k.catalogue == nil {
		return
	}
	look := func(f form.Field, at string) {
		if f.Root != "" && !within(&k.catalogue.Region, f.Root) {
			k.tell(at+"/root", "%q is no division of %s", f.Root, mainFile)
		}
	}
	for i, page := range item.Form.Pages {
		for j, field := range page.Fields {
			at := fmt.Sprintf("/form/pages/%d/fields/%d", i, j)
			look(field, at)
			for n, column := range field.Columns {
				look(column, fmt.Sprintf("%s/columns/%d", at, n))
			}
		}
	}
}

func (k *checker) promise(item *Item) {
	if item.Promise == nil {
		return
	}
	k.words(item.Promise.Text, "/promise/text")
	k.words(item.Promise.Breach, "/promise/breach")
	k.between(item.Promise.Deadline, 1, 365, "/promise/deadlineWorkingDays")
	if !slices.ContainsFunc(item.Materials, func(m Material) bool { return m.Promise }) {
		k.tell("/promise", "no material says that the promise may stand in for it")
	}
}
