package support

import (
	"context"
	"time"

	"bianmin/packaging/tested"
)

// test is a self test without the device's own words and numbers.
type test struct {
	Role, Level, Outcome, Code, Program string
	At                                  time.Time
	Took                                int64
}

// selftests are how the devices' self tests ended; beside an error those that can be read.
func selftests(_ context.Context, o Options) (any, error) {
	kept, err := tested.All(o.Settings.Data)
	all := []test{}
	for _, r := range kept {
		all = append(all, test{scrub(string(r.Role)), scrub(string(r.Level)), scrub(string(r.Outcome)), scrub(string(r.Code)), scrub(r.Asked.Program), r.At, r.Took})
	}
	return map[string]any{"settings": o.Settings.Digest(), "tests": all}, err
}
