package main

import "testing"

func TestMatcher(t *testing.T) {
	sounds := map[rune][]string{'中': {"zhong"}, '国': {"guo"}, '农': {"nong"}, '业': {"ye"}, '银': {"yin"}, '行': {"xing", "hang"}}
	find := matcher(func(r rune) []string { return sounds[r] })
	for _, c := range []struct {
		typed string
		want  bool
	}{{"zgny", true}, {"nyyh", true}, {"nongye", true}, {"yinhang", true}, {"NY", true}, {"", true}, {"gs", false}, {"yinhangx", false}} {
		if got := find("中国农业银行", c.typed); got != c.want {
			t.Errorf("%q: %v", c.typed, got)
		}
	}
}
