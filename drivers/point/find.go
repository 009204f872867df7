package point

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/idcard"
	"bianmin/drivers/link"
)

// speeds are those that receipt printers are set to, the usual one first. Readers know 115200.
var speeds = []int{115200, 9600, 19200, 38400}

const (
	printerAnswer = 200 * time.Millisecond
	readerAnswer  = time.Second
)

// Found is what answers at the end of a link.
type Found struct {
	Link   string
	Baud   int
	Role   drivers.Role   // "" when nothing known answers
	Status drivers.Status // what it said of itself
	Err    error          // why the link could not be asked
}

// Find asks on each link what stands at its end, and gives the answers in the links' order. First it asks as a
// receipt printer is asked for its state (DLE EOT 1), at each speed: any receipt printer answers that at once and
// prints nothing, and at a wrong speed the three bytes hold nothing that ends a line. Only where no printer has
// answered it asks as a card reader is asked; that question holds no byte that ends a line or feeds paper either.
// Buttons and code readers only talk when somebody uses them, so they are not found.
func Find(ctx context.Context, links []string, now func() time.Time) []Found {
	found := make([]Found, len(links))
	var asking sync.WaitGroup
	for i, name := range links {
		asking.Go(func() { found[i] = find(ctx, name, now) })
	}
	asking.Wait()
	return found
}

func find(ctx context.Context, name string, now func() time.Time) Found {
	f := Found{Link: name}
	for _, baud := range speeds {
		is, err := isPrinter(ctx, name, baud)
		if err != nil {
			f.Err = err
			return f
		}
		if is {
			f.Role, f.Baud = drivers.RolePrinter, baud
			f.Status = drivers.Status{Role: f.Role, Condition: drivers.Online, At: now()}
			return f
		}
	}
	opened, err := link.Open(ctx, name, link.Options{Baud: speeds[0]})
	if err != nil {
		f.Err = err
		return f
	}
	limited, cancel := context.WithTimeout(ctx, readerAnswer)
	defer cancel()
	reader := idcard.New(opened, idcard.Options{Baud: speeds[0], Limit: readerAnswer, Now: now})
	status, err := reader.Status(limited)
	if err == nil {
		f.Role, f.Baud, f.Status = drivers.RoleReader, speeds[0], status
	}
	f.Err = reader.Close()
	return f
}

// isPrinter asks once at one speed.
func isPrinter(ctx context.Context, name string, baud int) (is bool, err error) {
	opened, err := link.Open(ctx, name, link.Options{Baud: baud})
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	limited, cancel := context.WithTimeout(ctx, printerAnswer)
	defer cancel()
	if _, err := opened.WriteContext(limited, []byte{0x10, 0x04, 0x01}); err != nil {
		return false, nil // takes no byte: nothing that works stands there
	}
	answer := make([]byte, 16)
	n, err := opened.ReadContext(limited, answer)
	if err != nil || n == 0 {
		return false, ctx.Err()
	}
	if n > 4 { // a status is one byte: whatever talks here is something else
		return false, nil
	}
	return slices.ContainsFunc(answer[:n], func(b byte) bool { return b&0x93 == 0x12 }), nil
}

// String says in a few words what was found, for logs.
func (f Found) String() string { return fmt.Sprintf("%s: %s at %d", f.Link, f.Role, f.Baud) }
