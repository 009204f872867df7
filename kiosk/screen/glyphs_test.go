package screen

import (
	"testing"

	"bianmin/core/text"
	"bianmin/kiosk/journey"
)

// TestRareNames: what the font lacks is an empty square, and the person is told to look at the card.
func TestRareNames(t *testing.T) {
	w := words{catalog: load(t), lang: text.Chinese}
	for name, want := range map[string]string{
		"王秀兰":          "王秀兰",
		"阿依古丽·买买提江":    "阿依古丽·买买提江",
		"吴\U00020BB7安": "吴□安",
		"李\ue188明":     "李□明",
		"王\u4e04":      "王□",
	} {
		if got := shown(name); got != want {
			t.Errorf("shown(%q) = %q, want %q", name, got, want)
		}
		if told := confirmNotice(w, journey.ConfirmView{Name: name}) != ""; told != (name != want) {
			t.Errorf("%q: told of a rare character: %t", name, told)
		}
	}
}
