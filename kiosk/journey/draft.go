package journey

import (
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/identity"
)

// draft is one application before it is filed. The item and the catalogue it
// was begun under stay the same whatever update comes.
type draft struct {
	item    *catalogue.Item
	set     *catalogue.Catalogue
	checked *form.Checked
	env     form.Env
	values  form.Values

	at       string      // question shown: a field's name, "" before the first
	raw      any         // what was typed there, as typed
	regions  []string    // divisions chosen in the question shown, outermost first
	table    table       // the row being edited
	review   bool        // the form was left for the review before: onward goes back there
	before   form.Values // the values when an edit began, nil outside one
	promised bool        // the promise letter was accepted

	given     map[string]*given // materials by code
	active    string            // the material that is open
	busy      string            // the material being scanned
	scanning  Message           // what went wrong while scanning
	pageCount int

	asked     *asked          // the notice that is answered, nil for an application
	previous  casefile.Number // the refused case this one stands for, "" for none
	owner     string          // whose that was: the number of the card
	strokes   []Stroke
	noReceipt bool // the person was told that no receipt can be printed
	problem   Message
}

// given is how one material stands.
type given struct {
	pages    []page
	promised bool
}

// page is one scanned page: the sealed file and the small picture of it.
type page struct {
	id         string
	attachment casefile.Attachment
	record     casefile.Page
	view       PageView
}

func newDraft(item *catalogue.Item, set *catalogue.Catalogue) *draft {
	d := &draft{item: item, set: set, checked: set.Form(item.Code)}
	d.start()
	return d
}

// start forgets every answer.
func (d *draft) start() {
	*d = draft{item: d.item, set: d.set, checked: d.checked, values: form.Values{}, given: map[string]*given{}}
}

// fill prepares the form for the person of the card; answers given before with the same card stay.
func (d *draft) fill(card identity.Card, region string, today time.Time) {
	same := d.env.Card != nil && d.env.Card.Number == card.Number
	d.env = form.Env{Card: &card, Region: region, Today: today, Regions: d.set}
	if d.checked == nil {
		return
	}
	prefilled := d.checked.Prefill(d.env)
	if same {
		for name, value := range prefilled {
			if d.checked.Locked(name, d.env) {
				d.values[name] = value
			}
		}
		return
	}
	d.values = prefilled
	if d.values == nil {
		d.values = form.Values{}
	}
}

// questions are the fields that are asked with the values of now. A locked field
// that is wrong all the same is shown, so that the person sees why it goes no further.
func (d *draft) questions() []form.Field {
	if d.checked == nil { // only papers are asked for
		return nil
	}
	wrong := d.wrong()
	var asked []form.Field
	for _, field := range d.checked.Visible(d.values) {
		if !d.checked.Locked(field.Name, d.env) || wrong[field.Name] {
			asked = append(asked, field)
		}
	}
	return asked
}

// wrong are the names of fields with problems.
func (d *draft) wrong() map[string]bool {
	wrong := map[string]bool{}
	if d.checked == nil {
		return wrong
	}
	for _, problem := range d.checked.Validate(d.values, d.env) {
		wrong[root(problem.Field)] = true
	}
	return wrong
}

// unsigned wipes the signature: what it stood for has changed.
func (d *draft) unsigned() {
	for i := range d.strokes {
		clear(d.strokes[i].Points)
	}
	d.strokes = nil
	d.problem = Message{}
}

// wipe overwrites what can be overwritten. Pictures may still be drawn by the screen, they are only let go.
func (d *draft) wipe() {
	if d == nil {
		return
	}
	d.unsigned()
	clear(d.values)
	clear(d.before)
	if d.env.Card != nil {
		*d.env.Card = identity.Card{}
	}
	for _, g := range d.given {
		clear(g.pages)
	}
	clear(d.given)
	d.start()
	d.env = form.Env{}
}
