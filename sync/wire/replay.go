package wire

import "time"

// Replay asks, in answers to heartbeats, for what the platform acknowledged since a time: it was put back from a copy.
type Replay struct {
	Number int64     `json:"number"` // only rises
	Since  time.Time `json:"since"`  // when the copy was made
}

// ReplayRequest brings acknowledgements back, as they are kept (Answer and signature in JSON); at most ReplayMost.
type ReplayRequest struct {
	Nonce string   `json:"nonce"`
	Kept  [][]byte `json:"kept"`
}

// ReplayMost is how many acknowledgements one request brings.
const ReplayMost = 100
