package main

import (
	"slices"
	"strings"

	"bianmin/agent/desk"
)

const practiceFlag = "practice"

// argsFor are the arguments of the program that goes on: the same, with practice mode's flag first where it leads there and none where it
// leads back.
func argsFor(to desk.Leaving, args []string) []string {
	if to == "" || to == desk.Anew {
		return append([]string{}, args...)
	}
	kept := slices.DeleteFunc(slices.Clone(args), func(arg string) bool {
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
		return strings.HasPrefix(arg, "-") && name == practiceFlag
	})
	if to == desk.ToPractice {
		kept = append([]string{"-" + practiceFlag}, kept...)
	}
	return append([]string{}, kept...)
}
