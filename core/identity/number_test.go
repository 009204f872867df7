package identity_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bianmin/core/identity"
)

func TestCheckNumber(t *testing.T) {
	for _, c := range []struct {
		number string
		want   error
	}{
		{"11010519491231002X", nil}, // the standard's own example (GB 11643-1999)
		{"691023194803150240", nil},
		{"810000199012250181", nil},
		{"11010519491231002x", identity.ErrCharacters},
		{"110105194912310021", identity.ErrCheckDigit},
		{"11010519491231003X", identity.ErrCheckDigit},
		{"1101051949123100X2", identity.ErrCharacters},
		{"11010519491231002", identity.ErrLength},
		{"", identity.ErrLength},
		{"１１０１０５", identity.ErrCharacters}, // 18 bytes of full-width digits
		{withCheck("69102319480230024"), identity.ErrBirth},
		{withCheck("69102300000000024"), identity.ErrBirth},
		{withCheck("69102317480315024"), identity.ErrBirth},
	} {
		if err := identity.CheckNumber(c.number); !errors.Is(err, c.want) {
			t.Errorf("CheckNumber(%q) = %v, want %v", c.number, err, c.want)
		}
	}
}

func withCheck(first string) string {
	check, err := identity.NumberCheckDigit(first)
	if err != nil {
		panic(err)
	}
	return first + string(check)
}

// TestCheckDigitFindsSlips: GB 11643 finds every single wrong digit and every exchange of two neighbours.
func TestCheckDigitFindsSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := withCheck(rapid.StringMatching(`[0-9]{17}`).Draw(t, "first"))
		at := rapid.IntRange(0, 16).Draw(t, "at")
		digit := byte(rapid.IntRange(0, 9).Draw(t, "digit")) + '0'
		if wrong := number[:at] + string(digit) + number[at+1:]; wrong != number && accepted(wrong) {
			t.Fatalf("%s passes for %s", wrong, number)
		}
		if wrong := swap(number, at); at < 16 && wrong != number && accepted(wrong) {
			t.Fatalf("%s passes for %s", wrong, number)
		}
	})
}

func accepted(number string) bool {
	err := identity.CheckNumber(number)
	return err == nil || errors.Is(err, identity.ErrBirth)
}

func swap(s string, at int) string {
	b := []byte(s)
	b[at], b[at+1] = b[at+1], b[at]
	return string(b)
}

func TestNumberSays(t *testing.T) {
	birth, err := identity.NumberBirth("11010519491231002X")
	if err != nil || birth.String() != "1949-12-31" {
		t.Errorf("birth %v, %v", birth, err)
	}
	for number, want := range map[string]identity.Sex{
		"11010519491231002X": identity.SexFemale, "691023197506080331": identity.SexMale, "1101": identity.SexUnknown, "6910231975060803X1": identity.SexUnknown,
	} {
		if got := identity.NumberSex(number); got != want {
			t.Errorf("NumberSex(%s) = %s, want %s", number, got, want)
		}
	}
}

// TestCreditCodes takes published codes of public bodies.
func TestCreditCodes(t *testing.T) {
	for _, c := range []struct {
		code string
		want error
	}{
		{"11100000000013338W", nil},
		{"12441500196720244T", nil},
		{"11370800MB28559184", nil},
		{"11100000000013661B", nil},
		{"11100000MB03271699", nil},
		{"11430000006122244L", nil},
		{"11220000013544541J", nil},
		{"11330105002500287C", nil},
		{"113700000045046442", nil},
		{"113700000045046443", identity.ErrEarlyCode},
		{"11370000004504644", identity.ErrLength},
		{"1137000000450464I2", identity.ErrCharacters},
		{"11A700000045046442", identity.ErrCharacters},
		{"11370800mB28559184", identity.ErrCharacters},
		{"", identity.ErrLength},
	} {
		if err := identity.CheckCreditCode(c.code); !errors.Is(err, c.want) || (c.want == nil && err != nil) {
			t.Errorf("CheckCreditCode(%s) = %v, want %v", c.code, err, c.want)
		}
	}
}

func TestCreditCodeFindsSlips(t *testing.T) {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.StringMatching(`[0-9A-Y]{2}[0-9]{6}[0-9]{9}`).Filter(func(s string) bool { return !strings.ContainsAny(s, "IOSV") }).Draw(t, "first")
		check, err := identity.CreditCheckCharacter(first)
		if err != nil {
			t.Fatal(err)
		}
		code := first + string(check)
		if err := identity.CheckCreditCode(code); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		at := rapid.IntRange(8, 17).Draw(t, "at")
		if wrong := code[:at] + string(alphabet[rapid.IntRange(0, 30).Draw(t, "character")]) + code[at+1:]; wrong != code && identity.CheckCreditCode(wrong) == nil {
			t.Fatalf("%s passes for %s", wrong, code)
		}
	})
}

// TestCheckCharacters takes the certificate ids published with GB/T 36904, their four middle fields joined.
func TestCheckCharacters(t *testing.T) {
	for _, s := range []string{
		"11100000000013338W011" + "11430000006122244L" + "20230000403" + "001" + "U",
		"11100000000013338W011" + "11430000006122244L" + "20230000403" + "002" + "S",
		"11100000000013338W032" + "11220000013544541J" + "2430599" + "001" + "F",
		"11100000000013338W087" + "11370800MB28559184" + "37080001202411010001" + "001" + "3",
		"11100000MB03271699022" + "340100" + "000000016" + "001" + "9",
		"11100000000013338W009" + "11330105002500287C" + "2025052201" + "002" + "0",
	} {
		if err := identity.VerifyCheckCharacter(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for s, want := range map[string]error{
		"": identity.ErrLength, "A": identity.ErrLength, "a1": identity.ErrCharacters, "A*": identity.ErrCharacters, "A12425GABC1234002N": identity.ErrCheckDigit,
		"A12425GABC1234002M": nil, // the sample of the Global Release Identifier, which uses the same check character
	} {
		if err := identity.VerifyCheckCharacter(s); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", s, err, want)
		}
	}
}

func TestCheckCharacterFindsSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9A-Z]{1,24}`).Draw(t, "s")
		check, err := identity.CheckCharacter(s)
		if err != nil {
			t.Fatal(err)
		}
		full := s + string(check)
		if err := identity.VerifyCheckCharacter(full); err != nil {
			t.Fatalf("%s: %v", full, err)
		}
		at := rapid.IntRange(0, len(full)-1).Draw(t, "at")
		c := rapid.StringMatching(`[0-9A-Z]`).Draw(t, "c")
		if wrong := full[:at] + c + full[at+1:]; wrong != full && identity.VerifyCheckCharacter(wrong) == nil {
			t.Fatalf("%s passes for %s", wrong, full)
		}
	})
}

func TestNations(t *testing.T) {
	all := identity.Nations()
	if len(all) != 58 {
		t.Fatalf("%d nations, want 56 and two", len(all))
	}
	seen := map[string]bool{}
	for _, n := range all {
		if n.Zh == "" || n.En == "" || seen[n.Zh] || seen[n.En] || !n.Code.Known() {
			t.Errorf("entry %+v", n)
		}
		seen[n.Zh], seen[n.En] = true, true
	}
	for code, want := range map[identity.Nation]string{
		"01": "汉族", "05": "维吾尔族", "20": "傈僳族", "36": "毛南族", "46": "德昂族", "56": "基诺族", "97": "其他", "98": "外国血统中国籍人士", "57": "57", "": "",
	} {
		if zh, _ := code.Name(); zh != want {
			t.Errorf("nation %q is %q, want %q", code, zh, want)
		}
	}
	if identity.Nation("57").Known() {
		t.Error("57 is no nation")
	}
}

func TestMask(t *testing.T) {
	for number, want := range map[string]string{
		"11010519491231002X": "110105********002X", "AUT691079100912": "AUT691*****0912", "13800000000": "*********00", "": "",
	} {
		if got := identity.Mask(number); got != want {
			t.Errorf("Mask(%s) = %s, want %s", number, got, want)
		}
	}
	for name, want := range map[string]string{"王秀兰": "王**", "阿依古丽·买买提江": "阿***·****", "": "", "\U00020BB7安": "\U00020BB7*"} {
		if got := identity.MaskName(name); got != want {
			t.Errorf("MaskName(%s) = %s, want %s", name, got, want)
		}
	}
}
