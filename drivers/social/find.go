package social

import (
	"context"
	"regexp"

	"bianmin/drivers/link/pcsc"
)

// Found is a chip card reader that is plugged in.
type Found struct {
	Name string // as PC/SC calls it
	Link string // what to open it by
}

// numbers are what the service puts behind a reader's name, by the order of plugging and of its slots.
var numbers = regexp.MustCompile(` [0-9A-F]{2} [0-9A-F]{2}$`)

// Find looks which chip card readers are plugged in. Where there is one of a model, its link leaves out the numbers behind its name, so that it is
// found again in whatever order devices are plugged in.
func Find(ctx context.Context) ([]Found, error) {
	limited, cancel := context.WithTimeout(ctx, look)
	defer cancel()
	names, err := pcsc.Readers(limited)
	if err != nil {
		return nil, fail(ctx, "look for readers", err)
	}
	return found(names), nil
}

func found(names []string) (all []Found) {
	models := map[string]int{}
	for _, name := range names {
		models[numbers.ReplaceAllString(name, "")]++
	}
	for _, name := range names {
		model := numbers.ReplaceAllString(name, "")
		if models[model] > 1 {
			model = name
		}
		all = append(all, Found{Name: name, Link: Prefix + model})
	}
	return all
}
