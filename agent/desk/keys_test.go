package desk

import (
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"bianmin/core/catalogue"
)

// keyboard counts what a window needs to make the desk's events: a function key
// or Enter or Tab is one, typed text its characters.
type keyboard struct {
	s *stage
	n int
}

// key is one key that makes an event.
func (k *keyboard) key(event Event) {
	k.n++
	k.s.send(event)
	k.s.wait(time.Second)
}

// text is typed into the box that has the keyboard; every character arrives as the box's content so far.
func (k *keyboard) text(typed string, event func(so string) Event) {
	for i := range typed {
		_, size := utf8.DecodeRuneInString(typed[i:])
		k.n++
		k.s.send(event(typed[:i+size]))
	}
}

// field goes with Tab to the field and types.
func (k *keyboard) field(from *int, name, typed string) {
	k.s.t.Helper()
	at := slices.IndexFunc(k.s.state.Accept.Fields, func(f FieldView) bool { return f.Field.Name == name })
	if at < *from {
		k.s.t.Fatalf("field %s stands before the keyboard", name)
	}
	k.n += at - *from
	*from = at
	k.text(typed, func(so string) Event { return SetField{Path: name, Text: so} })
}

// most is how many keys a common case for a known person may take.
const most = 60

func TestKnownPersonTakesFewKeys(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.fileFor(pension, nil)
		s.signOn("100001")
		s.reader.place(principal())
		s.scanner.load(1)
		k := &keyboard{s: s}
		k.key(NewCase{})
		k.text("zgrz", func(so string) Event { return ItemQuery{Text: so} })
		k.key(ItemPick{})
		if s.on(Accept).Accept.Item.Code != pension {
			t.Fatalf("four letters find %s first", s.state.Accept.Item.Name["zh"])
		}
		k.key(ReadCard{Into: "principal"})
		if s.state.Accept.Known != 1 {
			t.Fatal("the person is not known")
		}
		for name, want := range map[string]any{"pension": "employee", "phone": "13900000000", "residence": "home", "notice": "sms"} {
			if f := s.field(name); f.Value != want || f.From != "earlier" {
				t.Errorf("%s is %v from %q", name, f.Value, f.From)
			}
		}
		// The phone changed, and the person stays elsewhere in the province now.
		at := 0
		k.field(&at, "phone", "13812345678")
		k.field(&at, "residence", "sn")
		k.n += len(s.state.Accept.Fields) - at // Tab through the rest
		k.key(ScanBatch{})
		k.key(File{})
		s.wait(2 * time.Second)
		if s.state.Accept.Filed == nil {
			t.Fatalf("not filed: %+v", s.state.Accept.Missing)
		}
		t.Logf("%d keys", k.n)
		if k.n > most {
			t.Errorf("%d keys, at most %d", k.n, most)
		}
		if string(s.submission(1).Values) == string(s.submission(0).Values) {
			t.Error("what was typed was not filed")
		}
	})
}

func TestEarlierCasesOfOtherItems(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.fileFor(pension, nil)
		s.signOn("100001")
		s.begin(fertility)
		if f := s.field("phone"); f.Value != "13900000000" || f.From != "earlier" {
			t.Errorf("the phone of another item's case: %+v", f)
		}
		if f := s.field("married"); f.Value != nil {
			t.Errorf("married was guessed: %+v", f)
		}
		other := person("另一个人", numberFor("99030119600101101"))
		s.reader.place(other)
		s.send(ReadCard{Into: "principal"})
		s.wait(time.Second)
		if f := s.field("phone"); f.Value != nil {
			t.Error("another person's phone stayed in the form")
		}
	})
}

func TestChooseItem(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.send(NewCase{})
		if v := s.on(ChooseItem).ChooseItem; len(v.Items) != len(demoSet.Items) {
			t.Errorf("%d items without a query", len(v.Items))
		}
		for _, query := range []string{"养老", "yanglao", pension, pension[:20]} {
			s.send(ItemQuery{Text: query})
			if v := s.state.ChooseItem; !slices.ContainsFunc(v.Items, func(i catalogue.Item) bool { return i.Code == pension }) {
				t.Errorf("%q does not find it", query)
			}
		}
		s.send(ItemQuery{Text: ""}, ItemMove{By: 1}, ItemMove{By: 1}, ItemMove{By: -5}, ItemMove{By: 2})
		if s.state.ChooseItem.Chosen != 2 {
			t.Errorf("chosen %d", s.state.ChooseItem.Chosen)
		}
		s.send(ItemPick{})
		if s.on(Accept).Accept.Item.Code != demoSet.Items[2].Code {
			t.Error("Enter took another item")
		}
		s.send(Back{})
		s.on(Today)
		s.send(SwipeAccept{})
		s.reader.place(principal())
		s.wait(2 * time.Second)
		s.on(ChooseItem)
		s.send(ItemPick{Code: pension})
		s.wait(time.Second)
		if s.on(Accept).Accept.Principal == nil {
			t.Error("the card that was read first is not on the page")
		}
	})
}
