package catalogue_test

import (
	"bytes"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"bianmin/assets"
	"bianmin/core/catalogue"
)

// small is a catalogue of one item that a test may break.
func small(t testing.TB) fstest.MapFS {
	t.Helper()
	folder := fstest.MapFS{}
	for _, name := range []string{"catalogue.json", "items/pension-certification.json", "files/household-page.png"} {
		content, err := fs.ReadFile(assets.Catalogue(), name)
		if err != nil {
			t.Fatal(err)
		}
		folder[name] = &fstest.MapFile{Data: content}
	}
	main := string(folder["catalogue.json"].Data)
	from, to := strings.Index(main, `{
      "code": "medical"`), strings.Index(main, `  ],
  "calendar"`)
	if from < 0 {
		from = strings.Index(main, `{"code": "medical"`)
	}
	if from < 0 || to < from {
		t.Fatal("the demo's categories are written in another way")
	}
	main = strings.TrimRight(main[:from], " \n,") + "\n" + main[to:]
	folder["catalogue.json"] = &fstest.MapFile{Data: []byte(main)}
	if messages := catalogue.Check(folder); len(messages) > 0 {
		t.Fatalf("the small catalogue is broken from the start:\n%v", messages)
	}
	return folder
}

const pension = "items/pension-certification.json"

func TestBrokenCatalogues(t *testing.T) {
	cases := []struct {
		name, file, old, with string
		at, pointer, reason   string // at "" is file
	}{
		{"unknown name", pension, `"keywords"`, `"keyword"`, "", "/keyword", `did you mean "keywords"`},
		{"name in another case", pension, `"keywords"`, `"Keywords"`, "", "/Keywords", `did you mean "keywords"`},
		{"name twice", pension, `"version": "2026.1",`, `"version": "2026.1", "version": "2026.2",`, "", "", `"version" is there twice`},
		{"text without language", pension, `"result": {"zh": "认证通过，养老金照常发放", "en": "Certified: your pension goes on"}`, `"result": "ok"`, "", "/result", "must be a text in languages"},
		{"unknown language", pension, `{"zh": "养老待遇资格认证", "en"`, `{"zh": "养老待遇资格认证", "fr"`, "", "/shortName/fr", "no language"},
		{"no Chinese", pension, `"shortName": {"zh": "养老待遇资格认证", "en"`, `"shortName": {"en"`, "", "/shortName", "Chinese"},
		{"null", pension, `"shortName": {"zh": "养老待遇资格认证", "en": "Pension certification"}`, `"shortName": null`, "", "/shortName", "leave it out"},
		{"number as text", pension, `"promisedWorkingDays": 3`, `"promisedWorkingDays": "3"`, "", "/limits/promisedWorkingDays", "must be a number"},
		{"half a day", pension, `"promisedWorkingDays": 3`, `"promisedWorkingDays": 2.5`, "", "/limits/promisedWorkingDays", "whole number"},
		{"longer than the law allows", pension, `"promisedWorkingDays": 3`, `"promisedWorkingDays": 30`, "", "/limits/promisedWorkingDays", "longer than the statutory"},
		{"at once after three days", pension, `"instant": false`, `"instant": true`, "", "/instant", "at once means 0"},
		{"control character", pension, `养老待遇资格认证`, `养老\u001b待遇`, "", "/shortName/zh", "control character"},
		{"text cut off", pension, `"crossRegion"`, "\x00", "", "", "is not JSON: line"},
		{"dangling category", pension, `"categories": ["elderly"]`, `"categories": ["old"]`, "", "/categories/0", "no category"},
		{"category left empty", pension, `"categories": ["elderly"]`, `"categories": ["old"]`, "catalogue.json", "/categories/0", "no item is in"},
		{"unknown audience", pension, `"audience": ["person"]`, `"audience": ["people"]`, "", "/audience/0", "none of"},
		{"unknown division", pension, `"region": "990301000000"`, `"region": "110101000000"`, "", "/region", "no division"},
		{"credit code too short", pension, `"creditCode": "`, `"creditCode": "9`, "", "/department/creditCode", "no unified social credit code"},
		{"unknown source", pension, `"source": "card"`, `"source": "pocket"`, "", "/materials/0/source", "none of"},
		{"item code too long for a receipt", pension, `"code": "11990301MB3010378U4992030001001"`, `"code": "11990301MB3010378U499203000100111990301MB3010378U499203000100"`, "", "/code", "a receipt's code holds at most 60"},
		{"material twice", pension, `"code": "SSC"`, `"code": "ID"`, "", "/materials/1/code", "there twice"},
		{"file that is not there", pension, `household-page.png`, `no-such.png`, "", "/materials/2/sample", "is not there"},
		{"file outside", pension, `household-page.png`, `../catalogue.json`, "", "/materials/2/sample", "no name of a file"},
		{"promise for nothing", pension, `"source": "card"`, `"promise": true, "source": "card"`, "", "/materials/0/promise", "no promise"},
		{"condition of a material on an unknown field", pension, `"source": "card"`, `"when": {"field": "shoe", "filled": true}, "needed": {"zh": "有鞋时"}, "source": "card"`, "", "/materials/0/when/field", "no field"},
		{"condition without words", pension, `"source": "card"`, `"when": {"field": "phone", "filled": true}, "source": "card"`, "", "/materials/0/needed", "in words"},
		{"unknown channel", pension, `"kind": "terminal"`, `"kind": "telepathy"`, "", "/channels/0/kind", "none of"},
		{"unknown delivery", pension, `"delivery": ["sms"]`, `"delivery": ["pigeon"]`, "", "/delivery/0", "none of"},
		{"fee of nothing", pension, `"fees": []`, `"fees": [{"name": {"zh": "费"}, "fen": 0, "basis": "x"}]`, "", "/fees/0/fen", "more than 0"},
		{"no phone", pension, `"complaint": "12345"`, `"complaint": "call us"`, "", "/contact/complaint", "no phone number"},
		{"unknown kind", pension, `"kind": "phone"`, `"kind": "telephone"`, "", "/form/pages/1/fields/1/kind", "no kind of field"},
		{"schema that does not compile", pension, `"maxLength": 20`, `"maxLength": -1`, "", "/form/schema/properties/phone/maxLength", "does not compile"},
		{"condition naming an unknown field", pension, `"label": {"zh": "手机号码", "en": "Mobile number"},`, `"label": {"zh": "手机号码", "en": "Mobile number"}, "when": {"field": "shoe", "filled": true},`, "", "/form/pages/1/fields/1/when/field", "no field"},
		{"choice that begins nowhere", pension, `"name": "residence",`, `"name": "residence", "root": "110101000000",`, "", "/form/pages/1/fields/2/root", "no division"},
		{"newer format", "catalogue.json", `"format": 1`, `"format": 2`, "", "/format", "reads formats up to 1"},
		{"no format", "catalogue.json", `"format": 1,`, ``, "", "/format", "must be 1"},
		{"division twice", "catalogue.json", `"990301100002"`, `"990301100001"`, "", "/region/children/0/children/1/code", "already the code"},
		{"division of eleven digits", "catalogue.json", `"990301100002"`, `"99030110002"`, "", "/region/children/0/children/1/code", "12 digits"},
		{"village above a town", "catalogue.json", `"level": "town"`, `"level": "county"`, "", "/region/children/0/level", "does not lie below"},
		{"no such day", "catalogue.json", `"2026-01-01"`, `"2026-13-01"`, "", "/calendar/resting/0", "no date"},
		{"working weekday", "catalogue.json", `"working": ["2026-01-04"`, `"working": ["2026-01-05"`, "", "/calendar/working/0", "no weekend day"},
		{"resting and working", "catalogue.json", `"working": ["2026-01-04"`, `"working": ["2026-01-03"`, "", "/calendar/working/0", "resting too"},
	}
	sound := small(t)
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			folder := maps.Clone(sound)
			changed := strings.Replace(string(folder[tc.file].Data), tc.old, tc.with, 1)
			if changed == string(folder[tc.file].Data) {
				t.Fatalf("%s does not hold %s", tc.file, tc.old)
			}
			folder[tc.file] = &fstest.MapFile{Data: []byte(changed)}
			if _, err := catalogue.Load(folder); err == nil {
				t.Fatal("loaded")
			}
			want(t, folder, tc.file, tc.at, tc.pointer, tc.reason)
		})
	}
}

func want(t *testing.T, folder fs.FS, file, at, pointer, reason string) {
	t.Helper()
	if at == "" {
		at = file
	}
	messages := catalogue.Check(folder)
	for _, m := range messages {
		if m.File == at && m.Pointer == pointer && strings.Contains(m.Reason, reason) {
			return
		}
	}
	t.Errorf("want %s: %s: …%s…, got\n%v", at, pointer, reason, messages)
}

func TestBrokenFolders(t *testing.T) {
	sound := small(t)
	change := func(name string, content []byte) fs.FS {
		folder := maps.Clone(sound)
		if content == nil {
			delete(folder, name)
		} else {
			folder[name] = &fstest.MapFile{Data: content}
		}
		return folder
	}
	item := sound[pension].Data
	want(t, change("catalogue.json", nil), "catalogue.json", "", "", "cannot be read")
	want(t, change(pension, nil), "items", "", "", "cannot be read")
	want(t, change("items/second.json", item), "items/second.json", "", "/code", "already the code of "+pension)
	want(t, change("items/notes.txt", []byte("x")), "items/notes.txt", "", "", "does not belong here")
	want(t, change("items/empty.json", []byte("")), "items/empty.json", "", "", "ends too early")
	want(t, change("items/list.json", []byte("[]")), "items/list.json", "", "", "must be an object")
	want(t, change("items/two.json", append(bytes.Clone(item), item...)), "items/two.json", "", "", "more follows")
	want(t, change("items/deep.json", bytes.Repeat([]byte("["), 100000)), "items/deep.json", "", "", "nested more than")
	want(t, change("items/large.json", bytes.Repeat([]byte(" "), 5<<20)), "items/large.json", "", "", "larger than 4 MB")
	if _, err := catalogue.Load(change("items/mark.json", []byte("\ufeff"+strings.Replace(string(item), "4992030001001", "4992030099001", 1)))); err != nil {
		t.Errorf("a byte order mark is refused: %v", err)
	}
}

// TestTruncated cuts the files at many places: always a message, never a panic or half a catalogue.
func TestTruncated(t *testing.T) {
	sound := small(t)
	for _, name := range []string{"catalogue.json", pension} {
		content := sound[name].Data
		for cut := 0; cut < len(bytes.TrimSpace(content)); cut += 37 {
			folder := maps.Clone(sound)
			folder[name] = &fstest.MapFile{Data: content[:cut]}
			messages := catalogue.Check(folder)
			if len(messages) == 0 {
				t.Fatalf("%s cut after %d bytes is sound", name, cut)
			}
			if !strings.Contains(messages.Error(), name+": is not JSON: line ") {
				t.Fatalf("%s cut after %d bytes: %v", name, cut, messages)
			}
		}
	}
}

func TestAllMessagesAtOnce(t *testing.T) {
	folder := small(t)
	content := string(folder[pension].Data)
	for old, with := range map[string]string{`"level": "county"`: `"level": "moon"`} {
		content = strings.Replace(content, old, with, 1)
	}
	content = strings.Replace(content, `"kind": "phone"`, `"kind": "telephone"`, 1)
	content = strings.Replace(content, `"complaint": "12345"`, `"complaint": ""`, 1)
	folder[pension] = &fstest.MapFile{Data: []byte(content)}
	if messages := catalogue.Check(folder); len(messages) != 3 {
		t.Errorf("want three messages, got\n%v", messages)
	}
}

func FuzzLoad(f *testing.F) {
	sound := small(f)
	f.Add(sound["catalogue.json"].Data, sound[pension].Data)
	f.Add([]byte(`{"format":1,"region":{"children":[{}]}}`), []byte(`{"form":{"schema":{"$ref":"#"},"pages":[{"fields":[{"when":{"not":{}}}]}]}}`))
	f.Add([]byte(`{"format":9}`), []byte(`{"materials":[{"when":{"all":[{"any":[]}]}}]}`))
	f.Fuzz(func(t *testing.T, main, item []byte) {
		folder := fstest.MapFS{"catalogue.json": {Data: main}, "items/a.json": {Data: item}, "files/household-page.png": {}}
		c, err := catalogue.Load(folder)
		if (err == nil) != (len(catalogue.Check(folder).Faults()) == 0) {
			t.Fatalf("Load and Check disagree: %v", err)
		}
		if err != nil {
			return
		}
		for _, one := range c.Items {
			c.Form(one.Code).Visible(nil)
			c.NeededMaterials(one, nil)
		}
		c.Searcher(nil).Search("a")
	})
}

// TestSocialCardLocksNothingElse: a form that locks what a social-security card does not say cannot be met with one.
func TestSocialCardLocksNothingElse(t *testing.T) {
	for address, want := range map[string]int{"card.address": 1, "card.number": 0} {
		folder := small(t)
		content := strings.Replace(string(folder[pension].Data), `"instant": false`, `"instant": false, "socialCard": true`, 1)
		content = strings.Replace(content, `"prefill": "card.name"`, `"prefill": "`+address+`"`, 1)
		folder[pension] = &fstest.MapFile{Data: []byte(content)}
		messages := catalogue.Check(folder)
		if len(messages) != want || want == 1 && (messages[0].Pointer != "/form/pages/0/fields/0/locked" || !strings.Contains(messages[0].Reason, "does not say card.address")) {
			t.Errorf("%s locked: %v", address, messages)
		}
	}
}
