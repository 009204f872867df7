package journey

// screens says of every screen how it is drawn and where its buttons go.
func screens() map[Screen]definition {
	type m = *machine
	return map[Screen]definition{
		Attract:  {draw: m.drawAttract, enter: m.hearCodes, exit: m.exitFirst},
		Home:     {draw: m.drawHome, enter: m.hearCodes, exit: m.exitFirst, idle: true},
		Category: {draw: m.drawCategory, back: m.toHome, idle: true},
		Search:   {draw: m.drawSearch, back: m.toHome, idle: true},
		Guide:    {draw: m.drawGuide, next: m.nextGuide, onward: m.apply, back: m.backFromGuide, idle: true},
		PlaceCard: {
			draw: m.drawPlaceCard, step: StepCard, back: m.backFromCard,
			enter: m.enterPlaceCard, exit: m.exitPlaceCard, idle: true,
		},
		Confirm: {
			draw: m.drawConfirm, step: StepCard, next: m.nextConfirm, onward: m.confirmed, back: m.backFromConfirm, idle: true,
		},
		Question: {
			draw: m.drawQuestion, step: StepForm, next: m.nextQuestion, onward: m.onwardQuestion, back: m.backQuestion, idle: true,
		},
		Promise: {
			draw: m.drawPromise, step: StepMaterials, next: m.nextPromise, onward: m.onwardPromise, back: m.lastQuestion, idle: true,
		},
		Materials: {
			draw: m.drawMaterials, step: StepMaterials, next: m.nextMaterials, onward: m.onwardMaterials,
			back: m.backFromMaterials, enter: m.enterMaterials, exit: m.exitMaterials, idle: true,
		},
		Review: {
			draw: m.drawReview, step: StepSign, next: m.nextReview, onward: m.submit, back: m.backFromReview,
			enter: m.enterReview, exit: m.exitReview, idle: true,
		},
		Submitting: {draw: m.drawSubmitting, step: StepSign},
		Done: {
			draw: m.drawDone, step: StepDone, next: m.nextDone, onward: m.goodbye, enter: m.enterDone,
		},
		PrintUnknown: {draw: m.drawPrintUnknown, step: StepDone, idle: true},
		EvaluateMore: {
			draw: m.drawEvaluateMore, step: StepDone, next: m.nextEvaluate, onward: m.onwardEvaluate,
			back: m.backFromEvaluate, idle: true,
		},
		MyCases:      {draw: m.drawMyCases, back: m.toHome, idle: true},
		CaseDetail:   {draw: m.drawCaseDetail, back: m.backToCases, idle: true},
		Goodbye:      {draw: m.drawGoodbye},
		DeviceFault:  {draw: m.drawDeviceFault, back: m.backFromFault, exit: m.exitFault, idle: true},
		OutOfService: {draw: m.drawOutOfService, back: m.backInService},
		StaffSignIn:  {draw: m.drawStaffSignIn, back: m.backFromStaff, idle: true},
		Staff:        {draw: m.drawStaff, exit: m.exitStaff, idle: true},
		StaffTests:   {draw: m.drawStaffTests, back: m.backFromTests, exit: m.exitStaff, idle: true},
		StaffQueue:   {draw: m.drawStaffQueue, back: m.backFromQueue, exit: m.exitQueue, idle: true},
	}
}

func (m *machine) exitReview() { m.fx.cancel(slotPrinter) }
func (m *machine) exitFault()  { m.fx.cancel(slotPrinter) }
func (m *machine) exitStaff()  { m.fx.cancel(slotStaff) }

// backToCases goes back to the list, or to the first choice where a receipt's code opened the case.
func (m *machine) backToCases() {
	if m.cases.byCode {
		m.toHome()
		return
	}
	m.to(MyCases)
}
