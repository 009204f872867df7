package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"bianmin/platform/authority"
	"bianmin/sync/seal"
)

// maxRequest is far more than a recovery request has.
const maxRequest = 64 << 10

func recoveryCommand(o Options) *cobra.Command {
	parent := group("recovery", "The custodians' part when an agent forgot the secret (找回口令)")
	var data, file string
	c := &cobra.Command{
		Use: "answer", Short: "Answer a desk's request with the point's recovery key; the answer goes to standard output", Args: cobra.NoArgs,
		Long:    "Both custodians look at whose secret is to be replaced before they answer. Only the PC that asked can open the answer, and only its newest request counts.",
		Example: "  platform recovery answer --data P --request request.json > answer.json",
		RunE: func(c *cobra.Command, _ []string) error {
			request, err := readRequest(file, c.InOrStdin())
			if err != nil {
				return err
			}
			a, err := authority.Load(authority.Options{Dir: filepath.Join(data, "authority"), Now: o.Now})
			if err != nil {
				return err
			}
			r, err := seal.ParseRecoveryRequest(request)
			if err != nil {
				return err
			}
			answer, err := a.AnswerRecovery(request)
			if errors.Is(err, seal.ErrUnwrap) {
				return errors.New("the request is not of the point it names")
			}
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(c.ErrOrStderr(), "terminal %s%s, account %s: the secret may be replaced\n", r.Terminal, r.Generation, r.Account); err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), string(answer))
			return err
		},
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&file, "request", "-", "the desk's request, - for standard input")
	parent.AddCommand(c)
	return parent
}

func readRequest(file string, stdin io.Reader) (_ []byte, err error) {
	from := stdin
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("read the request: %w", err)
		}
		defer func() { err = errors.Join(err, opened.Close()) }()
		from = opened
	}
	content, err := io.ReadAll(io.LimitReader(from, maxRequest))
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	return content, nil
}
