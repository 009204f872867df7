package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/emmansun/gmsm/smx509"
	"github.com/spf13/cobra"

	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/sync/seal"
)

// maxRequest is far more than a recovery request has.
const maxRequest = 64 << 10

func recoveryCommand(o Options) *cobra.Command {
	parent := group("recovery", "The two custodians' part when an agent forgot the secret or a machine died (找回)")
	var data, file string
	var held []string
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
			if r.Account == seal.RecoveryBackup {
				if err := asksForItself(c.Context(), data, r); err != nil {
					return err
				}
			}
			var shares []authority.Share
			for _, path := range held {
				share, err := authority.ReadShare(path)
				if err != nil {
					return err
				}
				shares = append(shares, share)
			}
			answer, err := a.AnswerRecovery(request, shares...)
			if errors.Is(err, seal.ErrUnwrap) {
				return errors.New("the request is not of the point it names")
			}
			if err != nil {
				return err
			}
			said := fmt.Sprintf("terminal %s%s, account %s: the secret may be replaced", r.Terminal, r.Generation, r.Account)
			if r.Account == seal.RecoveryBackup {
				said = fmt.Sprintf("terminal %s%s may open the backup of %s", r.Terminal, r.Generation, r.Name)
			}
			if _, err := fmt.Fprintln(c.ErrOrStderr(), said); err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), string(answer))
			return err
		},
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&file, "request", "-", "the desk's request, - for standard input")
	c.Flags().StringArrayVar(&held, "share", nil, "a custodian's share; twice, once the key was divided")
	parent.AddCommand(c, recoverySplitCommand(o), recoveryListCommand(o))
	return parent
}

// asksForItself wants a machine that would open a backup to be the newest
// generation of its number and point, not barred, and the answer to go to the key it was certified for.
func asksForItself(ctx context.Context, data string, r seal.RecoveryRequest) (err error) {
	reg, err := registry.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	all, err := reg.Terminals(ctx)
	if err != nil {
		return err
	}
	var newest registry.Terminal
	for _, t := range all { // in order of their generations
		if t.Number == r.Terminal {
			newest = t
		}
	}
	if newest.Barred || newest.Generation != r.Generation || newest.Point != r.Point || newest.Region != r.Region {
		return errors.New("the request does not come from the newest, admitted generation of that terminal")
	}
	certificates, err := reg.Certificates(ctx, newest, "encrypt")
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(certificates, func(c *smx509.Certificate) bool { return bytes.Equal(seal.CompressKey(seal.SM2Key(c)), r.Fresh) }) {
		return errors.New("the answer would go to another key than the terminal's own")
	}
	return nil
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
