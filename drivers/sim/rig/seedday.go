package rig

import (
	"bytes"
	"context"
	_ "embed" // the day
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/drivers/sim/rig/plan"
	"bianmin/store"
)

//go:embed day.yaml
var dayFile []byte

// invented is the file of invented days.
type invented struct {
	People map[string]*inventedPerson
	Rules  []map[string]any
	Days   []inventedDay
}

type inventedPerson struct {
	Name, Sex, Birth, Address string
	number                    string
}

type inventedDay struct {
	Ago     int // days
	Say     string
	Offline bool
	Appoint []string // words for "platform act"
	Steps   []plan.Step
}

// SeedSecret opens the agent's account after SeedDay; the agent's own card picks it.
const SeedSecret = "correct horse battery staple"

// agentCard is 李会计's on the bench.
const agentCard = "13"

// SeedBehind is how far the platform's clock must run behind from the start, so that SeedDay can make a past.
func SeedBehind(now time.Time) time.Duration {
	days, err := readDays()
	if err != nil || len(days.Days) == 0 {
		return 0
	}
	return behind(now, days.Days[0].Ago)
}

// behind lets a past day begin in the morning; today is what it is.
func behind(now time.Time, ago int) time.Duration {
	if ago == 0 {
		return 0
	}
	local := now.In(casefile.Zone)
	morning := time.Date(local.Year(), local.Month(), local.Day()-ago, 9, 40, 0, 0, casefile.Zone)
	return now.Sub(morning).Truncate(time.Second)
}

func readDays() (d invented, err error) {
	if err := yaml.UnmarshalWithOptions(dayFile, &d, yaml.DisallowUnknownField()); err != nil {
		return d, fmt.Errorf("read the invented days: %w", err)
	}
	names := make(map[string]bool, len(d.People))
	for _, p := range d.People {
		for serial := 30; p.number == "" || names[p.number]; serial += 2 {
			odd, err := strconv.Atoi(p.Sex)
			if err != nil {
				return d, fmt.Errorf("read the invented days: sex %q: %w", p.Sex, err)
			}
			first := fmt.Sprintf("990301%s%03d", p.Birth, serial+odd%2)
			check, err := identity.NumberCheckDigit(first)
			if err != nil {
				return d, fmt.Errorf("read the invented days: %w", err)
			}
			p.number = first + string(check)
		}
		names[p.number] = true
	}
	return d, nil
}

// SeedDay fills the desk with invented cases in all states: a robot files them at
// the desk's use cases on past days and today, the sender sends them, the department
// acts on them, and what it wrote comes back. The sender runs afterwards, the network is
// cut, the agent's account opens with SeedSecret. say hears what is being done.
func (r *Rig) SeedDay(ctx context.Context, say func(string)) (map[string]casefile.Number, error) {
	days, err := readDays()
	if err != nil {
		return nil, err
	}
	rules, err := yaml.Marshal(days.Rules)
	if err != nil {
		return nil, fmt.Errorf("write the platform's rules: %w", err)
	}
	if err := os.WriteFile(filepath.Join(r.PlatformData(), "rules.yaml"), rules, 0o644); err != nil {
		return nil, fmt.Errorf("write the platform's rules: %w", err)
	}
	s := seeding{rig: r, days: days, now: time.Now(), numbers: map[string]casefile.Number{}}
	if err := s.writeCards(); err != nil {
		return nil, err
	}
	for i := range days.Days {
		say(days.Days[i].Say)
		if err := s.day(ctx, i); err != nil {
			return nil, fmt.Errorf("invent day %d: %w", i+1, err)
		}
	}
	return s.numbers, nil
}

type seeding struct {
	rig     *Rig
	days    invented
	now     time.Time
	numbers map[string]casefile.Number
}

func (s *seeding) card(name string) string {
	if s.days.People[name] == nil {
		return name // a number of the bench
	}
	return s.rig.path("cards", name+".yaml")
}

func (s *seeding) writeCards() error {
	if err := os.MkdirAll(s.rig.path("cards"), 0o755); err != nil {
		return fmt.Errorf("write cards: %w", err)
	}
	for name, p := range s.days.People {
		card, err := yaml.Marshal(map[string]string{
			"name": p.Name, "sex": p.Sex, "nation": "01", "birth": p.Birth, "address": p.Address, "number": p.number,
			"issuer": "青禾县公安局", "from": "20150601", "to": "长期",
		})
		if err != nil {
			return fmt.Errorf("write cards: %w", err)
		}
		if err := os.WriteFile(s.card(name), card, 0o644); err != nil {
			return fmt.Errorf("write cards: %w", err)
		}
	}
	return nil
}

// day lets one invented day pass.
func (s *seeding) day(ctx context.Context, i int) error {
	day := s.days.Days[i]
	if err := s.move(ctx, day); err != nil {
		return err
	}
	for _, line := range day.Appoint {
		if _, err := s.rig.Department(ctx, s.filled(line, day, "")); err != nil {
			return err
		}
	}
	path := s.rig.path(fmt.Sprintf("day-%d.json", i+1))
	if err := s.writePlan(path, day); err != nil {
		return err
	}
	a := s.rig.Accounts.Agent
	robot, err := s.rig.options.launch("deskrobot", s.rig.Env(), "-config", s.rig.Config(), "-bench", s.rig.Stand.Socket(),
		"-account", a.ID, "-code", a.Code, "-secret", SeedSecret, "-card", agentCard, "-dear", "-plan", path)
	if err != nil {
		return err
	}
	if err := robot.Wait(ctx); err != nil {
		robot.Kill()
		return errors.Join(err, fmt.Errorf("%s\nsender:\n%s", robot.Tail(12), s.rig.Sender.Tail(10)))
	}
	for _, line := range robot.all() {
		words := strings.Fields(line)
		if len(words) == 3 && words[0] == "case" {
			s.numbers[words[1]] = casefile.Number(words[2])
		}
	}
	return nil
}

// move brings platform and desk to the day.
func (s *seeding) move(ctx context.Context, day inventedDay) error {
	if day.Offline {
		_, err := s.rig.Stand.Do(ctx, "network cut")
		return err
	}
	s.rig.Sender.Stop()
	// The platform starts anew also where it stands on the day: it reads its rules then. Its clock never goes back.
	if err := s.rig.SetBehind(ctx, min(s.rig.behind, behind(s.now, day.Ago))); err != nil {
		return err
	}
	if err := s.rig.StartSender(); err != nil {
		return err
	}
	return s.rig.waitDate(ctx, s.date(day))
}

func (s *seeding) date(day inventedDay) string {
	return s.now.In(casefile.Zone).AddDate(0, 0, -day.Ago).Format(time.DateOnly)
}

// waitDate waits until the terminal's business date is the given one.
func (r *Rig) waitDate(ctx context.Context, date string) error {
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		today, err := r.businessDate(ctx)
		if err != nil || today == date {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("the desk does not hear of the day: %w\n%s", ctx.Err(), r.Sender.Tail(10))
		}
	}
}

// businessDate is today as the terminal knows it.
func (r *Rig) businessDate(ctx context.Context) (date string, err error) {
	held, err := store.Open(ctx, store.Options{Folder: r.TerminalData(), Clock: store.SystemClock, Check: store.CheckNone})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	clock, err := held.Clock(ctx)
	return clock.Judgement.BusinessDate(), err
}

// writePlan writes a day's steps for the robot.
func (s *seeding) writePlan(path string, day inventedDay) error {
	steps := make([]plan.Step, 0, len(day.Steps))
	for _, step := range day.Steps {
		number := ""
		if p := s.days.People[step.Card]; p != nil {
			number = p.number
		}
		step.Card, step.Number = s.card(step.Card), s.numbers[step.Name]
		raw, err := json.Marshal(step)
		if err != nil {
			return fmt.Errorf("write the plan: %w", err)
		}
		var filled plan.Step
		if err := json.Unmarshal([]byte(s.filled(string(raw), day, number)), &filled); err != nil {
			return fmt.Errorf("write the plan: %w", err)
		}
		steps = append(steps, filled)
	}
	var content bytes.Buffer
	if err := json.NewEncoder(&content).Encode(steps); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	if err := os.WriteFile(path, content.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	return nil
}

var dayPlace = regexp.MustCompile(`\{day([+-]\d+)?\}`)

// filled puts days and the principal's number in.
func (s *seeding) filled(line string, day inventedDay, number string) string {
	line = strings.ReplaceAll(line, "{number}", number)
	return dayPlace.ReplaceAllStringFunc(line, func(place string) string {
		off, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(place, "{day"), "}")) // none is none
		return s.now.In(casefile.Zone).AddDate(0, 0, off-day.Ago).Format(time.DateOnly)
	})
}
