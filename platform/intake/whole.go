package intake

import "sync"

// whole remembers of which packets every byte that was not yet proven came in this run of the program, synced. Of others a power
// cut may have left a tail that the terminal never sent. The zero value is ready.
type whole struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (w *whole) set(id string, is bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !is {
		delete(w.ids, id)
		return
	}
	if w.ids == nil {
		w.ids = map[string]bool{}
	}
	w.ids[id] = true
}

func (w *whole) is(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ids[id]
}
