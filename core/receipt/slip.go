package receipt

import (
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/text"
)

// Slip is what a citizen's receipt says. Times are printed in the zone they carry.
type Slip struct {
	Lang       text.Lang
	Words      *text.Catalog // required: everything below "receipt."
	Point      string        // service point's name
	Phone      string        // service point's phone, "" when it has none
	Item       string
	Person     string // full name as the card says; printed masked
	Number     casefile.Number
	Official   string // the platform's number, "" until it is known
	Department string
	Filed      time.Time
	FiledDay   bool   // only the date of Filed is known: no time of day is printed
	Days       int    // promised working days; 0 is at once
	Inquiry    string // whom to call
	Complaint  string
	QR         string    // text of the code, see Code
	Reprint    bool      // marked 补打
	Printed    time.Time // zero prints none
	PrintedDay bool      // as FiledDay
	Demo       bool      // a terminal of the demonstration environment says so on paper
}

// FromFiled begins the slip of a case that was just filed. Point, Phone, Printed,
// Reprint and Demo are the caller's to add.
func FromFiled(lang text.Lang, filed casefile.Filed, item *catalogue.Item) Slip {
	at, exact := filed.Event.At.Moment()
	s := Slip{
		Lang: lang, Number: filed.Number, QR: filed.QR, Point: filed.Event.Point, Filed: at, FiledDay: !exact,
		Item: item.Name.In(lang), Department: item.Department.Name.In(lang), Days: item.Limits.Promised,
		Inquiry: item.Contact.Inquiry, Complaint: item.Contact.Complaint,
	}
	if filed.Event.Submission != nil {
		s.Person = filed.Event.Submission.Applicant.Name
	}
	return s
}

// FromSummary begins the slip of a reprint. The person is the one whose card
// opened the case; item may be nil when the catalogue no longer has it.
func FromSummary(lang text.Lang, summary casefile.Summary, person string, item *catalogue.Item) Slip {
	s := Slip{
		Lang: lang, Number: summary.Number, QR: summary.QR, Filed: summary.Filed, Item: summary.ItemName, Person: person,
		Official: summary.Official, Department: summary.Department, Days: summary.Days, Reprint: true,
	}
	if item != nil {
		s.Inquiry, s.Complaint = item.Contact.Inquiry, item.Contact.Complaint
	}
	return s
}

// Receipt lays out a citizen's receipt: the case number exactly as on the
// screen, what was filed, what happens next, whom to call, and the code.
func Receipt(s Slip) Document {
	w := speaker{s.Lang, s.Words}
	d := s.begin(w, "receipt.title")
	d.pair(w.say("receipt.filed", nil), w.moment(s.Filed, s.FiledDay))
	d.pair(w.say("receipt.limit", nil), s.limit(w))
	d.pair(w.say("receipt.official", nil), s.Official)
	d.add(Block{Kind: Rule})
	d.section(w.say("receipt.next", nil))
	d.numbered(s.next(w))
	s.end(w, &d)
	return d
}

// Corrected lays out the receipt of a correction (补正): the same case's number, what was handed in, what happens next.
func Corrected(s Slip, points []string) Document {
	w := speaker{s.Lang, s.Words}
	d := s.begin(w, "receipt.corrected.title")
	d.pair(w.say("receipt.corrected.filed", nil), w.moment(s.Filed, s.FiledDay))
	d.pair(w.say("receipt.official", nil), s.Official)
	d.add(Block{Kind: Rule})
	d.section(w.say("receipt.corrected.points", args{"count": len(points)}))
	d.numbered(points)
	d.add(Block{Kind: Rule})
	d.section(w.say("receipt.next", nil))
	d.numbered([]string{
		w.say("receipt.corrected.next-send", args{"department": s.Department}),
		w.say("receipt.corrected.next-work", nil),
	})
	s.end(w, &d)
	return d
}

// begin is the head of a slip: what it is, whose and of which case.
func (s Slip) begin(w speaker, title string) Document {
	d := Document{Title: w.say(title, nil)}
	d.head(w.say(title, nil), s.Point)
	if s.Reprint {
		d.add(Block{Kind: Text, Text: "【" + w.say("receipt.reprint", nil) + "】", Align: Center, Size: 2, Bold: true})
	}
	if s.Demo {
		d.add(Block{Kind: Text, Text: w.say("receipt.demo", nil), Align: Center, Bold: true})
	}
	d.add(Block{Kind: Rule}, Block{Kind: Text, Text: w.say("receipt.number", nil)},
		Block{Kind: Text, Text: string(s.Number), Size: 2, Bold: true})
	if letter := s.Number.Letter(); letter != "" {
		d.add(Block{Kind: Text, Text: w.say("receipt.letter", args{"letter": letter})})
	}
	d.pair(w.say("receipt.item", nil), s.Item)
	d.pair(w.say("receipt.person", nil), Mask(s.Person))
	d.pair(w.say("receipt.department", nil), s.Department)
	return d
}

// end is the foot of a slip: whom to call, the code, and that it was printed again.
func (s Slip) end(w speaker, d *Document) {
	d.add(Block{Kind: Rule})
	d.pair(w.say("receipt.call", nil), s.Inquiry)
	d.pair(w.say("receipt.complaint", nil), s.Complaint)
	d.pair(w.say("receipt.point-phone", nil), s.Phone)
	if s.QR != "" {
		d.add(Block{Kind: QR, Data: s.QR})
	}
	d.add(Block{Kind: Text, Text: w.say("receipt.scan", nil), Align: Center})
	d.add(Block{Kind: Text, Text: w.say("receipt.keep", nil), Align: Center})
	if s.Reprint && !s.Printed.IsZero() {
		d.add(Block{Kind: Text, Text: w.say("receipt.reprinted", args{"time": w.moment(s.Printed, s.PrintedDay)}), Align: Center})
	}
}

func (s Slip) limit(w speaker) string {
	if s.Days == 0 {
		return w.say("receipt.limit-now", nil)
	}
	return w.say("receipt.limit-days", args{"days": s.Days})
}

// next says what happens now, in the order it happens.
func (s Slip) next(w speaker) []string {
	send, done := "receipt.next-send", "receipt.next-done-days"
	if s.Official != "" {
		send = "receipt.next-sent"
	}
	if s.Days == 0 {
		done = "receipt.next-done-now"
	}
	return []string{
		w.say(send, args{"department": s.Department}),
		w.say(done, args{"days": s.Days}),
		w.say("receipt.next-correct", nil),
	}
}
