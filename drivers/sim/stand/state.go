package stand

// State is how the bench stands, for its window and for "state".
type State struct {
	Cards      []Card `json:"cards"`
	CardOn     string `json:"cardOn"` // file of the card on the reader, "" for none
	ReaderIn   bool   `json:"readerIn"`
	SocialIn   bool   `json:"socialIn,omitempty"`   // there is a reader of social-security cards, plugged in
	SocialCard string `json:"socialCard,omitempty"` // what is in it: whole, locked, bank
	PrinterIn  bool   `json:"printerIn"`
	PaperOut   bool   `json:"paperOut"`
	CoverOpen  bool   `json:"coverOpen"`
	Silent     bool   `json:"silent"`
	NetworkUp  bool   `json:"networkUp"`
	StripBytes int    `json:"stripBytes"` // bytes printed since the last tear
	Strips     int    `json:"strips"`     // strips torn off so far

	Faults   []string      `json:"faults,omitempty"` // names of those that are on
	Scanner  *ScannerState `json:"scanner,omitempty"`
	Camera   *CameraState  `json:"camera,omitempty"`
	ButtonIn bool          `json:"buttonIn"`
	Waiting  int           `json:"waiting"` // what the receipt printer has received and not printed

	DocumentIn    bool     `json:"documentIn"`          // there is an A4 printer, switched on
	DocumentPaper bool     `json:"documentPaper"`       // and it has paper
	Documents     []string `json:"documents,omitempty"` // what lies in its tray, by file name
}

// Card is one synthetic card in the drawer.
type Card struct {
	Number int    `json:"number"` // from 1, for "card place NUMBER"
	File   string `json:"file"`
	Label  string `json:"label"` // name and what is special about it
}

// ScannerState is how the driverless scanner stands.
type ScannerState struct {
	Glass  int `json:"glass"`  // bars on the sheet on the glass
	Feeder int `json:"feeder"` // sheets in the feeder
	Jobs   int `json:"jobs"`   // under way
	Pages  int `json:"pages"`  // jobs so far
}

// CameraState is how the document camera stands.
type CameraState struct {
	In    bool `json:"in"`    // it is plugged in
	On    bool `json:"on"`    // it films
	Bars  int  `json:"bars"`  // on the sheet before it
	Empty bool `json:"empty"` // there is none
	Taken int  `json:"taken"` // how often it was switched on
}
