// Package desk is the village agent's work at the PC, use case by use case:
// sign on, accept, correct, papers, fees, visits, results, reports. It decides
// what is shown and what may be done; it must not draw (no Fyne), keep SQL, or
// know a device's protocol. What it needs it declares in ports.go.
package desk
