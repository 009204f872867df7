package main

import (
	"context"
	"fmt"

	"bianmin/ui/play"
)

// playJourney starts this program as a kiosk and plays the journey on its window.
func playJourney(ctx context.Context, f flags) error {
	args := []string{"-config", f.config}
	if f.plain {
		args = append(args, "-without-privacy")
	}
	if f.practice {
		args = append(args, "-"+practiceFlag)
	}
	return play.Program{
		Args: args, Journey: f.journey, Shots: f.shots, Bench: f.bench,
		Step: func(n int, what string) { fmt.Printf("%3d  %s\n", n, what) },
	}.Play(ctx)
}
