// Package catalogue is the technician's "provision catalogue": check says file, JSON pointer and
// reason of everything that is wrong with catalogue folders and item files and must not change
// them; status and import are about the province's editions on this machine.
package catalogue

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"bianmin/core/catalogue"
	"bianmin/packaging/provision/printed"
)

const (
	mainFile    = "catalogue.json"
	itemsFolder = "items"
	maxBytes    = 4 << 20
)

// Command returns the "catalogue" command with its subcommands.
func Command() *cobra.Command {
	command := &cobra.Command{
		Use:   "catalogue",
		Short: "Check catalogue files; the province's editions on this machine / 事项目录",
		Args:  cobra.NoArgs,
	}
	command.AddCommand(checkCommand(), statusCommand(), importCommand())
	return command
}

func checkCommand() *cobra.Command {
	asJSON := false
	command := &cobra.Command{
		Use:   "check FILE|DIR…",
		Short: "Say everything that is wrong with catalogue folders or item files",
		Long: "A folder is checked as a whole. An item's file inside a catalogue's items/ folder is checked together with that\n" +
			"catalogue, and one that lies elsewhere by itself: its categories, regions and files are then not looked up.\n" +
			"docs/catalogue-format.md describes the format.",
		Args: func(_ *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				return errors.New("name a catalogue's folder or an item's file")
			}
			return nil
		},
		RunE: func(command *cobra.Command, paths []string) error {
			command.SilenceUsage = true
			return check(paths, asJSON, command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the messages as JSON on standard output")
	return command
}

// result is what one argument came to.
type result struct {
	path     string
	items    int
	messages catalogue.Messages
}

type line struct {
	File    string `json:"file"`
	Pointer string `json:"pointer"`
	Reason  string `json:"reason"`
	Warning bool   `json:"warning,omitempty"`
}

func check(paths []string, asJSON bool, out, problems io.Writer) error {
	lines := []line{}
	faults, files := 0, map[string]bool{}
	for _, path := range paths {
		r, err := examine(path)
		if err != nil {
			return err
		}
		for _, m := range r.messages {
			lines = append(lines, line{m.File, m.Pointer, m.Reason, m.Warning})
			if !m.Warning {
				faults++
				files[m.File] = true
			}
		}
		if !asJSON {
			if err := print(r, out, problems); err != nil {
				return err
			}
		}
	}
	if asJSON {
		if err := printed.JSON(out, lines); err != nil {
			return err
		}
	}
	if faults > 0 {
		return fmt.Errorf("%d faults in %d files", faults, len(files))
	}
	return nil
}

func print(r result, out, problems io.Writer) error {
	for _, m := range r.messages {
		word := ""
		if m.Warning {
			word = "warning: "
		}
		if _, err := fmt.Fprintf(problems, "%s%s\n", word, m); err != nil {
			return fmt.Errorf("print messages: %w", err)
		}
	}
	if len(r.messages.Faults()) > 0 {
		return nil
	}
	if _, err := fmt.Fprintf(out, "%s: in order, items: %d\n", r.path, r.items); err != nil {
		return fmt.Errorf("print messages: %w", err)
	}
	return nil
}

// examine checks what a path names: a catalogue's folder, its main file, an item in its place, or an item alone.
func examine(path string) (result, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return result{}, fmt.Errorf("%s does not exist: name a catalogue's folder or an item's file", path)
	}
	if err != nil {
		return result{}, fmt.Errorf("check %s: %w", path, unwrapped(err))
	}
	switch {
	case info.IsDir():
		return folder(path, path), nil
	case filepath.Base(path) == mainFile:
		return folder(path, filepath.Dir(path)), nil
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return result{}, fmt.Errorf("check %s: %w", path, err)
	}
	root := filepath.Dir(filepath.Dir(absolute))
	_, missing := os.Stat(filepath.Join(root, mainFile))
	if filepath.Base(filepath.Dir(absolute)) == itemsFolder && missing == nil {
		return inPlace(path, root), nil
	}
	return alone(path)
}

func folder(path, dir string) result {
	r := result{path: path, messages: catalogue.Check(os.DirFS(dir))}
	for i := range r.messages {
		r.messages[i].File = filepath.Join(dir, r.messages[i].File)
	}
	if len(r.messages.Faults()) == 0 {
		if c, err := catalogue.Load(os.DirFS(dir)); err == nil {
			r.items = len(c.Items)
		}
	}
	return r
}

// inPlace checks an item with its catalogue and keeps the messages about the item, or about the catalogue when it cannot be read.
func inPlace(path, root string) result {
	r := result{path: path, items: 1}
	name := itemsFolder + "/" + filepath.Base(path)
	for _, m := range catalogue.Check(os.DirFS(root)) {
		switch {
		case m.File == name:
			m.File = path
		case m.File == mainFile && m.Pointer == "":
			m.File = filepath.Join(root, mainFile)
		default:
			continue
		}
		r.messages = append(r.messages, m)
	}
	return r
}

func alone(path string) (result, error) {
	file, err := os.Open(path)
	if err != nil {
		return result{}, fmt.Errorf("check %s: %w", path, unwrapped(err))
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err != nil {
		return result{}, fmt.Errorf("check %s: %w", path, unwrapped(err))
	}
	if len(content) > maxBytes {
		return result{}, fmt.Errorf("check %s: the file is larger than %d MB", path, maxBytes>>20)
	}
	return result{path: path, items: 1, messages: catalogue.CheckItem(path, content)}, nil
}

// unwrapped takes the path off an error, because the sentence names it already.
func unwrapped(err error) error {
	var where *fs.PathError
	if errors.As(err, &where) {
		return where.Err
	}
	return err
}
