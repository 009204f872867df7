//go:build careless

package store

// A store that waits for nothing, to show that a test that cuts the power sees what is lost. Never shipped.
const (
	synchronousDurable = "OFF"
	synchronousRelaxed = "OFF"
)
