// Package onui is the only place that moves work onto the toolkit's thread.
// It must not hold state or know widgets.
package onui

import "fyne.io/fyne/v2"

// Post runs a function on the UI thread, soon, without waiting for it.
// Production passes Do, tests pass Direct.
type Post func(func())

// Do posts to the running toolkit.
func Do(f func()) { fyne.Do(f) }

// DoAndWait posts to the running toolkit and waits until f has run. It must
// never be called from the UI thread.
func DoAndWait(f func()) { fyne.DoAndWait(f) }

// Direct runs f at once: for tests, where there is one goroutine only.
func Direct(f func()) { f() }

var (
	_ Post = Do
	_ Post = DoAndWait
	_ Post = Direct
)
