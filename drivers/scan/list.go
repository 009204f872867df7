package scan

import (
	"context"
	"slices"
	"strings"
	"time"
)

// listLimit bounds the search: backends that look into the network take their time.
const listLimit = 20 * time.Second

// List gives the names of the scanners that SANE finds, without opening one. The error is an *drivers.Error.
func List(ctx context.Context, options Options) ([]string, error) {
	if options.Tool == "" {
		options.Tool = "scanimage"
	}
	if options.Env == nil {
		options.Env = environment()
	}
	ctx, cancel := context.WithTimeout(ctx, listLimit)
	defer cancel()
	listing, err := run(ctx, options.Env, nil, options.Tool, "-f", "%d%n")
	if err != nil {
		return nil, (&Scanner{}).failure("list scanners", err)
	}
	// SANE takes cameras for scanners too: they are filmed with by package camera.
	return slices.DeleteFunc(strings.Fields(string(listing)), func(name string) bool { return strings.HasPrefix(name, "v4l:") }), nil
}
