package form_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"bianmin/core/catalogue"
	"bianmin/core/form"
)

// TestOnlyAsksWhatIsNamed: a field that depends on another is asked all the same, an optional one must be answered, nothing else is asked.
func TestOnlyAsksWhatIsNamed(t *testing.T) {
	part, err := parent().Only("phone", "born")
	if err != nil {
		t.Fatal(err)
	}
	c, err := form.Compile(part)
	if err != nil {
		t.Fatal(err)
	}
	asked := c.Visible(form.Values{})
	if len(asked) != 2 || asked[0].Name != "born" || asked[1].Name != "phone" {
		t.Fatalf("%+v", asked)
	}
	env := form.Env{Today: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
	if problems := c.Validate(form.Values{"born": "2026-11-01"}, env); len(problems) != 1 || problems[0].Field != "phone" || problems[0].Code != form.ProblemRequired {
		t.Errorf("%+v", problems)
	}
	if problems := c.Validate(form.Values{"born": "2026-11-01", "phone": "1"}, env); len(problems) != 1 || problems[0].Field != "phone" {
		t.Errorf("%+v", problems)
	}
	if problems := c.Validate(form.Values{"born": "2026-11-01", "phone": "13800000000"}, env); len(problems) != 0 {
		t.Errorf("%+v", problems)
	}
	if _, err := parent().Only("phone", "shoe"); !errors.Is(err, form.ErrUnknown) {
		t.Errorf("a field that is not there: %v", err)
	}
}

// TestEveryFieldCanBeAskedAlone: of each item of the demo region's catalogue, each field by itself is a sound form.
func TestEveryFieldCanBeAskedAlone(t *testing.T) {
	set, err := catalogue.Load(os.DirFS("../../assets/demo"))
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, item := range set.Items {
		for _, page := range item.Form.Pages {
			for _, field := range page.Fields {
				part, err := item.Form.Only(field.Name)
				if err == nil {
					_, err = form.Compile(part)
				}
				if err != nil {
					t.Errorf("%s of %s: %v", field.Name, item.Code, err)
				}
				tried++
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d fields were tried", tried)
	}
}
