package onui_test

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"bianmin/ui/onui"
)

func TestPosts(t *testing.T) {
	test.NewTempApp(t) // its driver runs what is posted at once
	for name, post := range map[string]onui.Post{"direct": onui.Direct, "do": onui.Do, "wait": onui.DoAndWait} {
		ran := false
		post(func() { ran = true })
		if !ran {
			t.Errorf("%s did not run", name)
		}
	}
}
