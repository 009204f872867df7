package forms

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"unicode/utf16"

	"bianmin/core/casefile"
	"bianmin/core/identity"
)

// maker draws what a form needs from its half of the country.
type maker struct {
	*rand.Rand
	share int
}

// Invented in two halves, but for the surnames, which all have in common; division codes begin with 99, which is nobody's.
var (
	surnames = []string{
		"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "欧阳", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢",
	}
	given = [2]string{
		"秀英桂兰玉珍凤建国志强永福春梅丽华军明小燕红霞文博雅琴海龙金水",
		"淑芬翠萍素云素梅长贵德胜来喜山河庆丰冬生晓彤子轩宇航思远佳怡铁柱",
	}
	counties = [2][]string{{"青禾县", "白石县", "云岭县", "东湖区"}, {"清溪县", "黑水县", "望江县", "南屏区"}}
	towns    = [2][]string{{"柳林镇", "石桥镇", "三岔乡", "大坪乡", "龙泉镇"}, {"杏花镇", "双河镇", "五里乡", "小寨乡", "凤山镇"}}
	hamlets  = [2]string{"柳树沟上河湾石头坪东李庄老鹰岩", "杏树坡下马塘黄泥岗西王寨野猪林"}
	notes    = [2][]string{
		{"父亲生病住院，家里没有收入", "今年收成不好，孩子上学要用钱", "房子漏雨，墙裂了", "腿脚不便，不能干重活"},
		{"去年冬天摔伤，一直在吃药", "老伴去世，一个人住", "地被水淹了，种的玉米没了", "儿子在外打工受伤，等着赔偿"},
	}
)

func pick[T any](m maker, from []T) T { return from[m.IntN(len(from))] }

func (m maker) name() string {
	runes := []rune(given[m.share])
	name := pick(m, surnames) + string(pick(m, runes))
	if m.IntN(4) > 0 {
		name += string(pick(m, runes))
	}
	return name
}

// home is where a form's people live: their cards, their numbers and what they write about it fit together.
type home struct{ county, town, village, division, region string }

func (m maker) home() home {
	runes := []rune(hamlets[m.share])
	at, county, town := 3*m.IntN(len(runes)/3), m.IntN(len(counties[m.share])), m.IntN(len(towns[m.share]))
	h := home{county: counties[m.share][county], town: towns[m.share][town], village: string(runes[at:at+3]) + "村"}
	h.division = fmt.Sprintf("99%02d%02d", 10*m.share+3, 1+county)
	h.region = fmt.Sprintf("%s%03d%03d", h.division, 100+town, 200+at)
	return h
}

func (m maker) address(h home) string {
	return fmt.Sprintf("%s%s%s%d组%d号", h.county, h.town, h.village, 1+m.IntN(12), 1+m.IntN(300))
}

func (m maker) date(from, years int) string {
	return fmt.Sprintf("%d%02d%02d", from+m.IntN(years), 1+m.IntN(12), 1+m.IntN(28))
}

func (m maker) number(h home, birth string) string {
	first := fmt.Sprintf("%s%s%03d", h.division, birth, m.IntN(1000))
	digit, err := identity.NumberCheckDigit(first)
	if err != nil {
		return first + "X" // never: it has its seventeen digits
	}
	return first + string(digit)
}

func (m maker) phone() string { return fmt.Sprintf("1%d%09d", 3+m.IntN(7), m.IntN(1e9)) }

func (m maker) applicant(h home) casefile.Applicant {
	birth := m.date(1940, 65)
	a := casefile.Applicant{
		Name: m.name(), Number: m.number(h, birth), Sex: fmt.Sprint(1 + m.IntN(2)), Nation: "01", Birth: birth, Address: m.address(h), CardKind: "resident",
		Source: casefile.SourceCard, ValidFrom: m.date(2008, 16), ValidTo: "长期",
	}
	if m.IntN(6) == 0 {
		a.Nation = fmt.Sprintf("%02d", 2+m.IntN(55))
	}
	a.Issuer = h.county + "公安局"
	if m.IntN(2) == 0 {
		a.ValidTo = fmt.Sprintf("20%d%s", 30+m.IntN(15), a.ValidFrom[4:])
	}
	var raw []byte
	for _, field := range []struct {
		text string
		size int
	}{{a.Name, 15}, {a.Sex, 1}, {a.Nation, 2}, {a.Birth, 8}, {a.Address, 35}, {a.Number, 18}, {a.Issuer, 15}, {a.ValidFrom, 8}, {a.ValidTo, 8}, {"", 18}} {
		units := utf16.Encode([]rune(field.text))
		for i := range field.size {
			unit := uint16(' ')
			if i < len(units) {
				unit = units[i]
			}
			raw = append(raw, byte(unit), byte(unit>>8))
		}
	}
	a.RawText = hex.EncodeToString(raw)
	return a
}
