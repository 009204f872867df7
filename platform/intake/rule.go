package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/goccy/go-yaml"

	"bianmin/core/casefile"
	"bianmin/platform/registry"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// Rules are what items allow, as data: a YAML list.
type Rules []Rule

// Rule says what a submission of an item must be.
type Rule struct {
	Item    string            `yaml:"item"`    // item code; "*" for every item
	Once    string            `yaml:"once"`    // "year", "month" or "ever": once per applicant and period of business dates; "" for no limit
	Require []string          `yaml:"require"` // values that must be there and not empty
	Refuse  map[string]string `yaml:"refuse"`  // value → content that is refused
	Reason  string            `yaml:"reason"`  // for people, Chinese
}

// ReadRules reads rules from a file; none when it does not exist.
func ReadRules(path string) (Rules, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the rules: %w", err)
	}
	var rules Rules
	if err := yaml.UnmarshalWithOptions(content, &rules, yaml.DisallowUnknownField()); err != nil {
		return nil, fmt.Errorf("read the rules of %s: %w", path, err)
	}
	for i, r := range rules {
		if r.Item == "" || r.Reason == "" || !strings.Contains("|year|month|ever||", "|"+r.Once+"|") {
			return nil, fmt.Errorf("read the rules of %s: rule %d needs item and reason, and once is year, month or ever", path, i+1)
		}
	}
	return rules, nil
}

// caseBelongs checks the case number: well written, and of the event's terminal
// and generation when the event opens the case.
func caseBelongs(e casefile.Event, opens bool) bool {
	parts, err := casefile.ParseNumber(string(e.Case))
	if err != nil {
		return false
	}
	return !opens || (parts.Terminal == e.Terminal && parts.Generation == e.Generation)
}

// judge applies the rules to a submission: a refusal, or what has to be claimed.
func (rules Rules) judge(e casefile.Event) (*no, []registry.Claim) {
	var claims []registry.Claim
	for i, r := range rules {
		if r.Item != "*" && r.Item != e.Submission.Item.Code {
			continue
		}
		var values map[string]any
		if err := json.Unmarshal(e.Submission.Values, &values); err != nil {
			return &no{wire.RefusedRule, "申请表内容无法读取"}, nil
		}
		for _, name := range r.Require {
			if v, there := values[name]; !there || v == nil || v == "" {
				return &no{wire.RefusedRule, r.Reason}, nil
			}
		}
		for name, refused := range r.Refuse {
			if v, there := values[name]; there && fmt.Sprint(v) == refused {
				return &no{wire.RefusedRule, r.Reason}, nil
			}
		}
		if r.Once != "" {
			claims = append(claims, registry.Claim{Rule: fmt.Sprintf("%d %s", i+1, r.Item), Key: claimKey(r, e), Reason: r.Reason})
		}
	}
	return nil, claims
}

// applicantKey is a digest that is the same for all applications of a person.
func applicantKey(e casefile.Event) string {
	return seal.Digest([]byte("applicant\x00" + e.Submission.Applicant.Number))
}

// claimKey is a digest, so that the database tells nothing about the applicant.
func claimKey(r Rule, e casefile.Event) string {
	period := map[string]int{"year": 4, "month": 7}[r.Once]
	period = min(period, len(e.At.BusinessDate))
	return seal.Digest([]byte(e.Submission.Item.Code + "\x00" + e.Submission.Applicant.Number + "\x00" + e.At.BusinessDate[:period]))
}
