//go:build !commitpoints

package cut

// Point is called with the name of each commit point; nil in a shipped build.
var Point func(name string)
