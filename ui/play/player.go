package play

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image/png"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Options are what a player needs.
type Options struct {
	Journey *Journey
	Probe   string                                     // the program's probe socket, or tcp:ADDRESS of another machine
	Hand    Hand                                       // where taps go
	Bench   string                                     // the bench's control socket; "" when there is none
	Shots   string                                     // folder for pictures; "" takes none
	Kill    func(program string) error                 // what kill steps do; nil refuses them
	Step    func(n int, what string)                   // told before each step; may be nil
	Now     func() time.Time                           // the clock
	Pause   func(context.Context, time.Duration) error // waits; nil for real time
}

// Play plays a journey to its end or first failure. The result is never nil.
func Play(ctx context.Context, options Options) (*Result, error) {
	if options.Pause == nil {
		options.Pause = pause
	}
	p := &player{Options: options, eyes: eyes{path: options.Probe}, start: options.Now()}
	defer p.eyes.close()
	p.result = &Result{
		Name: options.Journey.Name, Started: p.start, Steps: []Outcome{},
		Entered: map[string]any{}, Seen: map[string]any{}, Shots: []string{},
	}
	err := p.play(ctx)
	p.result.Took = seconds(p.Now().Sub(p.start))
	if err != nil {
		p.result.Error = err.Error()
	}
	return p.result, err
}

type player struct {
	Options
	eyes    eyes
	start   time.Time
	result  *Result
	note    string // for the running step
	pressed int    // keys since the count was begun
	clicked int    // clicks since then
}

// Times of a person's hand.
const (
	pressTime  = 40 * time.Millisecond // finger down
	glanceTime = 30 * time.Millisecond // between two looks
	settleTime = time.Second           // for a tap to show an effect
	pieceTime  = 4 * time.Millisecond  // between two points of a stroke
)

func (p *player) play(ctx context.Context) error {
	for i, step := range p.Journey.Steps {
		begin := p.Now()
		if p.Step != nil {
			p.Step(i+1, step.String())
		}
		p.note = ""
		limit := p.Journey.Timeout
		if step.Timeout > 0 {
			limit = step.Timeout
		}
		if step.Sleep > 0 {
			limit += step.Sleep
		}
		err := p.limited(ctx, limit, func(ctx context.Context) error { return p.step(ctx, step) })
		end := p.Now()
		outcome := Outcome{Step: i + 1, What: step.String(), At: seconds(begin.Sub(p.start)), Took: seconds(end.Sub(begin)), Note: p.note}
		look, cancel := context.WithTimeout(ctx, settleTime)
		if sight, lookErr := p.eyes.see(look); lookErr == nil {
			outcome.Screen = sight.Screen
		}
		cancel()
		p.result.Steps = append(p.result.Steps, outcome)
		if err != nil {
			return fmt.Errorf("step %d (%s): %w", i+1, step, err)
		}
	}
	return nil
}

func (p *player) limited(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return do(ctx)
}

func (p *player) step(ctx context.Context, step Step) error {
	p.enter(step)
	switch {
	case step.Tap != "":
		return p.press(ctx, step.Tap, max(1, step.Times))
	case step.Choose != "":
		return p.tap(ctx, step.Choose, 1)
	case step.Click != "":
		return p.press(ctx, step.Click, max(1, step.Times))
	case step.Key != "":
		return p.key(ctx, step.Key, max(1, step.Times))
	case step.Write != "":
		return p.write(ctx, step.Write)
	case step.Keys != nil:
		return p.count(*step.Keys)
	case step.Type != "":
		return p.typeText(ctx, step.Type)
	case step.TypePinyin != nil:
		return p.typePinyin(ctx, *step.TypePinyin)
	case step.Sign != "":
		return p.sign(ctx, step.Sign)
	case step.Drag != nil:
		return p.drag(ctx, *step.Drag)
	case step.Device != "":
		return p.device(ctx, step.Device)
	case step.Wait != nil:
		return p.until(ctx, *step.Wait)
	case step.Expect != nil:
		return p.limited(ctx, expectTime, func(ctx context.Context) error { return p.until(ctx, *step.Expect) })
	case step.Read != nil:
		return p.read(ctx, step)
	case step.Shot != "":
		return p.shot(ctx, step.Shot)
	case step.Sleep > 0:
		return p.Pause(ctx, step.Sleep)
	}
	if p.Kill == nil {
		return errors.New("nothing here may be killed")
	}
	return p.Kill(step.Kill)
}

// enter remembers what a step enters, for who checks it. What is read is remembered once it is found.
func (p *player) enter(step Step) {
	if step.As == "" || step.Read != nil {
		return
	}
	if step.Value != nil {
		p.result.Entered[step.As] = step.Value
		return
	}
	pick := ""
	if step.TypePinyin != nil {
		pick = step.TypePinyin.Pick
	}
	p.result.Entered[step.As] = cmp.Or(step.Tap, step.Choose, step.Click, step.Write, step.Type, pick, step.Sign, step.Device)
}

// look returns what is shown, asking again while the program replaces itself.
// On a timeout it returns the last thing that went wrong.
func (p *player) look(ctx context.Context) (Sight, error) {
	for {
		sight, err := p.eyes.see(ctx)
		if err == nil {
			return sight, nil
		}
		if p.Pause(ctx, glanceTime) != nil {
			return sight, err
		}
	}
}

// watch looks until it is so. what says in the error what was waited for.
func (p *player) watch(ctx context.Context, what string, so func(Sight) bool) (Sight, error) {
	var last *Sight
	for {
		sight, err := p.look(ctx)
		switch {
		case err != nil && last == nil:
			return sight, fmt.Errorf("%s: %w", what, err)
		case err != nil:
			return *last, fmt.Errorf("%s: it did not happen in time; %s", what, last.describe())
		case so(sight):
			return sight, nil
		}
		last = &sight
		if p.Pause(ctx, glanceTime) != nil {
			return sight, fmt.Errorf("%s: it did not happen in time; %s", what, sight.describe())
		}
	}
}

func (p *player) until(ctx context.Context, condition Condition) error {
	_, err := p.watch(ctx, condition.String(), condition.holds)
	return err
}

func (c Condition) holds(sight Sight) bool {
	if c.Screen != "" && sight.Screen != c.Screen {
		return false
	}
	if c.Text != "" && !sight.reads(c.Text) {
		return false
	}
	if c.Gone != "" && sight.reads(c.Gone) {
		return false
	}
	if c.Enabled != "" {
		if thing, ok := sight.find(c.Enabled); !ok || !thing.Enabled {
			return false
		}
	}
	if c.Disabled != "" {
		if thing, ok := sight.find(c.Disabled); !ok || thing.Enabled {
			return false
		}
	}
	if c.Focus != "" {
		if thing, ok := sight.find(c.Focus); !ok || !thing.Keys {
			return false
		}
	}
	return true
}

func (p *player) read(ctx context.Context, step Step) error {
	like := regexp.MustCompile(step.Read.Like)
	var found string
	_, err := p.watch(ctx, "words like "+step.Read.Like, func(sight Sight) bool {
		for _, words := range sight.Words {
			if match := like.FindString(words.Text); match != "" {
				found = match
				return true
			}
		}
		return false
	})
	if err == nil {
		p.result.Seen[step.As] = found
	}
	return err
}

// shot waits until the screen stands still and takes its picture.
func (p *player) shot(ctx context.Context, name string) error {
	if p.Shots == "" {
		return nil
	}
	last, err := p.look(ctx)
	if err != nil {
		return err
	}
	for {
		if err := p.Pause(ctx, 3*glanceTime); err != nil {
			return err
		}
		sight, err := p.look(ctx)
		if err != nil {
			return err
		}
		if !sight.Guarding && sight.fingerprint() == last.fingerprint() {
			break
		}
		last = sight
	}
	img, err := p.Hand.Picture()
	if err != nil {
		return err
	}
	path := filepath.Join(p.Shots, name+".png")
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("take the picture %s: %w", name, err)
	}
	err = errors.Join(png.Encode(file, img), file.Close())
	if err != nil {
		return fmt.Errorf("take the picture %s: %w", name, err)
	}
	p.result.Shots = append(p.result.Shots, path)
	return nil
}

// device sends one line to the bench and expects "ok".
func (p *player) device(ctx context.Context, line string) error {
	if p.Bench == "" {
		return errors.New("there is no bench")
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", p.Bench)
	if err != nil {
		return fmt.Errorf("reach the bench: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return fmt.Errorf("speak to the bench: %w", err)
		}
	}
	if _, err := fmt.Fprintln(conn, line); err != nil {
		return fmt.Errorf("speak to the bench: %w", err)
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return fmt.Errorf("hear the bench: %w", err)
	}
	answer = strings.TrimSpace(answer)
	if answer != "ok" && !strings.HasPrefix(answer, "ok ") {
		return fmt.Errorf("the bench says: %s", answer)
	}
	p.note = answer
	return nil
}
