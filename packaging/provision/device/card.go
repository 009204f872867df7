package device

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/drivers/idcard"
	"bianmin/drivers/photo"
	"bianmin/drivers/social"
	"bianmin/packaging/provision/printed"
)

// findEvery is the pause between two looks for a card.
const findEvery = 200 * time.Millisecond

func cardCommand() *cobra.Command {
	var l line
	var decoder string
	command := &cobra.Command{
		Use:   "card --link LINK",
		Short: "Read one card and print its fields / 读一张身份证或社会保障卡",
		Long:  "Read one card. Name, numbers, address and day of birth are shown in part only; with --full they are shown as they are, of an identity card the raw text block too.",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			command.SilenceUsage = true
			if strings.HasPrefix(l.link, social.Prefix) {
				return readSocial(command, &l)
			}
			ctx, cancel := context.WithTimeout(command.Context(), l.timeout)
			defer cancel()
			if !l.json {
				_, _ = fmt.Fprintln(command.ErrOrStderr(), "请将身份证放在读卡器上 / place a card on the reader")
			}
			card, module, templates, err := readCard(ctx, &l)
			if err != nil {
				return refuse(command.OutOrStdout(), l.json, err)
			}
			told := tell(card)
			if !l.full {
				told.mask()
			}
			told.Module = module
			if l.fingers {
				told.Fingerprints = &templates
			}
			told.Photo = tellPhoto(command.Context(), decoder, card.Photo)
			clear(card.Photo)
			if l.json {
				return printed.JSON(command.OutOrStdout(), told)
			}
			return printCard(command.OutOrStdout(), told)
		},
	}
	l.flags(command)
	command.Flags().BoolVar(&l.fingers, "fingerprints", false, "ask the card for fingerprints too and say how many bytes came; nothing of them is shown or kept")
	command.Flags().BoolVar(&l.full, "full", false, "show all that stands on the card, and the raw text block")
	command.Flags().StringVar(&decoder, "photo-decoder", "", "program that makes a picture of the photo: 1024 bytes on its standard input, BMP or PNG on its output (docs/devices/idcard.md)")
	return command
}

// tellPhoto says what can be made of a photo; the picture itself is thrown away.
func tellPhoto(ctx context.Context, program string, content []byte) photoTold {
	told := photoTold{Bytes: len(content)}
	if len(content) == 0 {
		return told
	}
	picture, err := photo.New(photo.Options{Program: program}).Decode(ctx, content)
	if err != nil {
		told.Problem = err.Error()
		return told
	}
	told.Width, told.Height = picture.Bounds().Dx(), picture.Bounds().Dy()
	return told
}

// readCard waits for a card and reads it, and asks for the security module's number. A card that could not be read is tried again until the time
// is over, for it may just be moving; then the error is that card's, or that none was placed. templates is how many bytes of fingerprints it has, where they are asked for.
func readCard(ctx context.Context, l *line) (card identity.Card, module string, templates int, err error) {
	if err := l.findSpeed(ctx); err != nil {
		return identity.Card{}, "", 0, err
	}
	opened, err := l.open(ctx)
	if err != nil {
		return identity.Card{}, "", 0, err
	}
	reader := idcard.New(opened, idcard.Options{Baud: l.baud, Limit: l.timeout, Fingerprints: l.fingers, Now: time.Now})
	defer func() {
		if closing := reader.Close(); closing != nil && err == nil {
			err = closing
		}
	}()
	tick := time.NewTicker(findEvery)
	defer tick.Stop()
	var last error
	for {
		card, err := reader.Read(ctx)
		fault := drivers.FaultOf(err)
		switch {
		case err == nil:
			data := reader.Fingerprints()
			templates = len(data)
			clear(data)
			status, err := reader.Status(ctx)
			return card, status.Serial, templates, err
		case errors.Is(err, drivers.ErrNoCard):
			if last == nil {
				last = &nobodyError{faultNoCard, say("no-card", map[string]any{"time": l.timeout.String()})}
			}
		case fault == drivers.FaultCard, fault == drivers.FaultCardDoubt:
			last = err
		case ctx.Err() != nil && last != nil:
			return identity.Card{}, "", 0, last
		default:
			return identity.Card{}, "", 0, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return identity.Card{}, "", 0, last
		}
	}
}

// told is a card as the command prints it. Dates are YYYY-MM-DD.
type told struct {
	Kind         identity.Kind `json:"kind"`
	Name         string        `json:"name"`
	ChineseName  string        `json:"chineseName,omitempty"` // of a foreigner; name is in Latin letters then
	Country      string        `json:"country,omitempty"`     // ISO 3166 alpha-3
	PassNumber   string        `json:"passNumber,omitempty"`
	PrivateUse   []string      `json:"privateUse,omitempty"` // code points of name and address without a meaning in Unicode
	Sex          coded         `json:"sex"`
	Nation       *coded        `json:"nation,omitempty"`
	Birth        string        `json:"birth"`
	Address      string        `json:"address"`
	NewAddress   string        `json:"newAddress,omitempty"`
	Number       string        `json:"number"`
	Issuer       string        `json:"issuer"`
	ValidFrom    string        `json:"validFrom"`
	ValidTo      string        `json:"validTo,omitempty"`
	LongTerm     bool          `json:"longTerm"`
	Expired      bool          `json:"expired"`
	ReadTwice    bool          `json:"readTwice"`
	Doubts       []doubted     `json:"doubts"` // fields that contradict each other
	Photo        photoTold     `json:"photo"`
	Fingerprints *int          `json:"fingerprints,omitempty"` // how many bytes there are, where they were asked for; nothing of them is kept
	Module       string        `json:"securityModule"`         // number of the reader's security module
	Masked       bool          `json:"masked"`
	TextBlockHex string        `json:"textBlockHex,omitempty"` // with --full
	raw          []byte
}

// mask leaves of what is about the person only what shows that it was read.
func (t *told) mask() {
	t.Masked, t.TextBlockHex, t.raw = true, "", nil
	t.Name, t.ChineseName = identity.MaskName(t.Name), identity.MaskName(t.ChineseName)
	t.Number, t.PassNumber = identity.Mask(t.Number), identity.Mask(t.PassNumber)
	t.Address, t.NewAddress = hide(t.Address, 6, 0), hide(t.NewAddress, 6, 0)
	t.Birth = hideDay(t.Birth)
	for i := range t.PrivateUse {
		t.PrivateUse[i] = "U+****"
	}
}

type doubted = identity.Field

// photoTold is what became of the photo. Width and Height are zero where no picture was made of it, and Problem says why.
type photoTold struct {
	Bytes   int    `json:"bytes"`
	Width   int    `json:"width,omitempty"`
	Height  int    `json:"height,omitempty"`
	Problem string `json:"problem,omitempty"`
}

func (p photoTold) String() string {
	switch {
	case p.Bytes == 0:
		return "卡内没有 (none on the card)"
	case p.Problem != "":
		return fmt.Sprintf("%d 字节，没有图像 (%d bytes, no picture: %s)", p.Bytes, p.Bytes, p.Problem)
	}
	return fmt.Sprintf("%d × %d", p.Width, p.Height)
}

type coded struct {
	Code string `json:"code"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

func tell(card identity.Card) told {
	t := told{
		Kind: card.Kind, Name: card.Name, ChineseName: card.Chinese, Country: card.Country, PassNumber: card.PassNumber, Birth: card.Birth.String(), Address: card.Address, NewAddress: card.NewAddress,
		Number: card.Number, Issuer: card.Issuer, ValidFrom: card.ValidFrom.String(), ValidTo: card.ValidTo.String(),
		LongTerm: card.LongTerm, Expired: card.Expired(identity.DateOf(time.Now())), ReadTwice: card.ReadTwice,
		Doubts: []doubted{}, TextBlockHex: hex.EncodeToString(card.Raw[:]), raw: card.Raw[:],
	}
	zh, en := card.Sex.Name()
	t.Sex = coded{string(card.Sex), zh, en}
	if card.Nation != "" {
		zh, en := card.Nation.Name()
		t.Nation = &coded{string(card.Nation), zh, en}
	}
	for _, r := range card.Name + card.Address + card.NewAddress {
		if identity.PrivateUse(r) {
			t.PrivateUse = append(t.PrivateUse, fmt.Sprintf("U+%04X", r))
		}
	}
	var doubt *identity.DoubtError
	if errors.As(card.Check(), &doubt) {
		t.Doubts = doubt.Fields
	}
	return t
}

func printCard(out io.Writer, t told) error {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			_, _ = fmt.Fprintf(table, "%s\t%s\n", name, value)
		}
	}
	row("kind", string(t.Kind))
	row("姓名 name", t.Name)
	row("中文姓名 Chinese name", t.ChineseName)
	row("国籍 country", t.Country)
	row("性别 sex", fmt.Sprintf("%s %s (%s)", t.Sex.Zh, t.Sex.En, t.Sex.Code))
	if t.Nation != nil {
		row("民族 nation", fmt.Sprintf("%s %s (%s)", t.Nation.Zh, t.Nation.En, t.Nation.Code))
	}
	row("出生 birth", t.Birth)
	row("住址 address", t.Address)
	row("新住址 newest address", t.NewAddress)
	row("号码 number", t.Number)
	row("通行证号码 travel permit", t.PassNumber)
	row("签发机关 issuer", t.Issuer)
	until := t.ValidTo
	if t.LongTerm {
		until = "长期 (no end)"
	}
	if t.Expired {
		until += " 已过期 (expired)"
	}
	row("有效期 valid", t.ValidFrom+" – "+until)
	row("read twice", fmt.Sprint(t.ReadTwice))
	if len(t.PrivateUse) > 0 {
		row("private-use characters", fmt.Sprint(t.PrivateUse))
	}
	if len(t.Doubts) > 0 {
		row("存疑 fields in doubt", fmt.Sprint(t.Doubts))
	}
	row("照片 photo", t.Photo.String())
	if t.Fingerprints != nil {
		row("指纹 fingerprints", fmt.Sprint(*t.Fingerprints, " bytes"))
	}
	row("安全模块 security module", t.Module)
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	if t.Masked {
		return nil
	}
	if _, err := fmt.Fprintf(out, "text block:\n%s", hex.Dump(t.raw)); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
