package states

import (
	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/kiosk/journey"
)

func categories() []catalogue.Category {
	return []catalogue.Category{
		{Code: "pension", Name: both("养老退休", "Pension and old age"), Summary: both("待遇资格认证、高龄津贴、养老服务补贴", "Pension check, elder-age allowance")},
		{Code: "health", Name: both("看病医保", "Health insurance"), Summary: both("参保登记、异地备案、新生儿参保", "Joining, other places, newborns")},
		{Code: "relief", Name: both("困难救助", "Help in need"), Summary: both("最低生活保障、临时救助、特困供养", "Subsistence allowance, relief")},
		{Code: "disability", Name: both("残疾人服务", "Disability"), Summary: both("两项补贴、辅具申请、证件换领", "Two subsidies, aids, certificate")},
		{Code: "family", Name: both("生育婚姻", "Birth and marriage"), Summary: both("生育登记、婚姻预约、户口申报", "Birth registration, marriage")},
		{Code: "housing", Name: both("住房建房", "Housing"), Summary: both("农村建房、公积金提取、危房改造", "Building a house, housing fund")},
		{Code: "work", Name: both("就业创业", "Work and business"), Summary: both("个体工商户、食品小店、创业补贴", "Own business, food shop, start-up")},
	}
}

func items() []journey.ItemLine {
	social := both("青禾县人力资源和社会保障局", "County Social Security Bureau")
	civil := both("青禾县民政局", "County Civil Affairs Bureau")
	health := both("青禾县医疗保障局", "County Healthcare Security Bureau")
	market := both("青禾县市场监督管理局", "County Market Regulation Bureau")
	return []journey.ItemLine{
		{Code: "pension-check", Name: both("领取养老保险待遇资格认证", "Pension eligibility check"), Department: social, Free: true, Days: 3},
		{Code: "elder-allowance", Name: both("高龄津贴申请", "Elder-age allowance"), Department: civil, Free: true, Days: 10},
		{Code: "card-loss", Name: both("社会保障卡挂失", "Report a lost social-security card"), Department: social, Instant: true, Free: true},
		{Code: "newborn", Name: both("新生儿参加城乡居民基本医疗保险登记", "Health insurance for a newborn"), Department: health, Free: true, Days: 5},
		{Code: "subsistence", Name: both("最低生活保障申请", "Subsistence allowance"), Department: civil, Free: true, Days: 20},
		{Code: "disability", Name: both("困难残疾人生活补贴和重度残疾人护理补贴", "Two subsidies for disabled people"), Department: civil, Free: true, Days: 15},
		{Code: "business", Name: both("个体工商户注册登记", "Registering your own business"), Department: market, Free: true, Days: 1},
		{Code: "food-shop", Name: both("食品小作坊小餐饮登记", "Small food shop permit"), Department: market, Free: true, Days: 5},
		{Code: "house", Name: both("农村村民住宅建设申请", "Building a house in the village"), Department: both("青禾县自然资源和规划局", "County Natural Resources Bureau"), Days: 30},
		{Code: "fund", Name: both("住房公积金提取", "Housing fund withdrawal"), Department: both("青禾市住房公积金管理中心", "Housing Fund Centre"), Free: true, Days: 3},
		{Code: "birth", Name: both("生育登记", "Birth registration"), Department: both("青禾县卫生健康局", "County Health Bureau"), Instant: true, Free: true},
		{Code: "certificate", Name: both("个人参保证明打印", "Printed proof of insurance"), Department: social, Instant: true, Free: true},
	}
}

var pension = both("领取养老保险待遇资格认证", "Pension eligibility check")

func guide() *catalogue.Item {
	return &catalogue.Item{
		Code: "990000-2060-001", Version: "3", Name: pension, ShortName: both("养老待遇资格认证", "Pension check"),
		Type:       catalogue.ItemType{Code: "20", Name: both("公共服务", "Public service")},
		Department: catalogue.Department{CreditCode: "11990301MB2855900A", Name: both("青禾县人力资源和社会保障局", "County Social Security Bureau"), ShortName: both("县人社局", "Social Security")},
		Partners:   []catalogue.Department{{Name: both("青禾县公安局", "County Police")}, {Name: both("青禾县卫生健康局", "County Health Bureau")}},
		Conditions: []text.Local{
			both("正在领取城乡居民或企业职工养老金的人。", "People who draw a residents' or employees' pension."),
			both("每满 12 个月认证一次，过期会暂停发放。", "Once every 12 months; the pension pauses when it is late."),
		},
		Limits: catalogue.Limits{Statutory: 10, Promised: 3, Note: both("网络核对不上的，由工作人员上门。", "Where the records disagree, staff visit you.")},
		Steps: []catalogue.Step{
			{Name: both("刷身份证", "Read the ID card"), Text: both("在这台机器上刷身份证，填手机号，签名。", "Read your card here, give a telephone number, sign.")},
			{Name: both("核对", "Check"), Text: both("县人社局和公安、卫健核对。", "The bureau checks with the police and the health office."), By: both("县人社局", "the bureau"), Days: 2},
			{Name: both("办结", "Finish"), Text: both("认证通过，养老金照常发。", "The pension goes on as before."), By: both("县人社局", "the bureau"), Days: 1},
		},
		Materials: materials(),
		Channels: []catalogue.Channel{
			{Kind: "terminal", Name: both("村便民服务点自助机", "This machine"), Place: both("柳树沟村委会一楼", "Village hall, ground floor"), Hours: both("每天 6:00 到 22:00", "Daily 6:00 to 22:00")},
			{Kind: "window", Name: both("县政务服务中心 12 号窗口", "County service centre, window 12"), Hours: both("工作日 8:30 到 17:00", "Working days 8:30 to 17:00")},
		},
		Delivery:   []string{"sms", "print"},
		Result:     both("养老保险待遇资格认证结果", "Result of the eligibility check"),
		Notes:      []text.Local{both("代别人办的，请带委托书和双方身份证。", "When you act for somebody else, bring a letter of authority and both ID cards.")},
		LegalBasis: []catalogue.Basis{{Title: "社会保险法", Number: "主席令第35号", Article: "第七十四条", Text: "社会保险经办机构应当定期核对待遇领取资格。"}},
		Questions: []catalogue.Question{
			{Ask: both("人在外地怎么办？", "What if I live elsewhere?"), Answer: both("可以在全国任何一个服务点办，也可以让家人代办。", "Any service point will do, or a family member.")},
			{Ask: both("忘了认证，养老金停了怎么办？", "I forgot and it stopped, what now?"), Answer: both("补做认证，停发的钱会补上。", "Do the check; what was held back is paid.")},
		},
		Contact: catalogue.Contact{Inquiry: "0531-5550 1200", Complaint: "12345"},
		Promise: &catalogue.Promise{
			Text:     both("我承诺填的都是真的，缺的材料会按时补上。", "I promise that all I stated is true and that I will bring what is missing in time."),
			Deadline: 10,
			Breach:   both("不按时补上，这次认证作废；虚报的，要退回多领的钱。", "If it is not kept, this check is void; money drawn wrongly is paid back."),
		},
		CrossRegion: true,
	}
}

func materials() []catalogue.Material {
	return []catalogue.Material{
		{Code: "id", Name: both("身份证", "ID card"), Original: "original", Copies: 1, Seal: "none", Source: catalogue.SourceCard, Basis: "社会保险法"},
		{Code: "ss", Name: both("社会保障卡信息", "Social-security card data"), Original: "either", Copies: 1, Seal: "none", Source: catalogue.SourcePlatform, Basis: "社会保险法"},
		{Code: "hukou", Name: both("户口本本人页", "Household register, your page"), Original: "original", Copies: 1, Seal: "none", Source: catalogue.SourcePerson, Issuer: both("派出所", "the police station"), Basis: "户口登记条例", Promise: true, Filling: both("翻到印着您名字的那一页。", "Open it at the page with your name.")},
	}
}

func guides() []Named {
	whole := base(journey.Guide, journey.StepNone)
	whole.Next = next("next.apply")
	whole.Guide = &journey.GuideView{Item: guide(), CanPrint: true, Published: "2026-11-15"}

	printing := whole
	printing.Guide = &journey.GuideView{Item: guide(), CanPrint: true, Printing: true, Published: "2026-11-15"}

	printed := whole
	printed.Guide = &journey.GuideView{Item: guide(), CanPrint: true, Printed: journey.Message{Key: "print.done"}, Published: "2026-11-15"}

	small := base(journey.Guide, journey.StepNone)
	short := guide()
	short.Name, short.Instant, short.Materials, short.Promise, short.Questions, short.Partners = both("社会保障卡挂失", "Report a lost social-security card"), true, nil, nil, nil, nil
	short.Fees = []catalogue.Fee{{Name: both("补卡工本费", "New card"), Fen: 1600, Basis: "青价费发〔2012〕100号"}}
	small.Guide = &journey.GuideView{Item: short, Published: "2026-11-15"}
	small.Next = blocked("next.apply", "why.item-broken", nil)
	return []Named{{"guide", whole}, {"guide-printing", printing}, {"guide-printed", printed}, {"guide-small", small}}
}
