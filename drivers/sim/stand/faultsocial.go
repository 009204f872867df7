package stand

import (
	"context"
	"errors"

	"bianmin/drivers/sim/social"
)

// ChipReader is a reader of social-security cards that programs find through PC/SC.
type ChipReader interface {
	Insert(card *social.Card) error // nil pulls the one that is in
	Hang(is bool) error
	Plug() error
	Unplug() error
	Plugged() bool
	Close() error
}

// pullAfter is after how many answers a card is pulled while it is read.
const pullAfter = 5

// socialCards are the chip cards in the drawer.
var socialCards = map[string]func(*social.Card){
	"whole":  func(*social.Card) {},
	"locked": func(c *social.Card) { c.Locked = true },
	"bank":   func(c *social.Card) { c.Bank = true },
}

var (
	errNoSocial = errors.New("there is no reader of social-security cards on this bench")
	errNoChip   = errors.New("say which card: social insert whole|locked|bank")
)

func socialFaults() []Fault {
	return []Fault{
		{
			Name: "social-pulled", Of: Social, Words: [2]string{"中途拔出", "Card pulled"},
			turn: func(_ context.Context, s *Stand, on bool) error {
				s.order(Social, "")
				if !on {
					return s.chip("", nil)
				}
				err := s.chip("whole", func(c *social.Card) { c.Pulled = pullAfter })
				if err == nil {
					s.order(Social, "social-pulled")
				}
				return err
			},
			on: func(s *Stand) bool { return s.isOrdered(Social, "social-pulled") },
		},
		{
			Name: "social-hangs", Of: Social, Words: [2]string{"没有反应", "Silent"}, Covers: []string{"social.Hang"},
			turn: func(_ context.Context, s *Stand, on bool) error {
				s.order(socialService, "")
				if on {
					s.order(socialService, "hangs")
				}
				return s.social.Hang(on)
			},
			on: func(s *Stand) bool { return s.isOrdered(socialService, "hangs") },
		},
		unplugged(Social, "", func(s *Stand) cable { return socialCable{s} }, "social.Unplug"),
	}
}

// socialService is the service behind the reader, whose silence has nothing to do with the card.
const socialService Kind = "social-service"

// socialCable forgets card and silence with the reader.
type socialCable struct{ s *Stand }

func (c socialCable) Plug() error { return c.s.social.Plug() }

func (c socialCable) Unplug() error {
	c.s.order(Social, "")
	c.s.order(socialService, "")
	err := c.s.social.Unplug()
	c.s.setChip("")
	return err
}

func (c socialCable) Plugged() bool { return c.s.social.Plugged() }

// insertChip is "social insert".
func (s *Stand) insertChip(rest []string) error {
	switch {
	case s.social == nil:
		return errNoSocial
	case len(rest) != 1 || socialCards[rest[0]] == nil:
		return errNoChip
	}
	s.order(Social, "")
	return s.chip(rest[0], nil)
}

// pullChip is "social pull".
func (s *Stand) pullChip() error {
	if s.social == nil {
		return errNoSocial
	}
	s.order(Social, "")
	return s.chip("", nil)
}

// chip puts one of the drawer's cards in, changed, or takes the one that is in out.
func (s *Stand) chip(name string, change func(*social.Card)) error {
	var card *social.Card
	if name != "" {
		card = social.New()
		socialCards[name](card)
		if change != nil {
			change(card)
		}
	}
	s.setChip("")
	if err := s.social.Insert(card); err != nil {
		return err
	}
	s.setChip(name)
	return nil
}

func (s *Stand) setChip(name string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.chipIn = name
}
