package wire

// Agent is the account of a person who works at a point's desk, with the
// argon2id verifier of the one-time activation code (the code as it is printed,
// 19 ASCII characters with its dashes).
type Agent struct {
	ID           string   `json:"id"` // 6 digits
	Name         string   `json:"name"`
	Role         string   `json:"role"`         // "agent", "lead" or "trainee"
	Villages     []string `json:"villages"`     // division codes it serves, 12 digits; none is the whole point
	AbsenceHours int      `json:"absenceHours"` // how long it works without the platform having been seen
	CanConfirm   bool     `json:"canConfirm"`   // may confirm scans against originals
	Salt         []byte   `json:"salt"`
	Hash         []byte   `json:"hash"`
	Time         uint32   `json:"time"`
	Memory       uint32   `json:"memory"` // KiB
	Threads      uint8    `json:"threads"`
}

// Evaluations are how often the point's cases were rated. Levels counts the
// ratings by level, "1" to "5", of the full tens only: from the tenth on, and
// unchanged until the twentieth, so that no single rating shows.
type Evaluations struct {
	Given  int            `json:"given"`
	Levels map[string]int `json:"levels,omitempty"`
}
