package command

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"bianmin/platform/registry"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

var (
	terminalForm = regexp.MustCompile(`^[0-9A-Z]{6}$`)
	regionForm   = regexp.MustCompile(`^[0-9]{12}$`)
)

func enrolCommand(o Options) *cobra.Command {
	parent := group("enrol", "Enrolment of terminals (终端入网)")
	parent.AddCommand(enrolNewCommand(o), enrolAnswerCommand(o))
	return parent
}

type enrolFlags struct {
	data, environment, sheet, bundle string
	code                             registry.Code
	valid                            time.Duration
}

func enrolNewCommand(o Options) *cobra.Command {
	var f enrolFlags
	c := &cobra.Command{
		Use: "new", Short: "Make a one-time enrolment code and print it with its enrolment string as JSON", Args: cobra.NoArgs,
		Long: `The string, or the sheet, is all that a machine with network needs. For one without, --bundle lays a pre-issued bundle on a stick. The
bundle is sealed with the code, so the sheet must not travel with the stick. The machine lays its request on the stick
("provision setup"), "platform enrol answer" answers it there, and the machine takes the answer.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if f.bundle != "" && !c.Flags().Changed("valid") {
				f.valid = validByStick
			}
			return f.run(c, o)
		},
	}
	dataFlag(c, &f.data)
	flags := c.Flags()
	flags.StringVar(&f.code.URL, "url", "", "address terminals reach the platform at, e.g. https://127.0.0.1:8443")
	flags.StringVar(&f.code.Number, "terminal", "", "terminal number, six letters and digits, e.g. QH0301")
	flags.StringVar(&f.code.Point, "point", "", "name of the service point")
	flags.StringVar(&f.code.Region, "region", "", "division code of the point, 12 digits")
	flags.StringVar(&f.code.Role, "role", "kiosk", "kiosk or agent")
	flags.StringVar(&f.environment, "environment", "demo", "demo or production")
	flags.DurationVar(&f.valid, "valid", 72*time.Hour, "how long the code may be used; with --bundle two weeks unless said")
	flags.StringVar(&f.sheet, "sheet", "", "also write the code as a printable A4 page with its QR code, PDF, into this file")
	flags.StringVar(&f.bundle, "bundle", "", "also lay a pre-issued bundle for a machine without network into this folder, a stick, or file")
	return c
}

func (f enrolFlags) check() error {
	switch {
	case !terminalForm.MatchString(f.code.Number):
		return errors.New("--terminal must be six capital letters and digits")
	case f.code.Number == practice.Terminal:
		return errors.New("--terminal must not be the number of practice mode, " + practice.Terminal)
	case !regionForm.MatchString(f.code.Region):
		return errors.New("--region must be a division code of 12 digits")
	case f.code.Point == "" || len([]rune(f.code.Point)) > 100:
		return errors.New("--point must be a name of at most 100 characters")
	case f.code.Role != "kiosk" && f.code.Role != "agent":
		return errors.New("--role must be kiosk or agent")
	case f.environment != "demo" && f.environment != "production":
		return errors.New("--environment must be demo or production")
	}
	return nil
}

func (f enrolFlags) run(c *cobra.Command, o Options) (err error) {
	if err := f.check(); err != nil {
		return err
	}
	if err := os.MkdirAll(f.data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	authority, err := openAuthority(o, f.data, f.environment, nil)
	if err != nil {
		return err
	}
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return fmt.Errorf("draw a code: %w", err)
	}
	ticket, err := wire.NewTicket(f.code.URL, authority.Fingerprint(), wire.FormatCode(random))
	if err != nil {
		return fmt.Errorf("--url: %w", err)
	}
	reg, err := registry.Open(c.Context(), f.data, o.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	code := f.code
	code.URL, code.Environment = ticket.URL, f.environment
	code.Hash, code.Expires = seal.Digest([]byte(ticket.Code)), o.Now().Add(f.valid)
	// Before the code counts: what cannot be written leaves no code behind.
	var bundle string
	if f.bundle != "" {
		if bundle, err = writeBundle(f.bundle, authority, code, ticket.Code, o.Now()); err != nil {
			return err
		}
	}
	if f.sheet != "" {
		if err := writeSheet(f.sheet, ticket, code, f.bundle != ""); err != nil {
			return err
		}
	}
	if err := reg.AddCode(c.Context(), code); err != nil {
		return err
	}
	made := map[string]any{
		"code": ticket.Code, "enrolment": ticket.String(), "terminal": code.Number, "trust": ticket.Fingerprint,
		"url": ticket.URL, "expires": code.Expires.UTC().Format(time.RFC3339),
	}
	if bundle != "" {
		made["bundle"] = bundle
	}
	return printJSON(c.OutOrStdout(), made)
}
