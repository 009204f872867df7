package point

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/idcard"
	"bianmin/drivers/link"
)

// printerSpeeds and readerSpeeds are those that receipt printers and card readers are set to, the usual one first.
var (
	printerSpeeds = []int{115200, 9600, 19200, 38400, 57600}
	readerSpeeds  = []int{115200, 57600, 38400, 19200, 9600}
)

const (
	printerAnswer = 200 * time.Millisecond
	readerAnswer  = time.Second
	otherAnswer   = 400 * time.Millisecond // at a speed that is not the usual one
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
// prints nothing. Only where no printer has answered it asks as a card reader is asked for its state, at each speed.
// Neither question holds a byte that ends a line, feeds paper or begins a command, nor does what a printer hears of it
// that is set to any other speed (the test computes it).
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
	f := findPrinter(ctx, name, 0, now)
	if f.Role != "" || f.Err != nil {
		return f
	}
	return FindReader(ctx, name, now)
}

// findPrinter asks as a receipt printer is asked, at each of its speeds, the first one first.
func findPrinter(ctx context.Context, name string, first int, now func() time.Time) Found {
	f := Found{Link: name}
	for _, baud := range speedsOf(name, from(first, printerSpeeds)) {
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
	return f
}

// speedsOf are the speeds to try: a link that is no line has none.
func speedsOf(name string, all []int) []int {
	if strings.HasPrefix(name, "serial:") {
		return all
	}
	return all[:1]
}

// FindReader asks as a card reader is asked, at each of its speeds; the Role stays "" where none answers.
func FindReader(ctx context.Context, name string, now func() time.Time) Found {
	return findReader(ctx, name, 0, now)
}

func findReader(ctx context.Context, name string, first int, now func() time.Time) Found {
	f := Found{Link: name}
	limit := readerAnswer
	for _, baud := range speedsOf(name, from(first, readerSpeeds)) {
		opened, err := link.Open(ctx, name, link.Options{Baud: baud})
		if err != nil {
			f.Err = err
			return f
		}
		reader := idcard.New(opened, idcard.Options{Baud: baud, Limit: limit, Now: now})
		status, err := reader.Status(ctx)
		f.Err = reader.Close()
		if err == nil {
			f.Role, f.Baud, f.Status = drivers.RoleReader, baud, status
			return f
		}
		if f.Err != nil || ctx.Err() != nil {
			return f
		}
		limit = otherAnswer
	}
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
