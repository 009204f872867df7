package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/platform/registry"
)

// TestActMistakes: what is wrong with an act is said in words, and nothing is written.
func TestActMistakes(t *testing.T) {
	dir := t.TempDir()
	if out, err := run(t, "enrol", "new", "--data", dir, "--url", "https://p", "--terminal", "QH0301", "--point", "村", "--region", "990301001201"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	number, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0301", Generation: "A", Date: "2026-11-22", Sequence: 1})
	if err != nil {
		t.Fatal(err)
	}
	points := filepath.Join(dir, "points.json")
	if err := os.WriteFile(points, []byte(`[{"id":"a","text":"一"},{"id":"a","text":"二"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	visit := "appoint --terminal QH0301 --kind visit --village 村 --address 3组 --name 王小丫 --time 09:30 --date 2026-11-26"
	for line, wanted := range map[string]string{
		"N praise":                                           "no act",
		"N accept":                                           "needs the department",
		"N accept --department D":                            "no such case",
		"X accept --department D":                            "not well written",
		"accept --department D":                              "needs a case",
		"N accept --department D --way x":                    "does not belong",
		"N progress --department D":                          "waiting, working",
		"N return":                                           "at least one point",
		"N return --point page=1,text=看不清":                   "page of no material",
		"N return --point 看不清":                               "text=",
		"N return --point page=x,text=看不清":                   "a number",
		"N return --point colour=x,text=看不清":                 "not \"colour\"",
		"N return --point text=":                             "needs a text",
		"N return --point text=缺页 --days 0":                  "working days",
		"N return --points nowhere":                          "no such file",
		"N return --points P":                                "id of its own",
		"N finish":                                           "needs the result",
		"N finish --result r --way drone":                    "pickup, print",
		"N finish --result r --issuer x":                     "--way print",
		"N finish --result r --way print --document nowhere": "no such file",
		"N reject":                                           "needs a reason",
		"N pay --state due --fen 100":                        "a name",
		"N pay --name 工本费 --state due":                       "in fen",
		"N pay --name 工本费 --fen -5 --state due":              "in fen",
		"N pay --name 工本费 --fen 5":                           "due, paid",
		"N pay --name 工本费 --fen 5 --state paid":              "official receipt",
		"N pay --name 工本费 --fen 5 --state due --receipt 1":   "has a receipt",
		"N pay --name 工本费 --fen 5 --state due --date 明天":     "the day",
		"N pay --name 工本费 --fen 5 --state due --id x":        "no such payment",
		"pay --name 工本费 --fen 5 --state due":                 "needs a case",
		"N appoint":                     "the date",
		"N " + visit:                    "not both",
		visit:                           "no desk",
		visit + " --state moved":        "--id",
		visit + " --id x":               "--id",
		visit + " --id x --state moved": "no such appointment",
		visit + " --time 25:00":         "the time",
		visit + " --date 冬月初五":          "the date",
		visit + " --address=":           "village and address",
	} {
		args := strings.Fields(line)
		for i, a := range args {
			switch a {
			case "N":
				args[i] = string(number)
			case "P":
				args[i] = points
			}
		}
		if out, err := run(t, append([]string{"act", "--data", dir}, args...)...); err == nil || !strings.Contains(err.Error(), wanted) {
			t.Errorf("%s: %v, want %q\n%s", line, err, wanted, out)
		}
	}
	reg, err := registry.OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	if all, err := reg.Updates(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d updates were written, %v", len(all), err)
	}
}
