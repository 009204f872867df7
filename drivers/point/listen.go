package point

import (
	"context"
	"errors"
	"sync"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link"
	"bianmin/drivers/scan"
)

// buttonSpeeds are those that push buttons are set to, the usual one first.
var buttonSpeeds = []int{9600, 115200, 19200, 38400}

// quiet is how long a line is silent after something that was no press before another speed is tried.
const quiet = 300 * time.Millisecond

// Listen waits until a push button is pressed at the end of one of the links, and gives the link and its speed; a zero
// Found when ctx has ended before. It reads and never writes: whatever stands there gets no byte. A press at another speed
// than the line is read with sounds like noise: noise is called with the link, once, the next speed is tried, and another
// press is needed. A link that cannot be opened, or talks without end, is no button.
func Listen(ctx context.Context, links []string, noise func(name string)) Found {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pressed := make(chan Found, len(links))
	var listening sync.WaitGroup
	for _, name := range links {
		listening.Go(func() {
			if baud := press(ctx, name, noise); baud > 0 {
				pressed <- Found{Link: name, Baud: baud, Role: drivers.RoleButton, Status: drivers.Status{Role: drivers.RoleButton, Condition: drivers.Online}}
				cancel() // the first one is it
			}
		})
	}
	listening.Wait()
	select {
	case first := <-pressed:
		return first
	default:
		return Found{}
	}
}

// press waits for a press on one link; the speed at which it was heard, 0 when there was none.
func press(ctx context.Context, name string, noise func(string)) (baud int) {
	told := false
	for i := 0; ctx.Err() == nil; i++ {
		baud := buttonSpeeds[i%len(buttonSpeeds)]
		heard, err := pressAt(ctx, name, baud)
		switch {
		case err == nil:
			return baud
		case !heard:
			return 0
		case !told:
			told = true
			noise(name)
		}
	}
	return 0
}

var errNoise = errors.New("what was heard is no press")

// pressAt waits for a press at one speed; heard tells that something else came.
func pressAt(ctx context.Context, name string, baud int) (heard bool, err error) {
	opened, err := link.Open(ctx, name, link.Options{Baud: baud})
	if err != nil {
		return false, err
	}
	defer func() { _ = opened.Close() }() // it was only listened to
	ear := &ear{Link: opened}
	button := scan.NewButton(ear)
	for {
		before := ear.bytes
		waiting, cancel := context.WithTimeout(ctx, quiet)
		err := button.Wait(waiting)
		cancel()
		var broken *drivers.Error
		switch {
		case err == nil:
			return true, nil
		case ctx.Err() != nil || errors.As(err, &broken):
			return false, err
		case ear.bytes > 0 && ear.bytes == before, ear.bytes > longestNoise:
			return true, errNoise
		}
	}
}

// longestNoise is more than any press of any button is, in bytes.
const longestNoise = 256

// ear counts what comes.
type ear struct {
	link.Link
	bytes int
}

// ReadContext implements link.Link.
func (e *ear) ReadContext(ctx context.Context, buffer []byte) (int, error) {
	n, err := e.Link.ReadContext(ctx, buffer)
	e.bytes += n
	return n, err
}
