package commission

import (
	"bianmin/drivers"
	"bianmin/drivers/selftest"
)

// levels are how far the tests of a setup go: whoever signs has looked at a paper that the printer cannot answer for.
var levels = map[string]selftest.Level{
	"status": selftest.Internal, TestCard: selftest.Interactive, TestScan: selftest.Interactive, TestReceipt: selftest.External, TestPage: selftest.External,
}

// results are what was tried in the form that is kept for later reports. What was skipped is no test.
func (r *run) results(tried []Tried, who Signer) (all []selftest.Result) {
	asked := selftest.Asker{Program: "setup", Account: who.ID}
	for _, t := range tried {
		result := selftest.Result{Role: t.Role, Level: levels[t.Test], Model: t.Model, Serial: t.Serial, At: r.Now(), Asked: asked}
		switch {
		case t.seen && t.Result == Passed:
			result.Level, result.Outcome = selftest.Interactive, selftest.Passed
		case t.seen && t.Result == Failed:
			result.Level, result.Outcome, result.Code = selftest.Interactive, selftest.Failed, selftest.NotRight
		case t.seen:
			result.Outcome, result.Code = selftest.NotConfirmed, selftest.NoSign
		case t.Result == Passed:
			result.Outcome = selftest.Passed
		case t.Result == Failed:
			v := selftest.Judge(faultOf(t))
			result.Outcome, result.Code = v.Outcome, v.Code
		default:
			continue
		}
		all = append(all, result)
	}
	return all
}

// faultOf is what is wrong with a device whose test has failed; one that names nothing is out of order.
func faultOf(t Tried) drivers.Fault {
	if t.Fault == drivers.FaultNone {
		return drivers.FaultDevice
	}
	return t.Fault
}
