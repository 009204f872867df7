package command

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bianmin/platform/editions"
	"bianmin/sync/wire"
)

func pressOf(data string, o Options) editions.Press {
	return editions.Press{Folder: filepath.Join(data, "catalogue"), Now: o.Now}
}

// catalogueCommand is everything about the editions of catalogues that terminals take.
func catalogueCommand(o Options) *cobra.Command {
	c := group("catalogue", "Editions of the catalogue (事项目录) for terminals: publish, list, export")
	c.Long = "A catalogue's folder is published as a numbered edition for the division it names. Terminals of that division hear of it with their\n" +
		"next heartbeat and take what has changed; the smallest division that holds a terminal counts. To take something back, publish it as it was."
	c.AddCommand(cataloguePublish(o), catalogueList(o), catalogueExport(o))
	return c
}

// said is an edition in a list.
type said struct {
	Region    string       `json:"region"`
	Edition   int64        `json:"edition"`
	Name      string       `json:"name"`
	Published string       `json:"published"`
	Made      time.Time    `json:"made"`
	Digest    string       `json:"digest"`
	Files     int          `json:"files"`
	Size      int64        `json:"size"`
	Snapshot  wire.Archive `json:"snapshot"`
	Deltas    int          `json:"deltas"`
	// Delta is the archive for terminals that hold the edition before.
	Delta *wire.Archive `json:"delta,omitempty"`
}

func sayEdition(e editions.Edition) said {
	s := said{e.Region, e.Edition, e.Name, e.Published, e.Made, e.Set.Digest(), len(e.Set), e.Set.Size(), e.Snapshot, len(e.Deltas), nil}
	if len(e.Deltas) > 0 {
		s.Delta = &e.Deltas[0].Archive
	}
	return s
}

func cataloguePublish(o Options) *cobra.Command {
	var data string
	var number int64
	c := &cobra.Command{Use: "publish FOLDER --data DIR", Short: "Publish a catalogue's folder as the next edition", Args: cobra.ExactArgs(1)}
	dataFlag(c, &data)
	c.Flags().Int64Var(&number, "edition", 0, "number to give, when this platform was restored from a backup and terminals hold higher ones than it knows")
	c.RunE = func(c *cobra.Command, args []string) error {
		if number < 0 {
			return fmt.Errorf("--edition must be a number above those that were given out")
		}
		if _, err := loadAuthority(o, data); err != nil {
			return err
		}
		e, err := pressOf(data, o).Publish(c.Context(), os.DirFS(args[0]), number)
		if err != nil {
			return err
		}
		return printJSON(c.OutOrStdout(), sayEdition(e))
	}
	return c
}

func catalogueList(o Options) *cobra.Command {
	var data string
	c := &cobra.Command{Use: "list --data DIR", Short: "Say which editions there are", Args: cobra.NoArgs}
	dataFlag(c, &data)
	c.RunE = func(c *cobra.Command, _ []string) error {
		press := pressOf(data, o)
		divisions, err := press.Divisions()
		if err != nil {
			return err
		}
		all := []said{}
		for _, division := range divisions {
			list, err := press.List(division)
			if err != nil {
				return err
			}
			for _, e := range list {
				all = append(all, sayEdition(e))
			}
		}
		return printJSON(c.OutOrStdout(), all)
	}
	return c
}

func catalogueExport(o Options) *cobra.Command {
	var data, region, to string
	c := &cobra.Command{Use: "export --region CODE --to DIR --data DIR", Short: "Lay the newest edition on a stick, for terminals without network", Args: cobra.NoArgs}
	dataFlag(c, &data)
	c.Flags().StringVar(&region, "region", "", "division code of the terminals, 12 digits")
	c.Flags().StringVar(&to, "to", "", "folder on the stick, made when missing")
	required(c, "region", "to")
	c.RunE = func(c *cobra.Command, _ []string) error {
		a, err := loadAuthority(o, data)
		if err != nil {
			return err
		}
		e, err := pressOf(data, o).Export(a, region, to)
		if err != nil {
			return err
		}
		return printJSON(c.OutOrStdout(), sayEdition(e))
	}
	return c
}
