package assets_test

import (
	"slices"
	"strings"
	"testing"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/form"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/sync/channel"
	"bianmin/sync/uplink"
)

func catalog(t *testing.T) *text.Catalog {
	t.Helper()
	c, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLanguagesHaveTheSameKeysAndPlaceholders(t *testing.T) {
	c := catalog(t)
	if got := c.Languages(); len(got) < 2 {
		t.Fatalf("languages: %v", got)
	}
	for _, lang := range c.Languages() {
		for _, key := range c.Keys(lang) {
			for _, other := range c.Languages() {
				if !c.Has(other, key) {
					t.Errorf("%s has %s, %s has not", lang, key, other)
					continue
				}
				want := placeholders(c, text.Chinese, key)
				if got := placeholders(c, other, key); !slices.Equal(got, want) {
					t.Errorf("%s in %s has placeholders %v, in Chinese %v", key, other, got, want)
				}
			}
		}
	}
}

func placeholders(c *text.Catalog, lang text.Lang, key string) []string {
	var all []string
	for _, template := range c.Templates(lang, key) {
		all = append(all, text.Placeholders(template)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestTemplatesAreWellFormed(t *testing.T) {
	c := catalog(t)
	for _, lang := range c.Languages() {
		for _, key := range c.Keys(lang) {
			for _, template := range c.Templates(lang, key) {
				if strings.Count(template, "{") != strings.Count(template, "}") || strings.Contains(template, "{}") {
					t.Errorf("%s %s: braces do not pair: %q", lang, key, template)
				}
				if strings.TrimSpace(template) != template && key != "material.join" && key != "guide.colon" && key != "guide.aside" {
					t.Errorf("%s %s: space at an end: %q", lang, key, template)
				}
				if lang == text.English && key != "header.language" && key != "button.chinese" && key != "desk.button.language" && strings.ContainsFunc(template, han) {
					t.Errorf("%s %s: Chinese in the English words: %q", lang, key, template)
				}
				for _, word := range systemWords {
					if strings.Contains(template, word) {
						t.Errorf("%s %s: %q is the system's language, not a villager's: %q", lang, key, word, template)
					}
				}
			}
		}
	}
}

func han(r rune) bool { return r >= 0x3400 && r <= 0x9FFF }

// systemWords are terms no screen may use: what happens next is said in people's words.
var systemWords = []string{"入队", "队列", "同步", "数据库", "异常", "错误码", "提交成功", "上传", "服务器", "接口", "串口", "error code", "queue", "upload", "sync", "server", "database"}

func TestEveryFaultAndReasonHasWords(t *testing.T) {
	c := catalog(t)
	roles := []drivers.Role{drivers.RoleReader, drivers.RolePrinter, drivers.RoleScanner, drivers.RoleButton, drivers.RoleDocument}
	every := []drivers.Fault{drivers.FaultUnplugged, drivers.FaultSilent, drivers.FaultProtocol, drivers.FaultDevice, drivers.FaultNotPermitted, drivers.FaultBusy, drivers.FaultCancelled}
	own := map[drivers.Role][]drivers.Fault{
		drivers.RoleReader:  {drivers.FaultAmbiguous, drivers.FaultCard, drivers.FaultCardDoubt},
		drivers.RoleButton:  {drivers.FaultAmbiguous},
		drivers.RolePrinter: {drivers.FaultAmbiguous, drivers.FaultPaperOut, drivers.FaultCoverOpen, drivers.FaultCutter, drivers.FaultOverheated, drivers.FaultJam},
		drivers.RoleScanner: {drivers.FaultNoDocument, drivers.FaultJam, drivers.FaultCoverOpen, drivers.FaultMissingTool},
		drivers.RoleDocument: {
			drivers.FaultPaperOut, drivers.FaultCoverOpen, drivers.FaultJam, drivers.FaultTonerEmpty, drivers.FaultFormat, drivers.FaultAborted,
		},
	}
	var keys []string
	for _, role := range roles {
		keys = append(keys, "device."+string(role), "fault.title."+string(role), "fault.after."+string(role))
		for _, fault := range append(append([]drivers.Fault{}, every...), own[role]...) {
			prefix := "fault." + string(role) + "." + string(fault)
			keys = append(keys, prefix+".means", prefix+".do")
		}
	}
	for _, code := range []casefile.Code{casefile.NotEnrolled, casefile.Restored, casefile.Replaced, casefile.ClockDoubt, casefile.DiskFull, casefile.ReadOnly, casefile.Damaged, casefile.NewerDatabase, casefile.Internal, "catalogue", "trial"} {
		keys = append(keys, "service.reason."+string(code))
	}
	for _, condition := range []drivers.Condition{drivers.Online, drivers.Offline, drivers.NoDevice, drivers.HardwareError, drivers.UserError, drivers.Busy} {
		keys = append(keys, "staff.condition."+string(condition))
	}
	for _, paper := range []drivers.Paper{drivers.PaperUnknown, drivers.PaperFull, drivers.PaperLow, drivers.PaperOut, drivers.PaperJammed} {
		keys = append(keys, "staff.paper."+string(paper))
	}
	for _, quality := range []drivers.Quality{drivers.QualityGood, drivers.QualityBlank, drivers.QualityBlurred, drivers.QualityDark, drivers.QualitySkewed} {
		keys = append(keys, "materials.quality."+string(quality), "materials.quality-do."+string(quality))
	}
	keys = append(keys, "materials.camera.place", "materials.camera.dark", "materials.camera.blurred")
	for _, code := range append(form.ProblemCodes(), form.WarningCreditCode) {
		keys = append(keys, "form.problem."+code)
	}
	for _, key := range keys {
		if !c.Has(text.Chinese, key) {
			t.Errorf("no words for %s", key)
		}
	}
}

// TestEveryReasonHasWords: whatever keeps a terminal from the platform, people are told what it is and what to do.
func TestEveryReasonHasWords(t *testing.T) {
	catalog := catalog(t)
	for _, lang := range []text.Lang{text.Chinese, text.English} {
		for _, hold := range []string{uplink.HoldQuiet, uplink.HoldMetered, uplink.HoldForms} {
			if !catalog.Has(lang, "hold."+hold) {
				t.Errorf("%s: no words for hold.%s", lang, hold)
			}
		}
		for _, reason := range append(channel.Reasons(), uplink.ProblemStore) {
			for _, part := range []string{".is", ".do"} {
				if !catalog.Has(lang, "link."+string(reason)+part) {
					t.Errorf("%s: no words for %s%s", lang, reason, part)
				}
			}
		}
	}
}

// TestEveryStateAndStepHasWords: whatever a case came to, and whatever happened to it, a person reads words and no name of the program's.
func TestEveryStateAndStepHasWords(t *testing.T) {
	c := catalog(t)
	for _, state := range []string{
		casefile.StateQueued, casefile.StateAccepted, casefile.StateRefused, casefile.StateProcessing, casefile.StateCorrection, casefile.StateSuspended,
		casefile.StateDone, casefile.StateRejected, casefile.StateDelivered, casefile.StateWithdrawn, casefile.StateEnded, casefile.StateClosed,
	} {
		for _, prefix := range []string{"case.state.", "case.state-more."} {
			if !c.Has(text.Chinese, prefix+state) {
				t.Errorf("no words for %s%s", prefix, state)
			}
		}
	}
	for _, kind := range append(casefile.UpdateKinds(), casefile.Submitted, casefile.Evaluated, casefile.PlatformAccepted, casefile.PlatformRefused) {
		if !c.Has(text.Chinese, "case.event."+string(kind)) {
			t.Errorf("no words for what happened: %s", kind)
		}
	}
}
