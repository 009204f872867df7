package pcsc

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ElMostafaIdrassi/goscard"

	"bianmin/drivers/link/channel"
)

// Readers are the names of the readers that are there now.
func Readers(ctx context.Context) ([]string, error) {
	names, err := asked(ctx, readers)
	if err != nil {
		return nil, fmt.Errorf("list readers: %w", err)
	}
	return names, nil
}

// Choose gives the name of the reader that is meant; "" means the only one. The numbers that the service puts behind a name change
// with the order of plugging, so a name may be said without them. channel.ErrUnplugged where it is not there, channel.ErrAmbiguous
// where there are several.
func Choose(ctx context.Context, name string) (string, error) {
	name, err := asked(ctx, func(c goscard.Context) (string, error) { return choose(c, name) })
	if err != nil {
		return "", fmt.Errorf("choose a card reader: %w", err)
	}
	return name, nil
}

// Present tells whether a card is in the reader that Choose gives, without giving it power.
func Present(ctx context.Context, name string) (bool, error) {
	is, err := asked(ctx, func(c goscard.Context) (bool, error) {
		name, err := choose(c, name)
		if err != nil {
			return false, err
		}
		states := []goscard.SCardReaderState{{Reader: name}}
		code, err := c.GetStatusChange(goscard.NewTimeout(0), states)
		if err := meaning(code, err); err != nil {
			return false, err
		}
		return states[0].EventState&goscard.SCardStatePresent != 0, nil
	})
	if err != nil {
		return false, fmt.Errorf("look for a card: %w", err)
	}
	return is, nil
}

func readers(c goscard.Context) ([]string, error) {
	names, code, err := c.ListReaders(nil)
	if code == noReaders {
		return nil, nil
	}
	return names, meaning(code, err)
}

func choose(c goscard.Context, name string) (string, error) {
	names, err := readers(c)
	if err != nil {
		return "", err
	}
	if slices.Contains(names, name) {
		return name, nil
	}
	names = slices.DeleteFunc(names, func(n string) bool { return name != "" && !strings.HasPrefix(n, name+" ") })
	switch len(names) {
	case 0:
		return "", channel.ErrUnplugged
	case 1:
		return names[0], nil
	}
	return "", channel.ErrAmbiguous
}

// gate lets one call into the service at a time: while one does not come back, the next are not made.
var gate = make(chan struct{}, 1)

// asked makes a session for a question.
func asked[T any](ctx context.Context, question func(c goscard.Context) (T, error)) (T, error) {
	return call(ctx, func(c goscard.Context) (T, error) {
		what, err := question(c)
		if err == nil {
			_, _ = c.Release()
		}
		return what, err
	}, func(T) {})
}

// call makes a session and uses it; the session is use's when that succeeds. The service cannot be hurried: when ctx ends first the
// call goes on behind, and what it gives is undone.
func call[T any](ctx context.Context, use func(c goscard.Context) (T, error), undo func(T)) (T, error) {
	var none T
	select {
	case gate <- struct{}{}:
	case <-ctx.Done():
		return none, channel.Ended(ctx)
	}
	type told struct {
		what T
		err  error
	}
	done, left := make(chan told), make(chan struct{})
	go func() {
		defer func() { <-gate }()
		c, err := session()
		t := told{err: err}
		if err == nil {
			if t.what, t.err = use(c); t.err != nil {
				_, _ = c.Release()
			}
		}
		select {
		case done <- t:
		case <-left:
			if t.err == nil {
				undo(t.what)
			}
		}
	}()
	select {
	case t := <-done:
		return t.what, t.err
	case <-ctx.Done():
		close(left)
		return none, channel.Ended(ctx)
	}
}
