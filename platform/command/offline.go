package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bianmin/platform/admission"
	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// validByStick is how long a code may be used that travels by hand, to the machine and back, unless --valid says otherwise.
const validByStick = 14 * 24 * time.Hour

// writeBundle lays a pre-issued bundle into a folder, or a file of its own name.
func writeBundle(path string, a *authority.Authority, c registry.Code, code string, now time.Time) (string, error) {
	bundle, err := admission.PreIssue(a, c, code, now)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, bundle.Name())
	}
	return path, writeOffline(path, bundle)
}

func writeOffline(path string, o wire.Offline) error {
	content, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return seal.WriteFile(path, append(content, '\n'))
}

func enrolAnswerCommand(o Options) *cobra.Command {
	var data, request, out string
	c := &cobra.Command{
		Use: "answer", Short: "Answer the requests of machines without network on a stick", Args: cobra.NoArgs,
		Long: `Issues the certificates by the rules that hold over the network: a code works once and for a time; the same machine gets the same answer again.
--request is a request's file, or a folder, whose requests are all answered. An answer lies beside its request unless --out names another folder.
One that is refused is said on standard error; the others are answered.`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			a, err := loadAuthority(o, data)
			if err != nil {
				return err
			}
			reg, err := registry.Open(c.Context(), data, o.Now)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, reg.Close()) }()
			files, err := requestsAt(request)
			if err != nil {
				return err
			}
			desk := admission.Desk{Authority: a, Registry: reg, Now: o.Now}
			made, answered := []map[string]any{}, []error{}
			for _, file := range files {
				one, err := answerFile(c, desk, file, out)
				if err != nil {
					answered = append(answered, fmt.Errorf("%s: %w", filepath.Base(file), err))
					continue
				}
				made = append(made, one)
			}
			if len(made) > 0 {
				answered = append(answered, printJSON(c.OutOrStdout(), made))
			}
			return errors.Join(answered...)
		},
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&request, "request", "", "a request's file, or a folder with requests, like the stick's")
	c.Flags().StringVar(&out, "out", "", "folder for the answers (default beside each request)")
	if err := c.MarkFlagRequired("request"); err != nil {
		panic(err) // the flag stands above
	}
	return c
}

// requestsAt gives a request's file, or all that lie in a folder.
func requestsAt(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	files, err := filepath.Glob(filepath.Join(path, wire.OfflinePrefix+"*"+wire.RequestEnding))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no request lies in %s: is it the right stick? provision setup on the machine lays it there", path)
	}
	return files, err
}

func answerFile(c *cobra.Command, desk admission.Desk, file, out string) (map[string]any, error) {
	content, err := readRequest(file, nil)
	if err != nil {
		return nil, err
	}
	answer, who, err := desk.Answer(c.Context(), content)
	if err != nil {
		return nil, err
	}
	if out == "" {
		out = filepath.Dir(file)
	}
	path := filepath.Join(out, answer.Name())
	if err := writeOffline(path, answer); err != nil { // the same request gets the same certificates again
		return nil, err
	}
	return map[string]any{"terminal": who.Terminal, "generation": who.Generation, "point": who.Point, "role": who.Role, "answer": path}, nil
}
