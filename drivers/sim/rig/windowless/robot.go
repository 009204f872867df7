package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"bianmin/kiosk/journey"
)

// robot is a person who knows what to do on every screen.
type robot struct {
	item    string
	answers map[string]any
}

// live answers every state. A screen that does not move on is answered again, as a person taps again.
func (r robot) live(ctx context.Context, session *journey.Session) {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	var state journey.State
	states := session.States()
	begun := time.Now()
	for said := ""; ; {
		select {
		case next, more := <-states:
			if !more {
				return
			}
			state = next
		case <-again.C:
		case <-ctx.Done():
			return
		}
		if now := saying(state); now != said {
			said = now
			fmt.Fprintf(os.Stdout, "%6d ms %s\n", time.Since(begun).Milliseconds(), said)
		}
		if event := r.answer(state); event != nil {
			session.Send(event)
		}
	}
}

// saying is what the robot tells of a state: the screen, and what is asked of the card.
func saying(s journey.State) string {
	if s.PlaceCard == nil || s.PlaceCard.Problem.Key == "" {
		return string(s.Screen)
	}
	return string(s.Screen) + " " + s.PlaceCard.Problem.Key
}

// answer is what the person does now; nil waits.
func (r robot) answer(s journey.State) journey.Event {
	switch s.Screen {
	case journey.Attract:
		return journey.Begin{}
	case journey.Home:
		return journey.OpenItem{Code: r.item}
	case journey.Guide:
		return journey.StartItem{}
	case journey.Question:
		return r.question(s)
	case journey.Materials:
		return r.materials(s)
	case journey.Review:
		if s.Review.Signed {
			return onward(s)
		}
		return journey.Sign{Strokes: signature()}
	case journey.Done:
		return r.done(s)
	case journey.PrintUnknown:
		return journey.PrintAnswer{CameOut: true}
	case journey.DeviceFault:
		if s.DeviceFault.Skip {
			return journey.Skip{}
		}
		return journey.Retry{}
	default:
		return onward(s)
	}
}

func onward(s journey.State) journey.Event {
	if s.Next != nil && s.Next.Enabled {
		return journey.Onward{}
	}
	return nil
}

func (r robot) question(s journey.State) journey.Event {
	if s.Question.Value == nil && !s.Question.Locked {
		if value, ok := r.answers[s.Question.Field.Name]; ok {
			return journey.Answer{Value: value}
		}
	}
	return onward(s)
}

func (r robot) materials(s journey.State) journey.Event {
	if s.Materials.Busy != "" {
		return nil
	}
	for _, line := range s.Materials.Lines {
		if line.Way == "" && len(line.Pages) == 0 && !line.Optional {
			return journey.ScanPage{Material: line.Code}
		}
	}
	return onward(s)
}

func (r robot) done(s journey.State) journey.Event {
	switch {
	case s.Done.Print.Stage == "printing":
		return nil
	case !s.Done.Evaluated && s.Done.Evaluation == 0:
		return journey.Evaluate{Level: 5}
	case s.Done.Evaluated:
		return onward(s)
	default:
		return nil
	}
}

// signature is 王, written with a finger.
func signature() []journey.Stroke {
	line := func(x0, y0, x1, y1 float32) journey.Stroke {
		var s journey.Stroke
		for i := range 20 {
			part := float32(i) / 19
			s.Points = append(s.Points, journey.Point{X: x0 + (x1-x0)*part, Y: y0 + (y1-y0)*part})
		}
		return s
	}
	return []journey.Stroke{line(60, 60, 300, 60), line(80, 150, 280, 150), line(180, 60, 180, 260), line(40, 260, 320, 260)}
}
