// Package cut lets tests end a program at a named commit point. In a shipped
// build Point is nil and nothing of it is linked; only builds with the tag
// "commitpoints" look at the environment.
package cut
