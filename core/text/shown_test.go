package text_test

import (
	"testing"

	"bianmin/core/text"
)

func TestShown(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"王秀兰":                    "王秀兰",
		"王\ue863兰":               "王□兰",
		"\U000f0001\uf8ff䶮":      "□□䶮",
		"\ud7ff\uf900\U0002f800": "\ud7ff\uf900\U0002f800",
	} {
		if got := text.Shown(in); got != want {
			t.Errorf("Shown(%q) = %q, want %q", in, got, want)
		}
	}
}
