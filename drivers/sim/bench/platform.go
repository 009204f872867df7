package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// received is the part of "platform cases --json" the window shows.
type received struct {
	Case     string `json:"case"`
	Official string `json:"official"`
	State    string `json:"state"`
	Events   []struct {
		Kind  string `json:"kind"`
		Event struct {
			Submission *struct {
				Item      struct{ Name string }
				Applicant struct{ Name string }
			}
			Evaluation *struct{ Level int }
		} `json:"event"`
	} `json:"events"`
}

// platformWords turns the platform's cases into lines for people.
func platformWords(cases []byte) (string, error) {
	var all []received
	if err := json.Unmarshal(cases, &all); err != nil {
		return "", fmt.Errorf("read the platform's cases: %w", err)
	}
	if len(all) == 0 {
		return "", nil
	}
	var b strings.Builder
	for i := len(all) - 1; i >= 0; i-- {
		c := all[i]
		fmt.Fprintf(&b, "%s\n平台编号 %s · %s\n", c.Case, c.Official, c.State)
		for _, e := range c.Events {
			switch {
			case e.Event.Submission != nil:
				fmt.Fprintf(&b, "申请：%s · %s\n", e.Event.Submission.Item.Name, e.Event.Submission.Applicant.Name)
			case e.Event.Evaluation != nil:
				fmt.Fprintf(&b, "评价：%d 分\n", e.Event.Evaluation.Level)
			}
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}
