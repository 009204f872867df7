package main

import (
	"fmt"

	"bianmin/drivers/sim/stand"
)

// words are what the window says, Chinese first and English second.
type words [2]string

// titles are the headings of the devices.
var titles = map[stand.Kind]words{
	stand.Reader:   {"读卡器", "Card reader"},
	stand.Social:   {"社保卡读卡器", "Social-card reader"},
	stand.Printer:  {"回执打印机", "Receipt printer"},
	stand.Document: {"A4 打印机", "A4 printer"},
	stand.Scanner:  {"扫描仪", "Scanner"},
	stand.Camera:   {"高拍仪", "Document camera"},
	stand.Code:     {"扫码器", "Code reader"},
	stand.Button:   {"扫描键", "Scan button"},
	stand.Network:  {"网络", "Network"},
}

var (
	wordsCards    = words{"身份证（虚构人物）", "Cards (invented people)"}
	wordsPaper    = words{"打印出的回执", "Printed receipts"}
	wordsPages    = words{"打印出的 A4", "Printed A4 pages"}
	wordsPlatform = words{"省平台收到的办件", "Cases at the platform"}
	wordsNoPaper  = words{"还没有出纸", "Nothing printed yet"}
	wordsNoCase   = words{"还没有收到办件", "No case yet"}
	wordsRemove   = words{"把卡拿走 (0)", "Take the card (0)"}
	wordsTear     = words{"撕下回执 (T)", "Tear off (T)"}
	wordsTake     = words{"取走 A4 纸", "Take the pages"}
	wordsPress    = words{"按一下 (空格)", "Press (space)"}
	wordsWell     = words{"全部恢复 (Esc)", "All well again (Esc)"}
	wordsLanguage = words{"English (E)", "中文 (E)"}
	wordsAllWell  = words{"没有故障", "No faults"}
	wordsFaults   = words{"故障：", "Faults: "}
	wordsFailed   = words{"没有做成：", "Not done: "}
	wordsNoCode   = words{"没有带码的回执，先打印一张", "no receipt with a code yet: print one first"}
	wordsIdle     = words{"空闲", "idle"}
	wordsOut      = words{"没有插上", "not plugged in"}
)

// wordsUse are the words of the button that changes what the terminal scans with, by whether it is the camera now.
var wordsUse = map[bool]words{false: {"终端改用高拍仪", "Terminal: use this"}, true: {"终端改回扫描仪", "Terminal: scanner"}}

// doing is what a device does now.
func doing(kind stand.Kind, s stand.State) words {
	switch kind {
	case stand.Reader:
		return readerDoing(s)
	case stand.Social:
		return socialDoing(s)
	case stand.Printer:
		return printerDoing(s)
	case stand.Document:
		switch {
		case !s.DocumentIn:
			return wordsOut
		case len(s.Documents) > 0:
			return words{fmt.Sprintf("出纸盘里 %d 份", len(s.Documents)), fmt.Sprintf("%d in the tray", len(s.Documents))}
		}
	case stand.Scanner:
		return scannerDoing(s)
	case stand.Camera:
		return cameraDoing(s)
	case stand.Button:
		if !s.ButtonIn {
			return wordsOut
		}
	case stand.Network:
		if !s.NetworkUp {
			return words{"不通", "not through"}
		}
		return words{"通", "through"}
	}
	return wordsIdle
}

func readerDoing(s stand.State) words {
	if !s.ReaderIn {
		return wordsOut
	}
	if s.CardOn == "" {
		return words{"没有卡", "no card"}
	}
	for _, card := range s.Cards {
		if card.File == s.CardOn {
			return words{fmt.Sprintf("%d 号卡在上面", card.Number), fmt.Sprintf("card %d is on it", card.Number)}
		}
	}
	return words{"卡在上面", "a card is on it"}
}

// chips are the chip cards in the drawer by their names at the stand.
var chips = []struct {
	name string
	say  words
}{{"whole", words{"王秀兰", "Wang"}}, {"locked", words{"要密码", "PIN"}}, {"bank", words{"银行卡", "Bank"}}}

func socialDoing(s stand.State) words {
	if !s.SocialIn {
		return wordsOut
	}
	for _, chip := range chips {
		if chip.name == s.SocialCard {
			return words{chip.say[0] + " 插着", chip.say[1] + ", in it"}
		}
	}
	return words{"没有卡", "no card"}
}

func printerDoing(s stand.State) words {
	switch {
	case !s.PrinterIn:
		return wordsOut
	case s.Waiting > 0:
		return words{"还有没印完的", "not all is printed"}
	case s.Strips > 0:
		return words{fmt.Sprintf("挂着 %d 张", s.Strips), fmt.Sprintf("%d strips hang", s.Strips)}
	}
	return wordsIdle
}

func scannerDoing(s stand.State) words {
	switch {
	case s.Scanner == nil:
		return wordsOut
	case s.Scanner.Jobs > 0:
		return words{"正在扫描", "scanning"}
	}
	return words{
		fmt.Sprintf("玻璃图 %d · 进纸 %d", s.Scanner.Glass, s.Scanner.Feeder),
		fmt.Sprintf("page %d · feeder %d", s.Scanner.Glass, s.Scanner.Feeder),
	}
}

func cameraDoing(s stand.State) words {
	switch {
	case s.Camera == nil || !s.Camera.In:
		return wordsOut
	case s.Camera.On:
		return words{"正在拍", "filming"}
	case s.Camera.Empty:
		return words{"下面没有纸", "no page"}
	}
	return words{fmt.Sprintf("图 %d 在下面", s.Camera.Bars), fmt.Sprintf("page %d", s.Camera.Bars)}
}
