package pinyin_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"bianmin/assets"
	"bianmin/core/pinyin"
)

var load = sync.OnceValues(func() (*pinyin.Dictionary, error) {
	return pinyin.Load(bytes.NewReader(assets.PinyinData()))
})

func dictionary(t testing.TB) *pinyin.Dictionary {
	t.Helper()
	d, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func texts(candidates []pinyin.Candidate) []string {
	all := make([]string, len(candidates))
	for i, c := range candidates {
		all[i] = c.Text
	}
	return all
}

// TestLook wants each text among the first few candidates.
func TestLook(t *testing.T) {
	cases := []struct {
		keys    string
		options pinyin.Options
		text    string
		within  int
		taken   int
	}{
		{"zhangwei", pinyin.Options{}, "张伟", 1, 8},
		{"woyaobanlishebaoka", pinyin.Options{}, "我要办理社保卡", 1, 18},
		{"sfz", pinyin.Options{}, "身份证", 1, 3},
		{"hkb", pinyin.Options{}, "户口本", 3, 3},
		{"shenfz", pinyin.Options{}, "身份证", 2, 6},
		{"shenfenz", pinyin.Options{}, "身份证", 2, 8},
		{"xian", pinyin.Options{}, "西安", 8, 4},
		{"xian", pinyin.Options{}, "县", 4, 4},
		{"xi'an", pinyin.Options{}, "西安", 1, 5},
		{"fang'an", pinyin.Options{}, "方案", 1, 7},
		{"dibao", pinyin.Options{}, "低保", 1, 5},
		{"dibaohu", pinyin.Options{}, "低保户", 1, 7},
		{"shebaoka", pinyin.Options{}, "社保卡", 1, 8},
		{"shebaokawo", pinyin.Options{}, "社保卡", 2, 8},
		{"bianmin", pinyin.Options{}, "便民", 1, 7},
		{"women", pinyin.Options{}, "我们", 1, 5},
		{"de", pinyin.Options{}, "的", 1, 2},
		{"s", pinyin.Options{}, "是", 1, 1},
		{"nv", pinyin.Options{}, "女", 1, 2},
		{"lue", pinyin.Options{}, "略", 2, 3},
		{"jvmin", pinyin.Options{}, "居民", 1, 5},
		{"SHE BAO", pinyin.Options{}, "社", 4, 3},
		{"bmfwzx", pinyin.Options{}, "便民服务中心", 1, 6},
		{"zzzzzzzz", pinyin.Options{}, "正在", 20, 2},
		{"wang", pinyin.Options{Name: true}, "王", 1, 4},
		{"shan", pinyin.Options{Name: true}, "单", 3, 4},
		{"zeng", pinyin.Options{Name: true}, "曾", 1, 4},
		{"wangxiulan", pinyin.Options{Name: true}, "王秀兰", 1, 10},
		{"xiulan", pinyin.Options{Name: true}, "秀兰", 1, 6},
		{"ouyangxiu", pinyin.Options{Name: true}, "欧阳秀", 1, 9},
		{"zhangwei", pinyin.Options{Name: true}, "张伟", 1, 8},
		{"yan", pinyin.Options{}, "䶮", 200, 3},
		{"fu", pinyin.Options{}, "𫖯", 200, 2},
	}
	d := dictionary(t)
	for _, tc := range cases {
		found := d.Look(tc.keys, tc.options)
		i := slices.Index(texts(found), tc.text)
		if i < 0 || i >= tc.within {
			t.Errorf("%s: %s stands at %d of %v", tc.keys, tc.text, i, texts(found)[:min(len(found), 12)])
			continue
		}
		if found[i].Keys != tc.taken {
			t.Errorf("%s: %s takes %d keys, want %d", tc.keys, tc.text, found[i].Keys, tc.taken)
		}
	}
	for _, keys := range []string{"", "'", "1", "你好", "'''"} {
		if found := d.Look(keys, pinyin.Options{}); len(found) != 0 {
			t.Errorf("%q has candidates %v", keys, texts(found)[:1])
		}
	}
}

// TestEveryCommonCharacterCanBeTyped types each of GB 2312's 6763 characters by each of its readings.
func TestEveryCommonCharacterCanBeTyped(t *testing.T) {
	d := dictionary(t)
	reach := map[string]map[string]bool{}
	characters := 0
	for r := rune(0x4E00); r <= 0x9FFF; r++ {
		readings := d.Readings(r)
		if len(readings) == 0 || !usual(d, r, readings[0], reach) {
			continue
		}
		characters++
		for _, syllable := range readings {
			if !usual(d, r, syllable, reach) {
				t.Errorf("%c cannot be typed as %s", r, syllable)
			}
		}
	}
	if characters < 6700 {
		t.Errorf("only %d characters can be typed", characters)
	}
}

func usual(d *pinyin.Dictionary, r rune, syllable string, reach map[string]map[string]bool) bool {
	if reach[syllable] == nil {
		reach[syllable] = map[string]bool{}
		for _, c := range d.Look(syllable, pinyin.Options{}) {
			reach[syllable][c.Text] = true
		}
	}
	return reach[syllable][string(r)]
}

func TestReadings(t *testing.T) {
	d := dictionary(t)
	for r, want := range map[rune]string{'长': "chang zhang", '绿': "lv lu", '身': "shen", '𫖯': "fu", '龍': "long", 'a': "", '，': "", '1': ""} {
		if got := strings.Join(d.Readings(r), " "); got != want {
			t.Errorf("%c is read %q, want %q", r, got, want)
		}
	}
}

func TestRareCharactersOnlyWhenAsked(t *testing.T) {
	d := dictionary(t)
	if slices.Contains(texts(d.Look("long", pinyin.Options{})), "龍") {
		t.Error("龍 is offered although the font may not have it")
	}
	if !slices.Contains(texts(d.Look("long", pinyin.Options{Rare: true})), "龍") {
		t.Error("龍 is not offered when rare characters are asked for")
	}
}

func TestWith(t *testing.T) {
	d := dictionary(t)
	more := d.With([]string{"柳树沟", "柳树沟村", "柳树够", "青禾县", "青禾县", "x村", "村", "柳林镇"})
	for keys, want := range map[string]string{"liushugou": "柳树沟", "liushugoucun": "柳树沟村", "lsgc": "柳树沟村", "qinghexian": "青禾县"} {
		if got := texts(more.Look(keys, pinyin.Options{})); len(got) == 0 || got[0] != want {
			t.Errorf("%s gives %v, want %s first", keys, got[:min(3, len(got))], want)
		}
	}
	if got := texts(more.Look("liushugou", pinyin.Options{})); !slices.Contains(got, "柳树够") {
		t.Error("two words that sound alike are not both there")
	}
	if slices.Contains(texts(d.Look("liushugou", pinyin.Options{})), "柳树沟") {
		t.Error("the dictionary itself has changed")
	}
	if got := texts(more.Look("zhangwei", pinyin.Options{})); got[0] != "张伟" {
		t.Errorf("an old word is lost: %v", got[0])
	}
}

func TestEnginePages(t *testing.T) {
	d := dictionary(t)
	e := d.Engine(pinyin.Options{})
	want := texts(d.Look("yi", pinyin.Options{}))
	var got []string
	for page := 0; ; page++ {
		part := e.Candidates("yi", page)
		if len(part) == 0 {
			break
		}
		got = append(got, part...)
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages give %d candidates, want %d", len(got), len(want))
	}
	if e.Candidates("yi", -1) != nil {
		t.Error("a page before the first")
	}
	if n := e.Taken("shebaokawo", "社保卡"); n != 8 {
		t.Errorf("社保卡 takes %d keys", n)
	}
	if n := e.Taken("she'bao", "社"); n != 4 {
		t.Errorf("社 takes %d keys, want the apostrophe too", n)
	}
	if n := e.Taken("she", "无"); n != 3 {
		t.Errorf("a stranger takes %d keys", n)
	}
	first := e.Candidates("shan", 0)[0]
	e.SetOptions(pinyin.Options{Name: true})
	if e.Candidates("zeng", 0)[0] != "曾" || first == "" {
		t.Error("options have no effect")
	}
}

// TestLookNeverBreaks types anything at all.
func TestLookNeverBreaks(t *testing.T) {
	d := dictionary(t)
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.StringOfN(rapid.RuneFrom([]rune("abcdefghijklmnopqrstuvwxyz''zshnaig")), 0, 60, -1).Draw(t, "keys")
		options := pinyin.Options{Name: rapid.Bool().Draw(t, "name"), Rare: rapid.Bool().Draw(t, "rare")}
		seen := map[string]bool{}
		for _, c := range d.Look(keys, options) {
			if c.Keys < 1 || c.Keys > len(keys) || !utf8.ValidString(c.Text) || c.Text == "" || seen[c.Text] {
				t.Fatalf("candidate %+v of %q", c, keys)
			}
			seen[c.Text] = true
		}
	})
}

func zipped(s string) io.Reader {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return &b
}

func TestLoadRefusesDamage(t *testing.T) {
	const sound = "bianmin-pinyin 1\ncharacters\na\t啊9\nba\t八9\nphrases\nba ba\t爸爸9\nsurnames\n巴ba\ngiven\n八ba\n"
	if _, err := pinyin.Load(zipped(sound)); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{
		"nothing": "", "another header": strings.Replace(sound, "pinyin 1", "pinyin 2", 1), "cut off": sound[:len(sound)-5],
		"no sections": "bianmin-pinyin 1\nx\n", "characters out of order": strings.Replace(sound, "a\t啊9\nba\t八9", "ba\t八9\na\t啊9", 1),
		"unknown syllable": strings.Replace(sound, "ba ba\t", "ba be\t", 1), "too few characters": strings.Replace(sound, "爸爸9", "爸9", 1),
		"too many tiers": strings.Replace(sound, "啊9", "啊9|||吖", 1), "phrases out of order": strings.Replace(sound, "ba ba\t爸爸9\n", "ba ba\t爸爸9\na ba\t阿爸9\n", 1),
		"no names": strings.Replace(sound, "巴ba", "", 1), "no text": strings.Replace(sound, "啊9", "\xff9", 1),
	} {
		if _, err := pinyin.Load(zipped(s)); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
	if _, err := pinyin.Load(strings.NewReader("not gzip")); err == nil {
		t.Error("plain text is loaded")
	}
	broken := bytes.Clone(assets.PinyinData())
	broken[len(broken)/2] ^= 0xFF
	if _, err := pinyin.Load(bytes.NewReader(broken)); err == nil {
		t.Error("a flipped byte is not noticed")
	}
	if _, err := pinyin.Load(io.LimitReader(bytes.NewReader(assets.PinyinData()), 1000)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a file: %v", err)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := pinyin.Load(bytes.NewReader(assets.PinyinData())); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLook(b *testing.B) {
	d := dictionary(b)
	for b.Loop() {
		d.Look("woyaobanlishebaoka", pinyin.Options{})
	}
}
