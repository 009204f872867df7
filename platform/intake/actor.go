package intake

import (
	"context"
	"errors"
	"fmt"
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
		if e.Authorisation != nil || e.Submission != nil && e.Submission.Delegation != nil {
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
	case e.Authorisation != nil && (e.Opens() || e.Authorisation.Delegation.Agent != id):
		return &no{wire.RefusedActor, "委托书与经办账号不符"}, nil
	}
	return nil, nil
}

var delegationReasons = map[agency.Code]string{
	agency.SamePerson: "委托人与受托人是同一人", agency.DelegationOther: "委托书不是为这一事项出具", agency.DelegationEnded: "委托书不在有效期内",
	agency.DelegationScope: "委托书没有授权此项办理", agency.DelegationPeriod: "委托书的起止日期有误",
	agency.DelegationPaper: "没有附签字的委托书",
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

// authorised judges an event that came with an authorisation by the case's own submission. waiting says that
// the case has not arrived yet.
func (in *Intake) authorised(ctx context.Context, e casefile.Event) (why *no, waiting bool, err error) {
	if e.Authorisation == nil {
		return nil, false, nil
	}
	began, known, err := in.Registry.Opening(ctx, string(e.Case))
	if err != nil || !known {
		return nil, true, err
	}
	head, _, err := in.readHead(began.ID, began.Length)
	if err != nil {
		return nil, false, err
	}
	opener := in.opener()
	opener.At = began.Begun
	opening, err := opener.Open(head)
	if err != nil {
		return nil, false, fmt.Errorf("open the packet that began a case: %w", err)
	}
	filed := opening.Event.Submission
	on, dateErr := identity.ParseDate(strings.ReplaceAll(e.At.BusinessDate, "-", ""))
	if filed == nil || dateErr != nil || filed.Applicant.Number != e.Authorisation.Principal {
		return &no{wire.RefusedActor, "委托书的委托人不是该办件的申请人"}, false, nil
	}
	if err := agency.CheckAuthorisation(*e.Authorisation, filed.Item.Code, e.Kind, on); err != nil {
		return &no{wire.RefusedActor, delegationReasons[agency.Refused(err)]}, false, nil
	}
	return nil, false, nil
}
