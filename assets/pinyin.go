package assets

import _ "embed"

//go:embed pinyin/pinyin.txt.gz
var pinyinData []byte

// PinyinData returns the data of the input method (gzip), as core/pinyin loads
// them; pinyin/README.md says where they come from. The bytes must not be changed.
func PinyinData() []byte { return pinyinData }
