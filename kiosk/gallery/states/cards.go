package states

import "bianmin/kiosk/journey"

func cards() []Named {
	place := func(view journey.PlaceCardView) journey.State {
		s := base(journey.PlaceCard, journey.StepCard)
		if view.Purpose == "my-cases" {
			s.Step = journey.StepNone
		}
		s.PlaceCard = &view
		return s
	}
	confirm := func(view journey.ConfirmView) journey.State {
		s := base(journey.Confirm, journey.StepCard)
		s.Next = next("next.confirm")
		s.Confirm = &view
		return s
	}
	view := journey.ConfirmView{
		Name: "王秀兰", Number: "990301194803120023", Sex: "2", Age: 78,
		Address: "青禾县柳林镇柳树沟村二组 18 号", ItemName: pension,
	}
	rare, expired, foreign := view, view, view
	foreign.Name, foreign.Number, foreign.Address = "EXAMPLE, MARTA ALEXANDRA", "969276198504300020", ""
	foreign.Foreign = true
	rare.Name, rare.HasPUA = "王\ue863兰", true
	expired.Expired = true
	social := view
	social.Social, social.Address = true, ""
	task := view
	task.Task = &journey.CaseLine{Number: number, ItemName: both("高龄津贴申请", "Elder-age allowance"), Filed: now.AddDate(0, 0, -18), State: "refused"}
	correct := task
	correct.Task = &journey.CaseLine{Number: number, ItemName: both("高龄津贴申请", "Elder-age allowance"), Filed: now.AddDate(0, 0, -18), State: "correction", Until: now.AddDate(0, 0, 5)}
	out := confirm(expired)
	out.Next = blocked("next.confirm", "why.expired", nil)
	return []Named{
		{"card", place(journey.PlaceCardView{Purpose: "apply"})},
		{"card-mine", place(journey.PlaceCardView{Purpose: "my-cases", Seconds: 42})},
		{"card-reading", place(journey.PlaceCardView{Purpose: "apply", Reading: true})},
		{"card-problem", place(journey.PlaceCardView{Purpose: "apply", Problem: journey.Message{Key: "card.problem.card"}, Seconds: 30})},
		{"card-social", place(journey.PlaceCardView{Purpose: "apply", Social: true})},
		{"card-social-other", place(journey.PlaceCardView{Purpose: "apply", Social: true, Problem: journey.Message{Key: "card.social-problem.card-other"}})},
		{"card-again", place(journey.PlaceCardView{Purpose: "apply", Problem: journey.Message{Key: "card.again"}})},
		{"confirm", confirm(view)},
		{"confirm-rare", confirm(rare)},
		{"confirm-expired", out},
		{"confirm-foreign", confirm(foreign)},
		{"confirm-social", confirm(social)},
		{"confirm-task", confirm(task)},
		{"confirm-correct", confirm(correct)},
	}
}
