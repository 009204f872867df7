//go:build !careless

package store

// How SQLite waits for the disk: durably for what a person was given a receipt for, less for what the platform would only say again.
const (
	synchronousDurable = "FULL"
	synchronousRelaxed = "NORMAL"
)
