package catalogue_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/core/pinyin"
	"bianmin/core/text"
)

func readings(t testing.TB) catalogue.Readings {
	t.Helper()
	d, err := pinyin.Load(bytes.NewReader(assets.PinyinData()))
	if err != nil {
		t.Fatal(err)
	}
	return d.Readings
}

func TestSearch(t *testing.T) {
	s := demo(t).Searcher(readings(t))
	for query, first := range map[string]string{
		"养老待遇":           "领取养老保险待遇资格认证",
		"ylj":            "领取养老保险待遇资格认证",
		"yanglaojin":     "领取养老保险待遇资格认证",
		"yanglj":         "领取养老保险待遇资格认证",
		"YLJ":            "领取养老保险待遇资格认证",
		"低保":             "最低生活保障申请",
		"dibao":          "最低生活保障申请",
		"db":             "最低生活保障申请",
		"gongjijin":      "住房公积金提取",
		"社保卡挂失":          "社会保障卡挂失补换",
		"挂失 社保卡":         "社会保障卡挂失补换",
		"盖房":             "农村宅基地和建房审批",
		"开店 面馆":          "食品小经营店登记",
		"pension":        "领取养老保险待遇资格认证",
		"临时 jiuzhu":      "临时救助申请",
		"高龄jintie":       "高龄津贴申领",
		"ＰＥＮＳＩＯＮ":        "领取养老保险待遇资格认证",
		"一次性创业补贴申领":      "一次性创业补贴申领",
		"chuangyebutiex": "",
		"xyz":            "",
		"":               "",
		"  ，。":           "",
	} {
		found := s.Search(query)
		got := ""
		if len(found) > 0 {
			got = found[0].Name[text.Chinese]
		}
		if got != first {
			t.Errorf("%q finds %q first, want %q", query, got, first)
		}
	}
}

func TestSearchByCode(t *testing.T) {
	c := demo(t)
	for _, item := range c.Items {
		if found := c.Searcher(nil).Search(item.Code); len(found) != 1 || found[0] != item {
			t.Errorf("code %s finds %d items", item.Code, len(found))
		}
	}
}

// TestSearchFindsEveryBeginning types each item's name letter by letter.
func TestSearchFindsEveryBeginning(t *testing.T) {
	c, read := demo(t), readings(t)
	s := c.Searcher(read)
	for _, item := range c.Items {
		whole, initials := "", ""
		for _, r := range item.Name[text.Chinese] {
			if sounds := read(r); len(sounds) > 0 {
				whole += sounds[0]
				initials += sounds[0][:1]
			}
		}
		for _, letters := range []string{whole, initials} {
			for end := 1; end <= min(len(letters), 60); end++ {
				if !slices.Contains(s.Search(letters[:end]), item) {
					t.Fatalf("%q does not find %s", letters[:end], item.Name[text.Chinese])
				}
			}
		}
	}
}

// TestSearchNeverBreaks searches for anything, and bounds the time of the worst.
func TestSearchNeverBreaks(t *testing.T) {
	s := demo(t).Searcher(readings(t))
	rapid.Check(t, func(t *rapid.T) {
		query := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.RuneFrom([]rune("shzyang 养老金")), 0, 80, -1)).Draw(t, "query")
		found := s.Search(query)
		for i, item := range found {
			if slices.Contains(found[:i], item) {
				t.Fatalf("%q finds an item twice", query)
			}
		}
	})
	s.Search(strings.Repeat("s", 1<<20))
}

// TestKeyboardLearnsTheRegion types the names of the demo region's places and items.
func TestKeyboardLearnsTheRegion(t *testing.T) {
	d, err := pinyin.Load(bytes.NewReader(assets.PinyinData()))
	if err != nil {
		t.Fatal(err)
	}
	learnt := d.With(demo(t).Words())
	for keys, want := range map[string]string{"liushugoucun": "柳树沟村", "lsgc": "柳树沟村", "qinghexian": "青禾县", "gaolingjintie": "高龄津贴", "xianrenshe": "县人社局"} {
		found := learnt.Look(keys, pinyin.Options{})
		at := slices.IndexFunc(found, func(c pinyin.Candidate) bool { return c.Text == want })
		if at < 0 || at > 2 {
			t.Errorf("%s: %s stands at %d", keys, want, at)
		}
	}
}

func TestRegions(t *testing.T) {
	c := demo(t)
	for _, tc := range []struct {
		code, root  string
		leaf, known bool
	}{
		{"990301101201", "", true, true},
		{"990301101201", "990301101000", true, true},
		{"990301101201", "990301101201", true, true},
		{"990301101201", "990301100000", false, false},
		{"990301101000", "990301000000", false, true},
		{"990301000000", "990301101000", false, false},
		{"110101000000", "", false, false},
	} {
		if leaf, known := c.Division(tc.code, tc.root); leaf != tc.leaf || known != tc.known {
			t.Errorf("%s below %q: leaf %v known %v", tc.code, tc.root, leaf, known)
		}
	}
	if r, ok := c.Find("990301101000"); !ok || r.Name[text.Chinese] != "柳林镇" || len(r.Children) < 4 {
		t.Errorf("柳林镇 is %v", r.Name)
	}
	if c.Path("110101000000") != nil {
		t.Error("a path to nowhere")
	}
}

func day(s string) time.Time {
	d, err := time.Parse("2006-01-02", s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestWorkingDays(t *testing.T) {
	calendar := demo(t).Holidays
	for _, tc := range []struct {
		from string
		n    int
		end  string
	}{
		{"2026-11-20", 1, "2026-11-23"}, // Friday to Monday
		{"2026-11-20", 0, "2026-11-20"},
		{"2026-11-21", 1, "2026-11-23"},
		{"2026-09-30", 1, "2026-10-08"}, // over National Day
		{"2026-09-30", 3, "2026-10-10"}, // a working Saturday counts
		{"2026-02-13", 1, "2026-02-14"}, // the Saturday before Spring Festival is worked
		{"2026-02-13", 2, "2026-02-24"},
		{"2026-12-31", 1, "2027-01-04"},
		{"2026-11-22", -3, "2026-11-22"},
	} {
		if got := calendar.AddWorkingDays(day(tc.from), tc.n).Format("2006-01-02"); got != tc.end {
			t.Errorf("%s and %d working days is %s, want %s", tc.from, tc.n, got, tc.end)
		}
	}
	if !calendar.Covers(day("2027-06-01")) || calendar.Covers(day("2036-01-01")) {
		t.Error("the calendar covers 2026 and 2027")
	}
	rapid.Check(t, func(t *rapid.T) {
		from := day("2026-01-01").AddDate(0, 0, rapid.IntRange(0, 720).Draw(t, "day"))
		n := rapid.IntRange(1, 60).Draw(t, "n")
		to := calendar.AddWorkingDays(from, n)
		if !calendar.IsWorking(to) {
			t.Fatalf("%v is no working day", to)
		}
		if got := calendar.WorkingDays(from, to); got != n {
			t.Fatalf("from %v to %v are %d working days, want %d", from, to, got, n)
		}
		if got := calendar.WorkingDays(to, from); got != -n {
			t.Fatalf("backwards are %d working days, want %d", got, -n)
		}
	})
}
