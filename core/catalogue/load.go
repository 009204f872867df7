package catalogue

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"

	"bianmin/core/form"
)

// The layout of a catalogue's folder.
const (
	mainFile    = "catalogue.json"
	itemsFolder = "items"
	filesFolder = "files"
)

// Limits of a catalogue's folder.
const (
	maxFileBytes = 4 << 20
	maxItems     = 20000
)

// Message is one thing wrong with a catalogue: in which file, where (JSON
// pointer, "" for the whole file) and why.
type Message struct {
	File    string
	Pointer string
	Reason  string
	Warning bool // should be looked at, but the catalogue may be used
}

func (m Message) String() string {
	if m.Pointer == "" {
		return m.File + ": " + m.Reason
	}
	return m.File + ": " + m.Pointer + ": " + m.Reason
}

// Messages are all things wrong with a catalogue; as an error they stand one per line.
type Messages []Message

func (m Messages) Error() string {
	lines := make([]string, len(m))
	for i, message := range m {
		lines[i] = message.String()
	}
	return strings.Join(lines, "\n")
}

// Faults are the messages that are no warnings.
func (m Messages) Faults() Messages {
	return slices.DeleteFunc(slices.Clone(m), func(message Message) bool { return message.Warning })
}

// Load reads a catalogue's folder (catalogue.json, items/*.json, files/) and
// checks it. The error is Messages, and names everything that is wrong; warnings alone are no error.
func Load(folder fs.FS) (*Catalogue, error) {
	l := &loader{folder: folder}
	c := l.load()
	if faults := l.messages.Faults(); len(faults) > 0 {
		return nil, faults
	}
	c.index()
	return c, nil
}

// Check tells everything that is wrong with a catalogue's folder, warnings included. Load succeeds when there are no Faults.
func Check(folder fs.FS) Messages {
	l := &loader{folder: folder}
	l.load()
	return l.messages
}

// CheckItem checks one item's file by itself, without the catalogue it will
// belong to: categories, regions and files are not looked up.
func CheckItem(name string, content []byte) Messages {
	l := &loader{}
	l.item(name, content)
	return l.messages
}

type loader struct {
	folder   fs.FS
	main     *Catalogue // nil when items stand alone, or catalogue.json cannot be read
	messages Messages
}

func (l *loader) tell(file, at, format string, args ...any) {
	l.messages = append(l.messages, Message{File: file, Pointer: at, Reason: fmt.Sprintf(format, args...)})
}

func (l *loader) warn(file, at, format string, args ...any) {
	l.tell(file, at, format, args...)
	l.messages[len(l.messages)-1].Warning = true
}

func (l *loader) load() *Catalogue {
	content, ok := l.read(mainFile)
	if !ok {
		return nil
	}
	c := &Catalogue{forms: map[string]*form.Checked{}}
	sound := l.decode(mainFile, content, c)
	if sound {
		l.main = c
		l.checkMain(c)
	}
	l.loadItems(c)
	if sound {
		l.checkTogether(c)
	}
	return c
}

func (l *loader) loadItems(c *Catalogue) {
	entries, err := fs.ReadDir(l.folder, itemsFolder)
	if err != nil {
		l.tell(itemsFolder, "", "cannot be read: %s", unwrapped(err))
		return
	}
	if len(entries) > maxItems {
		l.tell(itemsFolder, "", "holds more than %d files", maxItems)
		return
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	codes := map[string]string{}
	for i, r := range l.readItems(entries) {
		name, item := path.Join(itemsFolder, entries[i].Name()), r.item
		l.messages = append(l.messages, r.messages...)
		if item == nil {
			continue
		}
		if first, twice := codes[item.Code]; twice {
			l.tell(name, "/code", "%q is already the code of %s", item.Code, first)
			continue
		}
		codes[item.Code] = name
		c.Items = append(c.Items, item)
		c.forms[item.Code] = r.form
	}
	if len(entries) == 0 {
		l.tell(itemsFolder, "", "is empty: a catalogue needs at least one item")
	}
}

// itemRead is what one file of the items folder came to.
type itemRead struct {
	item     *Item
	form     *form.Checked
	messages Messages
}

// readItems reads the files of the items folder on all processors, and returns the results in the files' order.
func (l *loader) readItems(entries []fs.DirEntry) []itemRead {
	results := make([]itemRead, len(entries))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(entries)) {
		workers.Go(func() {
			for i := range next {
				own := &loader{folder: l.folder, main: l.main}
				results[i].item, results[i].form = own.itemFile(entries[i])
				results[i].messages = own.messages
			}
		})
	}
	for i := range entries {
		next <- i
	}
	close(next)
	workers.Wait()
	return results
}

func (l *loader) itemFile(entry fs.DirEntry) (*Item, *form.Checked) {
	name := path.Join(itemsFolder, entry.Name())
	if entry.IsDir() || path.Ext(name) != ".json" {
		l.tell(name, "", "does not belong here: items/ holds only .json files")
		return nil, nil
	}
	content, ok := l.read(name)
	if !ok {
		return nil, nil
	}
	return l.item(name, content)
}

// item reads and checks one item; nil when it cannot be read, its form nil when that is not sound.
func (l *loader) item(name string, content []byte) (*Item, *form.Checked) {
	item := &Item{}
	if !l.decode(name, content, item) {
		return nil, nil
	}
	checked, err := form.Compile(item.Form)
	var faults form.Faults
	if errors.As(err, &faults) {
		for _, fault := range faults {
			l.tell(name, "/form"+fault.Pointer, "%s", fault.Reason)
		}
	}
	k := &checker{loader: l, file: name, catalogue: l.main}
	k.item(item, checked)
	return item, checked
}

// read reads one file, with a limit on its size.
func (l *loader) read(name string) ([]byte, bool) {
	file, err := l.folder.Open(name)
	if err != nil {
		l.tell(name, "", "cannot be read: %s", unwrapped(err))
		return nil, false
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err != nil {
		l.tell(name, "", "cannot be read: %s", unwrapped(err))
		return nil, false
	}
	if len(content) > maxFileBytes {
		l.tell(name, "", "is larger than %d MB", maxFileBytes>>20)
		return nil, false
	}
	return content, true
}

// decode reads a document strictly into a value.
func (l *loader) decode(name string, content []byte, into any) bool {
	before := len(l.messages)
	content = []byte(strings.TrimPrefix(string(content), "\ufeff"))
	tree, err := parse(content)
	if err != nil {
		l.tell(name, "", "is not JSON: %v", err)
		return false
	}
	if object, ok := tree.(map[string]any); ok && l.newer(name, object) {
		return false
	}
	shape(tree, reflect.TypeOf(into), "", func(at, format string, args ...any) { l.tell(name, at, format, args...) })
	if len(l.messages) > before {
		return false
	}
	if err := json.Unmarshal(content, into); err != nil {
		l.tell(name, "", "cannot be read: %v", err)
		return false
	}
	return true
}

// newer stops at a format from the future: its unknown names would only make noise.
func (l *loader) newer(name string, object map[string]any) bool {
	number, ok := object["format"].(json.Number)
	if !ok {
		return false
	}
	if n, err := number.Int64(); err == nil && n <= FormatVersion {
		return false
	}
	l.tell(name, "/format", "is %s, but this program reads formats up to %d", number, FormatVersion)
	return true
}

// unwrapped takes the path off an error, because the message names the file.
func unwrapped(err error) string {
	var where *fs.PathError
	if errors.As(err, &where) {
		return where.Err.Error()
	}
	return err.Error()
}
