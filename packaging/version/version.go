// Package version is the version that every program of a release says it is.
package version

// Version is set by the linker of a release, 0.4.<the commit's time, UTC>; a build from a work tree is "dev".
var Version = "dev"
