package identity_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bianmin/core/identity"
)

func date(s string) identity.Date {
	d, err := identity.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func resident() identity.Card {
	return identity.Card{
		Kind: identity.Resident, Name: "王秀兰", Sex: "2", Nation: "01", Birth: date("19480315"), Address: "青禾县柳林镇柳树沟村三组12号",
		Number: "691023194803150240", Issuer: "青禾县公安局", ValidFrom: date("20060520"), LongTerm: true,
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(c *identity.Card)
		want   []identity.Field
	}{
		{"as it is", func(*identity.Card) {}, nil},
		{"minority name", func(c *identity.Card) { c.Name = "阿依古丽·买买提江" }, nil},
		{"rare and private characters", func(c *identity.Card) { c.Name = "\U00020BB7\uE188" }, nil},
		{"a Latin letter in the name", func(c *identity.Card) { c.Name = "赵C" }, nil},
		{"dot at the edge", func(c *identity.Card) { c.Name = "·王秀兰" }, []identity.Field{identity.FieldName}},
		{"digit in the name", func(c *identity.Card) { c.Name = "王秀3" }, []identity.Field{identity.FieldName}},
		{"Cyrillic in the name", func(c *identity.Card) { c.Name = "王秀Ж" }, []identity.Field{identity.FieldName}},
		{"no name", func(c *identity.Card) { c.Name = "" }, []identity.Field{identity.FieldName}},
		{"one character", func(c *identity.Card) { c.Name = "王" }, []identity.Field{identity.FieldName}},
		{"sex against number", func(c *identity.Card) { c.Sex = "1" }, []identity.Field{identity.FieldSex}},
		{"sex unknown", func(c *identity.Card) { c.Sex = "0" }, []identity.Field{identity.FieldSex}},
		{"unknown nation is kept", func(c *identity.Card) { c.Nation = "57" }, nil},
		{"nation is no code", func(c *identity.Card) { c.Nation = "0a" }, []identity.Field{identity.FieldNation}},
		{"birth against number", func(c *identity.Card) { c.Birth = date("19480316") }, []identity.Field{identity.FieldBirth}},
		{"no birth", func(c *identity.Card) { c.Birth = identity.Date{} }, []identity.Field{identity.FieldBirth}},
		{"born after the card", func(c *identity.Card) { c.ValidFrom = date("19480101") }, []identity.Field{identity.FieldBirth, identity.FieldValidity}},
		{"wrong check digit", func(c *identity.Card) { c.Number = "691023194803150241" }, []identity.Field{identity.FieldNumber}},
		{"province 0", func(c *identity.Card) { c.Number = withCheck("09102319480315024") }, []identity.Field{identity.FieldNumber}},
		{"odd address", func(c *identity.Card) { c.Address = "青禾县Ж号" }, []identity.Field{identity.FieldAddress}},
		{"something behind the padding", func(c *identity.Card) { c.Address += "     K" }, []identity.Field{identity.FieldAddress}},
		{"odd newest address", func(c *identity.Card) { c.NewAddress = "青禾县\x01" }, []identity.Field{identity.FieldAddress}},
		{"address as printed", func(c *identity.Card) { c.Address = "青禾县东街9－2号（附1）Ａ座Ⅱ单元#3 〇室" }, nil},
		{"issuer with a digit", func(c *identity.Card) { c.Issuer = "青禾县公安局1" }, []identity.Field{identity.FieldIssuer}},
		{"an end beside 长期", func(c *identity.Card) { c.ValidTo = date("20260520") }, []identity.Field{identity.FieldValidity}},
		{"20 years", func(c *identity.Card) { c.LongTerm, c.ValidTo = false, date("20260520") }, nil},
		{"7 years", func(c *identity.Card) { c.LongTerm, c.ValidTo = false, date("20130520") }, []identity.Field{identity.FieldValidity}},
		{"10 years and a day", func(c *identity.Card) { c.LongTerm, c.ValidTo = false, date("20160521") }, []identity.Field{identity.FieldValidity}},
		{"end before beginning", func(c *identity.Card) { c.LongTerm, c.ValidTo = false, date("19960520") }, []identity.Field{identity.FieldValidity}},
		{"from a leap day", func(c *identity.Card) { c.LongTerm, c.ValidFrom, c.ValidTo = false, date("20160229"), date("20260228") }, nil},
		{"no dates", func(c *identity.Card) { c.ValidFrom = identity.Date{} }, []identity.Field{identity.FieldValidity}},
	} {
		card := resident()
		c.change(&card)
		err := card.Check()
		var doubt *identity.DoubtError
		if errors.As(err, &doubt) != (c.want != nil) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if doubt != nil {
			if diff := cmp.Diff(c.want, doubt.Fields); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
		}
	}
}

func TestCheckOtherKinds(t *testing.T) {
	permit := resident()
	permit.Kind, permit.Nation, permit.Number, permit.Birth = identity.HMTResident, "", "810000199012250181", date("19901225")
	permit.LongTerm, permit.ValidFrom, permit.ValidTo = false, date("20230601"), date("20280601")
	if err := permit.Check(); err != nil {
		t.Errorf("permit: %v", err)
	}
	permit.Number, permit.Birth = "691023194803150240", date("19480315")
	if permit.Check() == nil {
		t.Error("a permit with a resident's number passes")
	}
	old := identity.Card{
		Kind: identity.Foreigner2017, Name: "MUSTER, JOHANN", Sex: "1", Birth: date("19791009"), Number: "AUT691079100912", Issuer: "中华人民共和国国家移民管理局",
		ValidFrom: date("20190322"), ValidTo: date("20290322"),
	}
	if err := old.Check(); err != nil {
		t.Errorf("foreigner 2017: %v", err)
	}
	for _, number := range []string{"AUT691079100913", "AUT69107910091", "A1T691079100912", "AUT6910791009X2"} {
		wrong := old
		wrong.Number = number
		if wrong.Check() == nil {
			t.Errorf("foreigner 2017: %s passes", number)
		}
	}
}

func TestExpired(t *testing.T) {
	card := resident()
	if card.Expired(date("20990101")) {
		t.Error("长期 expires")
	}
	card.LongTerm, card.ValidTo = false, date("20260520")
	if card.Expired(date("20260520")) {
		t.Error("expired on its last day")
	}
	if !card.Expired(date("20260521")) {
		t.Error("not expired the day after")
	}
	card.ValidTo = identity.Date{}
	if !card.Expired(date("20260101")) {
		t.Error("a card without validity is accepted")
	}
}
