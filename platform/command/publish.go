package command

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"bianmin/platform/publish"
	"bianmin/store/cut"
)

// publishCommand is everything about the repository from which terminals take new versions.
func publishCommand(o Options) *cobra.Command {
	c := group("publish", "Make and keep the repository of new versions for terminals")
	c.Long = "A repository is a folder that any web server or a stick carries to the terminals. Keys are made once (keys), then the\n" +
		"repository (new); each version is added per kind of machine (add). Sign anew every week (refresh), or terminals stop believing it."
	var keys string
	once := &cobra.Command{
		Use: "keys --keys DIR", Short: "Make all signing keys, once", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := publish.MakeKeys(keys); err != nil {
				return err
			}
			_, err := fmt.Fprintln(c.OutOrStdout(), "root: 3 keys, 2 sign; targets: 3 keys, 2 sign; snapshot and timestamp: one each. Give root-* and targets-* to custodians.")
			return err
		},
	}
	once.Flags().StringVar(&keys, "keys", "", "folder for the keys, made here")
	required(once, "keys")
	c.AddCommand(once, publishNew(o), publishAdd(o), publishWithdraw(o), publishRefresh(o), publishRenew(o), publishList(o), publishBundle(o), publishServe(o))
	return c
}

func required(c *cobra.Command, names ...string) {
	for _, name := range names {
		if err := c.MarkFlagRequired(name); err != nil {
			panic(err) // the flag stands one line above
		}
	}
}

// repositoryFlags are common to all that sign.
func repositoryFlags(c *cobra.Command, o Options, signs bool) *publish.Repository {
	r := &publish.Repository{Now: o.Now, Lives: publish.DefaultLives, Point: cut.Point}
	c.Flags().StringVar(&r.Folder, "repository", "", "the repository's folder")
	required(c, "repository")
	if signs {
		c.Flags().StringVar(&r.Keys, "keys", "", "folder of the keys")
		c.Flags().DurationVar(&r.Lives.Timestamp, "valid", r.Lives.Timestamp, "how long terminals believe the repository without another signature")
		required(c, "keys")
	}
	return r
}

func publishNew(o Options) *cobra.Command {
	c := &cobra.Command{Use: "new --repository DIR --keys DIR", Short: "Make an empty repository and say which file terminals must have", Args: cobra.NoArgs}
	r := repositoryFlags(c, o, true)
	c.RunE = func(c *cobra.Command, _ []string) error {
		r.Lives.Snapshot = max(r.Lives.Snapshot, r.Lives.Timestamp)
		if err := r.Create(); err != nil {
			return err
		}
		root, err := r.RootFile()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.OutOrStdout(), root)
		return err
	}
	return c
}

func publishAdd(o Options) *cobra.Command {
	var version, arch, programs string
	c := &cobra.Command{Use: "add --repository DIR --keys DIR --version V --arch ARCH --programs DIR", Short: "Publish the programs in a folder as a version", Args: cobra.NoArgs}
	r := repositoryFlags(c, o, true)
	c.Flags().StringVar(&version, "version", "", "version, e.g. 1.4.0")
	c.Flags().StringVar(&arch, "arch", "", "kind of machine: amd64 or arm64")
	c.Flags().StringVar(&programs, "programs", "", "folder with provision, sender, and kiosk or agent or both, and nothing else")
	required(c, "version", "arch", "programs")
	c.RunE = func(c *cobra.Command, _ []string) error {
		r.Lives.Snapshot = max(r.Lives.Snapshot, r.Lives.Timestamp)
		what, err := r.Add(programs, version, arch)
		if err != nil {
			return err
		}
		return printJSON(c.OutOrStdout(), what)
	}
	return c
}

func publishWithdraw(o Options) *cobra.Command {
	c := &cobra.Command{Use: "withdraw VERSION --repository DIR --keys DIR", Short: "Offer a version no longer; terminals that run it keep it", Args: cobra.ExactArgs(1)}
	r := repositoryFlags(c, o, true)
	c.RunE = func(_ *cobra.Command, args []string) error { return r.Withdraw(args[0]) }
	return c
}

func publishRefresh(o Options) *cobra.Command {
	c := &cobra.Command{Use: "refresh --repository DIR --keys DIR", Short: "Sign anew what is published; needs the keys snapshot and timestamp only", Args: cobra.NoArgs}
	r := repositoryFlags(c, o, true)
	c.RunE = func(c *cobra.Command, _ []string) error {
		r.Lives.Snapshot = max(r.Lives.Snapshot, r.Lives.Timestamp)
		if err := r.Refresh(); err != nil {
			return err
		}
		_, err := fmt.Fprintf(c.OutOrStdout(), "believed until %s\n", o.Now().Add(r.Lives.Timestamp).Format(time.DateOnly))
		return err
	}
	return c
}

func publishRenew(o Options) *cobra.Command {
	var before string
	c := &cobra.Command{Use: "renew --repository DIR --keys DIR", Short: "Put the keys in the folder in force, signed by those that were", Args: cobra.NoArgs}
	r := repositoryFlags(c, o, true)
	c.Flags().StringVar(&before, "before", "", "folder of the keys in force until now (default: the same folder, which only lengthens their validity)")
	c.RunE = func(_ *cobra.Command, _ []string) error {
		if before == "" {
			before = r.Keys
		}
		return r.Renew(before)
	}
	return c
}

func publishList(o Options) *cobra.Command {
	c := &cobra.Command{Use: "list --repository DIR", Short: "Say what is published", Args: cobra.NoArgs}
	r := repositoryFlags(c, o, false)
	c.RunE = func(c *cobra.Command, _ []string) error {
		all, err := r.List()
		if err != nil {
			return err
		}
		return printJSON(c.OutOrStdout(), all)
	}
	return c
}

func publishBundle(o Options) *cobra.Command {
	c := &cobra.Command{
		Use: "bundle FOLDER --repository DIR --keys DIR", Short: "Sign a bundle for sticks, which installs terminals without network", Args: cobra.ExactArgs(1),
		Long: "FOLDER is what packaging/build/bundle made. It gets the list of keys and is signed with those of targets. Print the fingerprint\n" +
			"of its installer on the sheet that technicians carry: it stays as long as keys and installer do.",
	}
	r := repositoryFlags(c, o, true)
	c.RunE = func(c *cobra.Command, args []string) error {
		fingerprint, err := r.SignBundle(args[0])
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "install.sh  %s\n", fingerprint)
		return err
	}
	return c
}
