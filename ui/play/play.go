// Package play plays journey files on the real window: it taps and types through
// the X server at the drawn position, speaks to the bench's control socket, and
// looks at the screen through a probe inside the program. The probe only reports
// what is drawn; nothing here may reach into a program's logic.
package play
