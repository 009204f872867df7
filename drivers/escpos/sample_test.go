package escpos

import (
	"strings"
	"time"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/core/text"
)

// Words are the terminal's, as receipts are laid out with them.
func Words() *text.Catalog {
	words, err := text.Load(assets.Words())
	if err != nil {
		panic(err)
	}
	return words
}

// Typical is the receipt of the demonstration's pension case, for goldens and measurements.
func Typical() receipt.Document {
	return receipt.Receipt(typicalSlip())
}

func typicalSlip() receipt.Slip {
	china := time.FixedZone("CST", 8*3600)
	return receipt.Slip{
		Lang: text.Chinese, Words: Words(), Point: "柳树沟村便民服务点", Item: "城乡居民养老保险待遇资格认证", Person: "李小芳",
		Number: "QH0301A-261122-0042-X", Department: "青河县人力资源和社会保障局", Days: 3,
		Filed:   time.Date(2026, 11, 22, 9, 42, 0, 0, china),
		Inquiry: "0970-5550123", Complaint: "12345", QR: typicalCode(),
	}
}

// typicalCode has the length and the characters of a real one.
func typicalCode() string {
	code := receipt.Code{
		Case: "QH0301A-261122-0042-X", Item: "11630000MB1234567X4000105001000", Time: time.Unix(1795311720, 0),
		Certificate: receipt.Certificate{Terminal: "QH0301", Generation: "A", NotBefore: time.Unix(1767225600, 0), NotAfter: time.Unix(1924992000, 0)},
	}
	fill := func(b []byte, seed byte) {
		for i := range b {
			b[i] = seed + byte(i)*57
		}
	}
	fill(code.Digest[:], 1)
	fill(code.Signature[:], 2)
	fill(code.Certificate.Key[:], 3)
	fill(code.Certificate.Signature[:], 4)
	s, err := code.Encode()
	if err != nil {
		panic(err)
	}
	return strings.Clone(s)
}
