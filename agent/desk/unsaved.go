package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bianmin/core/agency"
)

// longestWait is how many of Times.Save pass at most between two tries of a draft that cannot be saved.
const longestWait = 32

// saveDue saves changed drafts after a moment, or now: the one on the page, and those that could not be saved before.
func (m *machine) saveDue(now bool) {
	w := m.shift
	if w == nil {
		return
	}
	if w.accept != nil {
		m.saveOne(w.accept, now)
	}
	for _, a := range w.unsaved {
		m.saveOne(a, now)
	}
}

func (m *machine) saveOne(a *accept, now bool) {
	wait := m.options.Times.Save * time.Duration(min(1<<min(a.saver.tries, 10), longestWait))
	if !a.dirty || a.filed != nil || a.busy == "file" || !now && time.Since(a.since) < wait {
		return
	}
	draft, err := a.content()
	if err != nil {
		m.fail("save draft", err)
		return
	}
	a.dirty = false
	a.saver.next++
	seq, saver, doomed, log := a.saver.next, a.saver, a.doomed, m.log
	a.doomed = nil
	draft.Saved = m.options.Now()
	m.savers[a.id] = saver
	ended, w := saver.begin(), m.shift
	m.keep(slot(fmt.Sprintf("save %s %d", a.id, seq)), func(ctx context.Context, book Book) then {
		defer close(ended)
		if err := saver.save(seq, func() error { return book.SaveDraft(ctx, draft) }); err != nil {
			log.Warn("not done", "doing", "save draft", "error", err)
			return func(m *machine) { m.notSaved(a, doomed) }
		}
		for _, digest := range doomed {
			if err := book.Drop(ctx, digest); err != nil {
				log.Warn("page not dropped", "error", err)
			}
		}
		return func(m *machine) { m.saved(w, a, seq) }
	})
}

// saved forgets what the disk has now, and says so where it was said that it has not.
func (m *machine) saved(w *shift, a *accept, seq int) {
	a.saver.done = max(a.saver.done, seq)
	if a.saver.tries > 0 {
		m.say(Good, "desk.notice.draft-saved", nil)
	}
	a.saver.tries = 0
	if !a.unsure() {
		delete(w.unsaved, a.id)
	}
	if m.page == Today { // the page was left while this was being written
		m.loadHome()
	}
}

// notSaved tells the agent; what could not be written is kept in memory and tried again.
func (m *machine) notSaved(a *accept, doomed []string) {
	a.doomed = append(a.doomed, doomed...)
	a.changed()
	a.saver.tries++
	m.say(Bad, "desk.problem.draft-unsaved", nil)
}

// tellLost says after the end of a shift that its last changes were not written: the keys are closed, nobody can any more.
func (m *machine) tellLost(w *shift) {
	for _, a := range w.unsaved {
		if a.saver.failed() && m.shift == nil {
			m.say(Bad, "desk.problem.draft-lost", nil)
		}
	}
	w.unsaved = nil
}

// unsure tells whether the disk may have the draft older than it is here.
func (a *accept) unsure() bool { return a.dirty || a.saver.done < a.saver.next }

// remember keeps a draft whose page is left until it is on the disk.
func (w *shift) remember(a *accept) {
	if a.filed != nil || a.busy == "file" || !a.unsure() {
		return
	}
	if w.unsaved == nil {
		w.unsaved = map[string]*accept{}
	}
	w.unsaved[a.id] = a
}

// offerSignOff signs off, and asks first when something would be lost by it. Behind the lock nobody is asked.
func (m *machine) offerSignOff() {
	w := m.shift
	if w == nil || m.locked != nil || len(w.stuck()) == 0 {
		m.signOff()
		return
	}
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.lose-draft"}, Yes: Message{Key: "desk.ask.lose"}, No: Message{Key: "desk.ask.stay"}, Danger: true,
	}, func(m *machine, answer Answer) {
		if answer.Yes {
			m.signOff()
		}
	})
}

// stuck are the drafts that could not be saved, by their ids.
func (w *shift) stuck() (all []*accept) {
	for _, a := range w.unsaved {
		if a.saver.tries > 0 {
			all = append(all, a)
		}
	}
	if a := w.accept; a != nil && a.filed == nil && a.saver.tries > 0 {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *accept) int { return strings.Compare(a.id, b.id) })
	return all
}

// resumeUnsaved shows a draft that only memory has as it is.
func (m *machine) resumeUnsaved(a *accept) {
	delete(m.shift.unsaved, a.id)
	dirty := a.dirty
	a.busy, a.scanning = "", ""
	m.resume(a)
	a.dirty = dirty
}

// giveUp saves a draft no more; it returns the files that no saved draft may name.
func (a *accept) giveUp() []string {
	a.dirty = false
	pages := a.doomed
	for _, p := range a.allPages() {
		pages = append(pages, p.attachment.Digest)
	}
	return pages
}

// withUnsaved marks the lines of drafts that could not be saved, and adds those the disk never had.
func (w *shift) withUnsaved(lines []DraftLine) []DraftLine {
	for _, a := range w.stuck() {
		found := false
		for i := range lines {
			if lines[i].ID == a.id {
				lines[i].Unsaved, found = true, true
			}
		}
		if content, err := a.content(); !found && err == nil {
			line := draftLines([]agency.Draft{content})[0]
			line.Unsaved = true
			lines = append([]DraftLine{line}, lines...)
		}
	}
	return lines
}
