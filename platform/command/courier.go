package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"bianmin/packaging/stick"
	post "bianmin/platform/courier"
	"bianmin/platform/intake"
	"bianmin/platform/registry"
	"bianmin/platform/service"
	"bianmin/sync/courier"
)

// courierCommand is about bundles of terminals without network.
func courierCommand(o Options) *cobra.Command {
	c := group("courier", "Bundles of terminals without network (离线摆渡包): take")
	c.AddCommand(courierTake(o))
	return c
}

// tookBundle is what the command says of one bundle.
type tookBundle struct {
	File       string `json:"file"`
	Terminal   string `json:"terminal,omitempty"`
	Packets    int    `json:"packets"`
	Accepted   int    `json:"accepted"`
	Registered int    `json:"registered"` // held, an earlier event of the case is missing
	Refused    int    `json:"refused"`
	Damaged    int    `json:"damaged"` // must be carried again
	Left       int    `json:"left"`    // wait at the terminal for another stick
	Answer     string `json:"answer,omitempty"`
	Error      string `json:"error,omitempty"`
}

func courierTake(o Options) *cobra.Command {
	var data, rules string
	c := &cobra.Command{
		Use: "take FOLDER --data DIR", Short: "Take all bundles on a stick and lay the answers beside them", Args: cobra.ExactArgs(1),
		Long: "FOLDER is the stick's. The platform may serve meanwhile. A bundle that was taken before is answered again. The stick goes back to its terminal.",
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&rules, "rules", "", "rules of items, YAML (default: rules.yaml in the data folder, when it is there)")
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		a, err := loadAuthority(o, data)
		if err != nil {
			return err
		}
		read, err := rulesOf(data, rules)
		if err != nil {
			return err
		}
		reg, err := registry.Open(c.Context(), data, o.Now)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, reg.Close()) }()
		in, err := intake.New(intake.Options{Registry: reg, Authority: a, Dir: data, Rules: read, Now: o.Now, Apart: true})
		if err != nil {
			return err
		}
		press := pressOf(data, o)
		s, err := service.New(service.Options{
			Contract: o.Contract, Authority: a, Registry: reg, Intake: in, Editions: press, Now: o.Now, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			return err
		}
		return takeBundles(c, post.Desk{Authority: a, Registry: reg, Intake: in, Editions: press, News: s.News, Now: o.Now}, args[0])
	}
	return c
}

// takeBundles takes a stick's bundles one after the other; one that cannot be taken is said and stops no other.
func takeBundles(c *cobra.Command, d post.Desk, folder string) error {
	to, err := stick.Look(folder)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(folder, courier.Folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at the stick: %w", err)
	}
	took, failed := []tookBundle{}, 0
	for _, entry := range entries {
		terminal, number, ext, ok := courier.ParseName(entry.Name())
		if !ok || ext != courier.OutExt {
			continue
		}
		one, err := takeBundle(c, d, to, filepath.Join(folder, courier.Folder, entry.Name()), courier.Name(terminal, number, courier.BackExt))
		one.File = entry.Name()
		if err != nil {
			one.Error = err.Error()
			failed++
		}
		took = append(took, one)
	}
	if err := printJSON(c.OutOrStdout(), took); err != nil {
		return err
	}
	switch {
	case len(took) == 0:
		return fmt.Errorf("%s holds no bundle: is it the right stick?", folder)
	case failed > 0:
		return fmt.Errorf("%d of %d bundles were not taken whole; the terminals keep what was not", failed, len(took))
	}
	return nil
}

func takeBundle(c *cobra.Command, d post.Desk, to stick.Folder, path, answer string) (tookBundle, error) {
	file, err := os.Open(path) // #nosec G304 -- on the operator's stick
	if err != nil {
		return tookBundle{}, err
	}
	result, err := d.Take(c.Context(), file)
	err = errors.Join(err, file.Close())
	said := tookBundle{
		Terminal: result.Terminal + result.Generation, Packets: len(result.Packets), Accepted: result.Accepted, Registered: result.Registered,
		Refused: result.Refused, Damaged: len(result.Damaged), Left: result.Left,
	}
	if err != nil {
		return said, err
	}
	// The answer first: it is what the terminal waits for, and it is small.
	if err := place(to, filepath.Join(courier.Folder, answer), result.Sealed); err != nil {
		return said, errors.Join(err, result.Trouble)
	}
	said.Answer = answer
	return said, errors.Join(placeArchive(d, to, result.Archive), result.Trouble)
}

// placeArchive lays the catalogue's archive beside an answer; "" is none. Where it has no room, or is not to be had, it comes another time.
func placeArchive(d post.Desk, to stick.Folder, digest string) error {
	if digest == "" {
		return nil
	}
	archive, err := os.ReadFile(d.Editions.Archive(digest))
	if err != nil {
		return fmt.Errorf("read an archive: %w", err)
	}
	return place(to, filepath.Join(courier.Folder, courier.Archives, digest), archive)
}

func place(to stick.Folder, name string, content []byte) error {
	err := to.Place(filepath.Join(to.Path, name), func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(content))
		return err
	})
	if err != nil {
		return fmt.Errorf("write to the stick: %w", err)
	}
	return nil
}
