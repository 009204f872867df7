package intake

import (
	"context"
	"errors"
	"strings"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// actor judges who acted: an agent must be an account of the terminal's point
// and no trainee, acts under its own name, and files for somebody else only
// under a delegation that allows it.
func (in *Intake) actor(ctx context.Context, e casefile.Event) (*no, error) {
	id, isAgent := strings.CutPrefix(e.Actor, "agent:")
	if !isAgent {
		if e.Submission != nil && e.Submission.Delegation != nil {
			return &no{wire.RefusedActor, "代办申请不是由代办员提交"}, nil
		}
		return nil, nil
	}
	account, err := in.Registry.AgentOf(ctx, id, e.Terminal)
	if errors.Is(err, registry.ErrAgent) {
		return &no{wire.RefusedActor, "经办账号不是本服务点的代办员"}, nil
	}
	if err != nil {
		return nil, err
	}
	switch {
	case account.Role == string(agency.RoleTrainee):
		return &no{wire.RefusedActor, "学员账号只能练习"}, nil
	case e.Confirmation != nil && (e.Confirmation.By != id || !account.CanConfirm):
		return &no{wire.RefusedActor, "该账号不能核验原件"}, nil
	case e.Day != nil && e.Day.Account != id:
		return &no{wire.RefusedActor, "日结账号与经办账号不符"}, nil
	case e.Submission != nil && e.Submission.Delegation != nil:
		return delegation(*e.Submission, e.At.BusinessDate, id), nil
	}
	return nil, nil
}

var delegationReasons = map[agency.Code]string{
	agency.SamePerson: "委托人与受托人是同一人", agency.DelegationOther: "委托书不是为这一事项出具", agency.DelegationEnded: "委托书不在有效期内",
	agency.DelegationScope: "委托书没有授权申请", agency.DelegationPeriod: "委托书的起止日期有误",
}

func delegation(s casefile.Submission, date, account string) *no {
	on, err := identity.ParseDate(strings.ReplaceAll(date, "-", ""))
	if err != nil || s.Delegation.Agent != account {
		return &no{wire.RefusedActor, "委托书与经办账号不符"}
	}
	err = agency.CheckDelegation(*s.Delegation, identity.Card{Number: s.Applicant.Number}, s.Item.Code, agency.ScopeApply, on)
	if err != nil {
		return &no{wire.RefusedActor, delegationReasons[agency.Refused(err)]}
	}
	return nil
}
