package catalogue_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/identity"
	"bianmin/core/text"
)

const answers = "../../assets/testdata/answers"

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func demo(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// person is an invented card, old enough for every item.
func person(t testing.TB) *identity.Card {
	t.Helper()
	first := "99030119400307002"
	digit, err := identity.NumberCheckDigit(first)
	if err != nil {
		t.Fatal(err)
	}
	return &identity.Card{
		Kind: identity.Resident, Name: "柳月娥", Sex: "2", Nation: "01", Number: first + string(digit),
		Birth: identity.Date{Year: 1940, Month: 3, Day: 7}, Address: "青禾县柳林镇柳树沟村三组12号", Issuer: "青禾县公安局",
	}
}

func TestDemoIsSound(t *testing.T) {
	for _, m := range catalogue.Check(assets.Catalogue()) {
		t.Error(m)
	}
	c := demo(t)
	if len(c.Items) < 14 {
		t.Errorf("only %d items", len(c.Items))
	}
	if path := c.Path("990301101201"); len(path) != 3 || path[2].Name[text.Chinese] != "柳树沟村" {
		t.Errorf("柳树沟村 is at %v", path)
	}
}

// TestDemoSpeaksEnglish wants both languages in every text of every item.
func TestDemoSpeaksEnglish(t *testing.T) {
	err := fs.WalkDir(assets.Catalogue(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".json" {
			return err
		}
		content, err := fs.ReadFile(assets.Catalogue(), name)
		if err != nil {
			return err
		}
		var tree any
		if err := json.Unmarshal(content, &tree); err != nil {
			return err
		}
		bilingual(t, name, tree)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func bilingual(t *testing.T, at string, tree any) {
	switch v := tree.(type) {
	case map[string]any:
		if zh, ok := v["zh"].(string); ok {
			if en, _ := v["en"].(string); en == "" {
				t.Errorf("%s: %q has no English", at, zh)
			}
			return
		}
		for name, inner := range v {
			bilingual(t, at+"/"+name, inner)
		}
	case []any:
		for _, inner := range v {
			bilingual(t, at, inner)
		}
	}
}

// TestEveryDemoFormCanBeFilled fills each form by its prefill and the sample answers.
func TestEveryDemoFormCanBeFilled(t *testing.T) {
	c := demo(t)
	kinds := map[form.Kind]bool{}
	files, err := fs.Glob(assets.Catalogue(), "items/*.json")
	if err != nil || len(files) != len(c.Items) {
		t.Fatalf("%d files, %d items: %v", len(files), len(c.Items), err)
	}
	for i, item := range c.Items {
		t.Run(path.Base(files[i]), func(t *testing.T) {
			content, err := os.ReadFile(path.Join(answers, path.Base(files[i])))
			if err != nil {
				t.Fatal(err)
			}
			var sample form.Values
			if err := json.Unmarshal(content, &sample); err != nil {
				t.Fatal(err)
			}
			f := c.Form(item.Code)
			env := form.Env{Card: person(t), Region: "990301101201", Today: today, Regions: c}
			values := f.Prefill(env)
			for name, value := range sample {
				if values, err = f.Set(values, name, value, env); err != nil {
					t.Fatal(err)
				}
			}
			for _, p := range f.Validate(values, env) {
				t.Errorf("%+v", p)
			}
			for _, p := range f.Warnings(values) {
				t.Errorf("warning %+v", p)
			}
			final, asked := f.Final(values), 0
			for _, field := range f.Visible(values) {
				kinds[field.Kind] = true
				if _, ok := final[field.Name]; !ok && !field.Optional {
					t.Errorf("%s is visible but not filed", field.Name)
				}
			}
			for name := range sample {
				if _, ok := final[name]; !ok {
					t.Errorf("the sample answers %s, which is not asked", name)
				}
			}
			for _, field := range f.Questions(values, env) {
				asked++
				if len(field.Ask) == 0 && field.Prefill == "" {
					t.Errorf("%s has no question", field.Name)
				}
				if n := len([]rune(field.Ask[text.Chinese])); n > 24 {
					t.Errorf("%s: a question of %d characters is too long", field.Name, n)
				}
			}
			if strings.Contains(files[i], "pension") && asked != 4 {
				t.Errorf("the pension certification asks %d questions, not 4", asked)
			}
			if len(c.NeededMaterials(item, values)) == 0 {
				t.Error("no material is needed")
			}
		})
	}
	for _, kind := range form.Kinds() {
		if !kinds[kind] {
			t.Errorf("no demo form has a field of kind %s", kind)
		}
	}
}

func TestDemoNavigation(t *testing.T) {
	c := demo(t)
	all := c.InCategory("")
	if len(all) != len(c.Items) {
		t.Errorf("all items are %d of %d", len(all), len(c.Items))
	}
	for _, category := range c.Categories {
		if len(c.InCategory(category.Code)) == 0 {
			t.Errorf("category %s is empty", category.Code)
		}
	}
	if n := len(c.ByAudience(catalogue.AudienceOrganisation)); n < 2 || n >= len(c.Items) {
		t.Errorf("%d items for organisations", n)
	}
	if !slices.Contains(c.LifeEvents(), "出生") || len(c.ByLifeEvent("出生")) < 2 {
		t.Errorf("life events: %v", c.LifeEvents())
	}
	departments := c.Departments()
	if len(departments) < 6 {
		t.Errorf("only %d departments", len(departments))
	}
	for _, d := range departments {
		if len(c.ByDepartment(d.CreditCode)) == 0 {
			t.Errorf("department %s has no items", d.CreditCode)
		}
	}
	if _, ok := c.Item("no such"); ok {
		t.Error("an item that does not exist was found")
	}
	if item, ok := c.Item(c.Items[0].Code); !ok || item != c.Items[0] {
		t.Error("the first item is not found by its code")
	}
}

// BenchmarkLoad reads a catalogue of a real county's size: 312 items.
func BenchmarkLoad(b *testing.B) {
	folder := fstest.MapFS{}
	err := fs.WalkDir(assets.Catalogue(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(assets.Catalogue(), name)
		folder[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	names, err := fs.Glob(folder, "items/*.json")
	if err != nil {
		b.Fatal(err)
	}
	for i := len(names); i < 312; i++ {
		content := folder[names[i%len(names)]].Data
		content = bytes.Replace(content, []byte(`"code": "`), fmt.Appendf(nil, `"code": "C%d-`, i), 1)
		folder[fmt.Sprintf("items/copy%d.json", i)] = &fstest.MapFile{Data: content}
	}
	for b.Loop() {
		if _, err := catalogue.Load(folder); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSummariesNameWhatIsThere: a tile must not promise a service that is not behind it.
func TestSummariesNameWhatIsThere(t *testing.T) {
	c := demo(t)
	for _, category := range c.Categories {
		for name := range strings.SplitSeq(category.Summary[text.Chinese], "、") {
			if !slices.ContainsFunc(c.InCategory(category.Code), func(i *catalogue.Item) bool {
				return strings.Contains(i.Name[text.Chinese]+" "+i.ShortName[text.Chinese]+" "+strings.Join(i.Keywords, " "), name)
			}) {
				t.Errorf("%s names %s, which none of its items is called", category.Code, name)
			}
		}
	}
}

// TestDemoKeepsItsPromises: who is promised a text message is asked for a phone, and who may apply is said once.
func TestDemoKeepsItsPromises(t *testing.T) {
	said := map[string]string{}
	for _, item := range demo(t).Items {
		phone := false
		for _, page := range item.Form.Pages {
			for _, field := range page.Fields {
				phone = phone || field.Kind == form.KindPhone
			}
		}
		if slices.Contains(item.Delivery, "sms") && !phone {
			t.Errorf("%s: a text message is promised and no phone is asked", item.Name[text.Chinese])
		}
		for _, condition := range item.Conditions {
			if item.CrossRegion && strings.Contains(condition[text.Chinese], "本县户口") {
				t.Errorf("%s: only for people of this county, and for everybody", item.Name[text.Chinese])
			}
		}
		for _, material := range item.Materials {
			if material.Source == catalogue.SourcePlatform && material.Filling[text.Chinese] != "" {
				said[item.Name[text.Chinese]] = material.Filling[text.Chinese]
			}
		}
	}
	if len(said) > 0 {
		t.Errorf("the screen says itself what the platform holds: %v", said)
	}
}
