package main

import (
	"slices"
	"strings"

	"bianmin/kiosk/journey"
)

const practiceFlag = "practice"

// cardLeftFlag tells the program that goes on that a card may still lie on the reader.
const cardLeftFlag = "card-left"

// argsFor are the arguments of the program that goes on after a session: the same, with practice mode's flag only where
// the session's end leads there. So a practice is one session long, and behind it stands the screen it was begun from.
func argsFor(end journey.End, cardLeft bool, args []string) []string {
	kept := slices.DeleteFunc(slices.Clone(args), func(arg string) bool {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		return strings.HasPrefix(arg, "-") && (name == practiceFlag || name == cardLeftFlag)
	})
	if cardLeft {
		kept = append([]string{"-" + cardLeftFlag}, kept...)
	}
	if end == journey.EndPractise {
		kept = append([]string{"-" + practiceFlag}, kept...)
	}
	return append([]string{}, kept...)
}
