package identity_test

import (
	"errors"
	"testing"

	"bianmin/core/identity"
)

// TestPersonOfSocialCard: such a card proves name and number only, whatever else it says, and nothing where it contradicts itself.
func TestPersonOfSocialCard(t *testing.T) {
	whole := func() identity.SocialCard {
		return identity.SocialCard{
			Issuer: "990301000000000000000001", Issued: identity.Date{Year: 2021, Month: 3, Day: 5}, ValidTo: identity.Date{Year: 2031, Month: 3, Day: 5}, Number: "QH1234567",
			Holder: &identity.SocialHolder{
				Number: "990301194803150249", Name: "王秀兰", Sex: identity.SexFemale, Nation: "01", Birthplace: "990301", Birth: identity.Date{Year: 1948, Month: 3, Day: 15},
			},
		}
	}
	for _, c := range []struct {
		name   string
		change func(*identity.SocialCard)
		doubt  []identity.Field
		err    error
	}{
		{"whole", func(*identity.SocialCard) {}, nil, nil},
		{"hidden", func(c *identity.SocialCard) { c.Holder = nil }, nil, identity.ErrNoHolder},
		{"a digit", func(c *identity.SocialCard) { c.Holder.Number = "990301194803150248" }, []identity.Field{identity.FieldNumber}, nil},
		{
			"empty", func(c *identity.SocialCard) { *c.Holder = identity.SocialHolder{} },
			[]identity.Field{identity.FieldName, identity.FieldSex, identity.FieldBirth, identity.FieldNumber},
			nil,
		},
		{"the sex", func(c *identity.SocialCard) { c.Holder.Sex = identity.SexMale }, []identity.Field{identity.FieldSex}, nil},
		{"the birth", func(c *identity.SocialCard) { c.Holder.Birth.Day = 16 }, []identity.Field{identity.FieldBirth}, nil},
		{"the name", func(c *identity.SocialCard) { c.Holder.Name = "王?" }, []identity.Field{identity.FieldName}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := whole()
			c.change(&card)
			got, err := card.Person()
			var doubt *identity.DoubtError
			switch {
			case c.err != nil:
				if !errors.Is(err, c.err) || got.Number != "" {
					t.Errorf("Person = %v", err)
				}
			case c.doubt != nil:
				if !errors.As(err, &doubt) || len(doubt.Fields) != len(c.doubt) || doubt.Fields[0] != c.doubt[0] {
					t.Errorf("Person = %v, want doubts about %v", err, c.doubt)
				}
			default:
				if err != nil || got.Kind != identity.Social || got.Name != "王秀兰" || got.Number != "990301194803150249" ||
					got.Sex != identity.SexFemale || got.Birth.Year != 1948 || got.Nation != "" || got.Address != "" || got.Raw != [identity.RawTextSize]byte{} {
					t.Errorf("Person = %+v, %v", got, err)
				}
			}
		})
	}
}
