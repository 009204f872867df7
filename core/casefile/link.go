package casefile

import "time"

// Link is why nothing goes out to the platform, and how far what goes out is, for people. The zero value says nothing.
type Link struct {
	Why    string    // a key of the words under "link"; "" while the platform is reached or nothing is known
	Since  time.Time // of the reason
	Next   time.Time // next try, zero when it comes at once
	Hold   string    // a key of the words under "hold": why scanned pages wait although the platform is reached; "" when they go
	Packet string    // id of the packet under way, "" while none is
	Held   int64     // bytes of the packet under way that have gone out
	Total  int64     // of all its bytes, 0 while none is under way
	Rate   int64     // bytes a second
	Silent bool      // the sender has said nothing of late: it does not run, or is stuck
}
