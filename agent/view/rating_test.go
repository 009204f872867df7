package view

import (
	"testing"

	"bianmin/agent/desk"
	"bianmin/core/text"
)

// TestEnterDoesNotSkipTheRating: a person who presses Enter before choosing must not have declined.
func TestEnterDoesNotSkipTheRating(t *testing.T) {
	g := newStage(t, desk.State{
		Page: desk.Evaluate, Serial: 1, Lang: text.Chinese, Account: "李会计",
		Evaluate: &desk.EvaluateView{Name: "王秀兰", Item: text.Local{text.Chinese: "高龄津贴申领"}},
	})
	g.press("Return", "Alt+2")
	g.heard(desk.Rate{Level: 4})
}
