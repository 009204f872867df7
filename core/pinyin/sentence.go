package pinyin

const (
	// perWord is what each word of a sentence costs: ten times the natural logarithm of all uses together.
	perWord = 184
	// unfinished is what the last syllable costs when it is not typed in full.
	unfinished = 40
)

// sentence finds the likeliest row of words for all letters, "" when they cannot be read as syllables.
func (l *lookup) sentence() string {
	n := len(l.typed.letters)
	type step struct {
		score, from int
		word        string
		reached     bool
	}
	best := make([]step, n+1)
	best[0].reached = true
	for at := range n {
		if !best[at].reached {
			continue
		}
		w := walker{
			Dictionary: l.Dictionary, units: l.typed.units, budget: maxSteps / 8,
			only: func(u unit) bool { return u.exact || u.end == n },
		}
		w.visit = func(g group, end, guessed int) {
			e := l.entries[g.from]
			if e.tier == tierOther {
				return
			}
			score := best[at].score + int(e.weight) - perWord - unfinished*guessed
			if !best[end].reached || score > best[end].score {
				best[end] = step{score, at, l.word(e), true}
			}
		}
		w.walk(at, 0, 0, len(l.groups), 0)
	}
	if !best[n].reached {
		return ""
	}
	text := ""
	for at := n; at > 0; at = best[at].from {
		text = best[at].word + text
	}
	return text
}
