package tongue

import (
	"testing"

	"bianmin/core/text"
)

func TestLanguage(t *testing.T) {
	for _, c := range []struct {
		all, lang string
		want      text.Lang
	}{{"", "", text.Chinese}, {"", "C.UTF-8", text.Chinese}, {"", "zh_CN.UTF-8", text.Chinese}, {"", "en_US.UTF-8", text.English}, {"zh_CN", "en_US", text.Chinese}, {"en_GB", "zh_CN", text.English}} {
		got := Of(func(name string) string { return map[string]string{"LC_ALL": c.all, "LANG": c.lang}[name] })
		if got != c.want {
			t.Errorf("LC_ALL=%q LANG=%q: %s", c.all, c.lang, got)
		}
	}
}
