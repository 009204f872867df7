package office

import (
	"bianmin/core/casefile"
	"bianmin/sync/seal"
)

// SealLine seals a list row as this book does, for tests that fill a store by the hundred thousand.
func (b *Book) SealLine(number casefile.Number, who casefile.Applicant, item casefile.ItemRef) (sealed, tag []byte, err error) {
	sealed, err = b.keys.sealJSON(line{Person: who.Name, Number: who.Number, Item: item.Code, ItemName: item.Name}, "line "+string(number))
	t := seal.Tag(b.keys.lookup, who.Number)
	return sealed, t[:], err
}
