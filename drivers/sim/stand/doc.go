// Package stand is the bench's set of simulated devices for one terminal:
// card reader, printer and button on ptys and a switch in the network line,
// moved by text commands. It sits at the far end of the wire and must never be
// linked into a shipped program.
package stand
