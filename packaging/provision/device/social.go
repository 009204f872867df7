package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/drivers/social"
	"bianmin/packaging/provision/printed"
)

func socialCommand() *cobra.Command {
	var reader string
	var l line
	command := &cobra.Command{
		Use:   "social",
		Short: "Read one social-security card in a chip card reader / 读一张社会保障卡",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			command.SilenceUsage = true
			if l.link == "" {
				l.link = social.Prefix + reader
			}
			return readSocial(command, &l)
		},
	}
	flags := command.Flags()
	flags.StringVar(&l.link, "link", "", "the reader, as list shows it: pcsc:NAME")
	flags.StringVar(&reader, "reader", "", "the reader as PC/SC calls it, where there are several")
	flags.DurationVar(&l.timeout, "timeout", 10*time.Second, "how long to wait at most")
	flags.BoolVar(&l.json, "json", false, "print JSON, also of what fails: docs/devices/commands.md")
	flags.BoolVar(&l.full, "full", false, "show all that stands on the card")
	return command
}

// readSocial reads the card that is put in and prints it.
func readSocial(command *cobra.Command, l *line) error {
	name, err := social.NameOf(l.link)
	if err != nil {
		return refuse(command.OutOrStdout(), l.json, &nobodyError{faultUsage, err.Error()})
	}
	ctx, cancel := context.WithTimeout(command.Context(), l.timeout)
	defer cancel()
	if !l.json {
		_, _ = fmt.Fprintln(command.ErrOrStderr(), "请将社会保障卡插入读卡器 / put a social-security card into the reader")
	}
	card, err := awaitSocial(ctx, social.New(social.Options{Name: name, Limit: l.timeout, Now: time.Now}))
	if err != nil {
		return refuse(command.OutOrStdout(), l.json, err)
	}
	told := tellSocial(card)
	if !l.full {
		told.mask()
	}
	if l.json {
		return printed.JSON(command.OutOrStdout(), told)
	}
	return printSocial(command.OutOrStdout(), told)
}

// socialStatus asks whether a chip card reader is there.
func socialStatus(ctx context.Context, l *line) (drivers.Status, error) {
	name, err := social.NameOf(l.link)
	if err != nil {
		return misnamed(drivers.RoleSocial, l.link, "pcsc:, pcsc:NAME")
	}
	return social.New(social.Options{Name: name, Now: time.Now}).Status(ctx)
}

// awaitSocial waits for a card and reads it.
func awaitSocial(ctx context.Context, reader drivers.SocialCardReader) (identity.SocialCard, error) {
	tick := time.NewTicker(findEvery)
	defer tick.Stop()
	for {
		card, err := reader.Read(ctx)
		if !errors.Is(err, drivers.ErrNoCard) {
			return card, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return identity.SocialCard{}, &nobodyError{faultNoCard, say("no-social", nil)}
		}
	}
}

// toldSocial is a card as the command prints it. Dates are YYYY-MM-DD.
type toldSocial struct {
	Number         string      `json:"number"`
	Identification string      `json:"identification"`
	Class          string      `json:"class"`
	Version        string      `json:"version"`
	Issuer         string      `json:"issuer"`
	Issued         string      `json:"issued,omitempty"`
	ValidTo        string      `json:"validTo,omitempty"`
	Holder         *toldHolder `json:"holder,omitempty"` // left out where the card wants a password first
	Masked         bool        `json:"masked"`
}

// mask leaves of what is about the person only what shows that it was read.
func (t *toldSocial) mask() {
	t.Masked, t.Number, t.Identification = true, identity.Mask(t.Number), identity.Mask(t.Identification)
	if h := t.Holder; h != nil {
		h.Name, h.Number, h.Birthplace = identity.MaskName(h.Name), identity.Mask(h.Number), hide(h.Birthplace, 2, 0)
		h.Birth = hideDay(h.Birth)
	}
}

type toldHolder struct {
	Name       string `json:"name"`
	Number     string `json:"number"`
	Sex        coded  `json:"sex"`
	Nation     coded  `json:"nation"`
	Birth      string `json:"birth,omitempty"`
	Birthplace string `json:"birthplace"` // division, 6 digits
}

func tellSocial(card identity.SocialCard) toldSocial {
	t := toldSocial{
		Number: card.Number, Identification: card.Identification, Class: card.Class, Version: card.Version, Issuer: card.Issuer,
		Issued: card.Issued.String(), ValidTo: card.ValidTo.String(),
	}
	if h := card.Holder; h != nil {
		sexZh, sexEn := h.Sex.Name()
		nationZh, nationEn := h.Nation.Name()
		t.Holder = &toldHolder{
			Name: h.Name, Number: h.Number, Sex: coded{string(h.Sex), sexZh, sexEn}, Nation: coded{string(h.Nation), nationZh, nationEn},
			Birth: h.Birth.String(), Birthplace: h.Birthplace,
		}
	}
	return t
}

func printSocial(out io.Writer, t toldSocial) error {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			_, _ = fmt.Fprintf(table, "%s\t%s\n", name, value)
		}
	}
	row("卡号 card number", t.Number)
	row("卡识别码 identification", t.Identification)
	row("规范版本 version", t.Version)
	row("发卡机构 issuer", t.Issuer)
	row("有效期 valid", t.Issued+" – "+t.ValidTo)
	if h := t.Holder; h != nil {
		row("姓名 name", h.Name)
		row("社会保障号码 number", h.Number)
		row("性别 sex", fmt.Sprintf("%s %s (%s)", h.Sex.Zh, h.Sex.En, h.Sex.Code))
		row("民族 nation", fmt.Sprintf("%s %s (%s)", h.Nation.Zh, h.Nation.En, h.Nation.Code))
		row("出生 birth", h.Birth)
	} else {
		row("持卡人 holder", "卡要求密码，不读 (behind a password, not read)")
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// chipReaders tells of the readers that the PC/SC service knows; a machine without the service has none.
func chipReaders(ctx context.Context) (all []shown, err error) {
	found, err := social.Find(ctx)
	if drivers.FaultOf(err) == drivers.FaultMissingTool {
		return nil, nil
	}
	for _, f := range found {
		all = append(all, shown{Kind: "pcsc", Link: f.Link, Role: drivers.RoleSocial, Model: f.Name})
	}
	return all, err
}
