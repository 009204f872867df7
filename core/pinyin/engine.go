package pinyin

// Engine gives candidates page by page, as the keyboard on the screen asks for
// them. It remembers the last keys and is for one goroutine.
type Engine struct {
	dictionary *Dictionary
	options    Options
	page       int
	keys       string
	found      []Candidate
}

// pageSize is how many candidates one page holds; the screen shows as many of them as fit.
const pageSize = 24

// Engine makes an engine on the dictionary.
func (d *Dictionary) Engine(options Options) *Engine {
	return &Engine{dictionary: d, options: options, page: pageSize}
}

// SetOptions changes what the engine offers: a name field wants surnames first.
func (e *Engine) SetOptions(options Options) {
	if e.options != options {
		e.options, e.keys, e.found = options, "", nil
	}
}

// Candidates returns one page, from 0, of what the keys can mean, likeliest first; nothing when there are no more.
func (e *Engine) Candidates(keys string, page int) []string {
	e.look(keys)
	from := page * e.page
	if page < 0 || from >= len(e.found) {
		return nil
	}
	to := min(from+e.page, len(e.found))
	texts := make([]string, 0, to-from)
	for _, c := range e.found[from:to] {
		texts = append(texts, c.Text)
	}
	return texts
}

// Taken tells how many of the keys a candidate uses up; all of them when it is none of theirs.
func (e *Engine) Taken(keys, candidate string) int {
	e.look(keys)
	for _, c := range e.found {
		if c.Text == candidate {
			return c.Keys
		}
	}
	return len(keys)
}

func (e *Engine) look(keys string) {
	if keys != e.keys || e.found == nil {
		e.keys, e.found = keys, e.dictionary.Look(keys, e.options)
	}
}
