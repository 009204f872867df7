package assets

import _ "embed"

//go:embed font/NotoSansSC_400Regular.ttf
var fontRegular []byte

//go:embed font/NotoSansSC_700Bold.ttf
var fontBold []byte

// FontRegular returns the embedded Noto Sans SC Regular as a TrueType file;
// font/README.md says what it covers. The bytes must not be changed.
func FontRegular() []byte { return fontRegular }

// FontBold returns the embedded Noto Sans SC Bold as a TrueType file. The bytes
// must not be changed.
func FontBold() []byte { return fontBold }
