// Package desk is the kit for a window worked with keyboard and mouse: the
// agent's desk. Widgets show what they are given and call back; they know no
// service, state or language. All calls must come on the UI thread.
//
// Keys: Tab and Shift-Tab go from control to control, Enter in a field goes on
// to the next; a button answers to its own key ("F2", "Ctrl+Return") wherever
// the focus is. While a Dialog is open only what stands in it can be reached.
package desk
