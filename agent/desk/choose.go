package desk

import (
	"slices"
	"strings"

	"bianmin/core/catalogue"
	"bianmin/core/identity"
)

// choose is picking the item by name, pinyin initials or code.
type choose struct {
	query  string
	items  []*catalogue.Item
	chosen int
	card   *identity.Card // read before the item was chosen
	visit  string         // appointment during which the case is accepted
}

func (m *machine) chooseEvent(w *shift, event Event) bool {
	switch event := event.(type) {
	case NewCase:
		m.newCase(nil, "")
	case SwipeAccept:
		m.swipe()
	case ItemQuery:
		if m.page == ChooseItem {
			w.choose.query = event.Text
			m.findItems()
		}
	case ItemMove:
		if n := len(w.choose.items); m.page == ChooseItem && n > 0 {
			w.choose.chosen = min(max(w.choose.chosen+event.By, 0), n-1)
		}
	case ItemPick:
		m.pickItem(event.Code)
	default:
		return false
	}
	return true
}

// newCase goes to the page where the item is chosen, when a case can be accepted now.
func (m *machine) newCase(card *identity.Card, visit string) {
	if !m.mayWrite() {
		return
	}
	if m.problem != "" {
		m.notice = &Notice{Tone: Bad, Message: Message{Key: "service.reason." + string(m.problem)}}
		return
	}
	m.leaveAccept()
	m.shift.choose = choose{card: card, visit: visit}
	m.above(ChooseItem)
	m.findItems()
}

// swipe reads the card first and chooses the item then.
func (m *machine) swipe() {
	if !m.mayWrite() {
		return
	}
	m.takeAnyCard("swipe", func(m *machine, card identity.Card) { m.newCase(&card, "") })
}

// findItems lists what fits; without a query everything, in the catalogue's order.
func (m *machine) findItems() {
	c := &m.shift.choose
	set := m.options.Catalogue()
	if m.index.set != set {
		m.index = index{set: set, searcher: set.Searcher(m.options.Readings)}
	}
	c.chosen = 0
	if strings.TrimSpace(c.query) == "" {
		c.items = set.Items
		return
	}
	c.items = m.index.searcher.Search(c.query)
}

// pickItem begins a case; without a code of the line that Enter takes.
func (m *machine) pickItem(code string) {
	c := &m.shift.choose
	if m.page != ChooseItem {
		return
	}
	if code == "" && c.chosen < len(c.items) {
		code = c.items[c.chosen].Code
	}
	item, ok := m.options.Catalogue().Item(code)
	if !ok {
		return
	}
	card, visit := c.card, c.visit
	*c = choose{}
	m.beginCase(item, card, visit)
}

func (c *choose) draw() *ChooseItemView {
	v := &ChooseItemView{Query: c.query, Chosen: c.chosen}
	for _, item := range c.items {
		v.Items = append(v.Items, *item)
	}
	v.Items = slices.Clip(v.Items)
	return v
}
