package journey

import (
	"slices"

	"bianmin/core/catalogue"
	"bianmin/core/usage"
)

// browse is where the person is among the items.
type browse struct {
	category string
	query    string
	item     *catalogue.Item
	set      *catalogue.Catalogue // the set item is of
	from     Screen               // where the guide was opened
	printing bool
	printed  Message
	code     Message // what was wrong with a receipt's code
}

// index is the search index of one set.
type index struct {
	set      *catalogue.Catalogue
	searcher *catalogue.Searcher
}

// channelTerminal marks items that can be applied for at a terminal.
const channelTerminal = "terminal"

// maxNext is how many further items the last screen offers.
const maxNext = 3

func (m *machine) browseEvent(event Event) bool {
	switch event := event.(type) {
	case Begin:
		if m.screen == Attract {
			m.count(usage.Visit, "")
			m.to(Home)
			m.checkService()
		}
	case GoHome:
		m.goHome()
	case OpenCategory:
		m.openCategory(event.Code)
	case OpenSearch:
		if m.screen == Home || m.screen == Category {
			m.to(Search)
		}
	case SearchText:
		if m.screen == Search {
			m.browse.query = limited(event.Text, 60)
		}
	case OpenItem:
		m.openItem(event.Code)
	case StartItem:
		if m.screen == Guide {
			m.goOn()
		}
	default:
		return false
	}
	return true
}

func (m *machine) openCategory(code string) {
	switch m.screen {
	case Home, Category, Search:
		m.browse.category = code
		m.to(Category)
	}
}

// goHome works where nothing entered would be lost.
func (m *machine) goHome() {
	switch m.screen {
	case Category, Search, Guide, MyCases, CaseDetail, Done:
		m.toHome()
	}
}

// toHome goes back to the first choice.
func (m *machine) toHome() {
	m.closeErrand()
	m.browse = browse{}
	m.to(Home)
	m.checkService()
}

func (m *machine) openItem(number string) {
	switch m.screen {
	case Home, Category, Search, Done:
	default:
		return
	}
	set := m.options.Catalogue()
	if set == nil {
		return
	}
	item, ok := set.Item(number)
	if !ok {
		return
	}
	m.browse.item, m.browse.set, m.browse.printed = item, set, Message{}
	m.browse.from = m.screen
	if m.screen == Done {
		m.closeErrand()
		m.browse.from = Home
	}
	m.count(usage.Guide, item.Code)
	m.to(Guide)
}

// applies tells whether an item can be applied for at a terminal at all.
func applies(item *catalogue.Item) bool {
	return slices.ContainsFunc(item.Channels, func(c catalogue.Channel) bool { return c.Kind == channelTerminal })
}

func (m *machine) nextGuide() *Next {
	switch {
	case !applies(m.browse.item):
		return nil
	case m.browse.set.Form(m.browse.item.Code) == nil:
		return &Next{Label: words(keyNextApply), Why: words(keyWhyItemBroken)}
	}
	return &Next{Label: words(keyNextApply), Enabled: true}
}

// apply begins an application: the item stays the one that was shown, whatever update comes.
func (m *machine) apply() {
	if m.refuses() {
		return
	}
	m.draft = newDraft(m.browse.item, m.browse.set)
	m.count(usage.Begun, m.draft.item.Code)
	m.askReady()
	if m.scannerMissing() {
		return
	}
	m.placeCard(purposeApply)
}

func (m *machine) backFromGuide() {
	from := m.browse.from
	m.browse.item, m.browse.set, m.browse.printed = nil, nil, Message{}
	m.to(from)
	m.checkService()
}

func (m *machine) drawAttract(s *State) {
	s.Attract = &AttractView{}
	if set := m.options.Catalogue(); set != nil {
		s.Attract.CatalogueDate = set.Published
	}
}

func (m *machine) drawHome(s *State) {
	s.Home = &HomeView{}
	if set := m.options.Catalogue(); set != nil {
		*s.Home = HomeView{Categories: set.Categories, Total: len(set.Items), Version: set.Version, Published: set.Published}
	}
	s.Home.Code = m.browse.code
}

func (m *machine) drawCategory(s *State) {
	v := &CategoryView{}
	s.Category = v
	set := m.options.Catalogue()
	if set == nil {
		return
	}
	if category, ok := set.Category(m.browse.category); ok {
		v.Title = category.Name
	}
	for _, item := range set.InCategory(m.browse.category) {
		v.Items = append(v.Items, line(item))
	}
}

func (m *machine) drawSearch(s *State) {
	s.Search = &SearchView{Query: m.browse.query}
	if set := m.options.Catalogue(); set != nil {
		for _, item := range m.search(set) {
			s.Search.Items = append(s.Search.Items, line(item))
		}
	}
}

// search finds items by name, keyword and pinyin. The index is made once for each set.
func (m *machine) search(set *catalogue.Catalogue) []*catalogue.Item {
	if m.index.set != set {
		m.index = index{set: set, searcher: set.Searcher(m.options.Readings)}
	}
	return m.index.searcher.Search(m.browse.query)
}

func (m *machine) drawGuide(s *State) {
	s.Guide = &GuideView{
		Item: m.browse.item, CanPrint: m.canPrint(), Printing: m.browse.printing,
		Printed: m.browse.printed, Published: m.browse.set.Published,
	}
}

func line(item *catalogue.Item) ItemLine {
	name := item.ShortName
	if len(name) == 0 {
		name = item.Name
	}
	department := item.Department.ShortName
	if len(department) == 0 {
		department = item.Department.Name
	}
	return ItemLine{
		Code: item.Code, Name: name, Department: department,
		Instant: item.Instant, Free: len(item.Fees) == 0, Days: item.Limits.Promised,
	}
}

// further lists items near the one just filed.
func further(set *catalogue.Catalogue, done *catalogue.Item) []ItemLine {
	var lines []ItemLine
	for _, item := range set.Items {
		near := slices.ContainsFunc(item.Categories, func(c string) bool { return slices.Contains(done.Categories, c) })
		if near && item.Code != done.Code && applies(item) && len(lines) < maxNext {
			lines = append(lines, line(item))
		}
	}
	return lines
}

// limited cuts a text to n characters.
func limited(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}
