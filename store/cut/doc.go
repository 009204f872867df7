// Package cut lets tests end a program at a named commit point. In a shipped
// build Point is nil and nothing of it is linked; only builds with the tag
// "commitpoints" look at the environment.
package cut

// Variable names, in builds with the tag, the commit point at which the process
// kills itself, and at which passing of it: "submit-after-commit:1".
const Variable = "BIANMIN_CUT_AT"
