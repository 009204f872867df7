package identity

import (
	"fmt"
	"slices"
)

// NationName is one entry of GB/T 3304 and the two codes cards add to it.
type NationName struct {
	Code Nation
	Zh   string // without 族, as cards print it
	En   string // romanised as in GB/T 3304
}

// nationNames are 01 to 56 in the standard's order.
var nationNames = [...][2]string{
	{"汉", "Han"},
	{"蒙古", "Mongol"},
	{"回", "Hui"},
	{"藏", "Zang"},
	{"维吾尔", "Uygur"},
	{"苗", "Miao"},
	{"彝", "Yi"},
	{"壮", "Zhuang"},
	{"布依", "Buyei"},
	{"朝鲜", "Chosen"},
	{"满", "Man"},
	{"侗", "Dong"},
	{"瑶", "Yao"},
	{"白", "Bai"},
	{"土家", "Tujia"},
	{"哈尼", "Hani"},
	{"哈萨克", "Kazak"},
	{"傣", "Dai"},
	{"黎", "Li"},
	{"傈僳", "Lisu"},
	{"佤", "Va"},
	{"畲", "She"},
	{"高山", "Gaoshan"},
	{"拉祜", "Lahu"},
	{"水", "Sui"},
	{"东乡", "Dongxiang"},
	{"纳西", "Naxi"},
	{"景颇", "Jingpo"},
	{"柯尔克孜", "Kirgiz"},
	{"土", "Tu"},
	{"达斡尔", "Daur"},
	{"仫佬", "Mulao"},
	{"羌", "Qiang"},
	{"布朗", "Blang"},
	{"撒拉", "Salar"},
	{"毛南", "Maonan"},
	{"仡佬", "Gelao"},
	{"锡伯", "Xibe"},
	{"阿昌", "Achang"},
	{"普米", "Pumi"},
	{"塔吉克", "Tajik"},
	{"怒", "Nu"},
	{"乌孜别克", "Uzbek"},
	{"俄罗斯", "Russ"},
	{"鄂温克", "Ewenki"},
	{"德昂", "Deang"},
	{"保安", "Bonan"},
	{"裕固", "Yugur"},
	{"京", "Gin"},
	{"塔塔尔", "Tatar"},
	{"独龙", "Derung"},
	{"鄂伦春", "Oroqen"},
	{"赫哲", "Hezhen"},
	{"门巴", "Monba"},
	{"珞巴", "Lhoba"},
	{"基诺", "Jino"},
}

var nations = func() []NationName {
	list := make([]NationName, 0, len(nationNames)+2)
	for i, name := range nationNames {
		list = append(list, NationName{Code: Nation(fmt.Sprintf("%02d", i+1)), Zh: name[0], En: name[1]})
	}
	return append(list,
		NationName{Code: "97", Zh: "其他", En: "other"},
		NationName{Code: "98", Zh: "外国血统中国籍人士", En: "Chinese citizen of foreign descent"})
}()

// Nations lists all nations by code, for choices on screens.
func Nations() []NationName { return slices.Clone(nations) }

// Known tells whether the code is one of GB/T 3304, 97 or 98.
func (n Nation) Known() bool {
	return slices.ContainsFunc(nations, func(name NationName) bool { return name.Code == n })
}

// Name is the nation in Chinese (汉族) and English; an unknown code is given back as it is.
func (n Nation) Name() (zh, en string) {
	for _, name := range nations {
		if name.Code != n {
			continue
		}
		if n == "97" || n == "98" {
			return name.Zh, name.En
		}
		return name.Zh + "族", name.En
	}
	return string(n), string(n)
}
