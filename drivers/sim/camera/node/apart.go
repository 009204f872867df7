package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"sync"

	"bianmin/drivers/sim/camera"
)

// order is what a test's process tells the process of the cameras.
type order struct {
	Name    string         // of the camera
	Do      string         // plug, replug, unplug, lay, have, arm, look
	Sheet   camera.Sheet   `json:",omitzero"`
	Options camera.Options `json:",omitzero"`
	Trouble Trouble        `json:",omitzero"`
	Seed    uint64         `json:",omitempty"`
	Strikes []Strike       `json:",omitempty"`
}

// Look is how a camera stands.
type Look struct {
	Link   string
	On     bool
	Times  int
	Mode   camera.Mode
	Struck int
	Failed string `json:",omitempty"`
}

// Serve has cameras for another process until in ends: one that looks at its own can wait for itself.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	folder, err := Open()
	if err != nil {
		return err
	}
	orders, answers := json.NewDecoder(in), json.NewEncoder(out)
	cameras, lenses := map[string]*Camera{}, map[camera.Sheet]*image.Gray{} // drawing one takes longer than a scan
	for {
		var o order
		if err := orders.Decode(&o); err != nil {
			return folder.Close() // whoever had them has gone
		}
		if err := answers.Encode(carryOut(ctx, folder, cameras, lenses, o)); err != nil {
			return errors.Join(fmt.Errorf("answer: %w", err), folder.Close())
		}
	}
}

func carryOut(ctx context.Context, folder *Folder, cameras map[string]*Camera, lenses map[camera.Sheet]*image.Gray, o order) Look {
	lens := lenses[o.Sheet]
	if lens == nil {
		lens = o.Sheet.Lens()
		lenses[o.Sheet] = lens
	}
	if o.Do == "plug" {
		cameras[o.Name] = folder.Plug(ctx, o.Name, lens, o.Options)
	}
	c := cameras[o.Name]
	if c == nil {
		return Look{Failed: "there is no camera " + o.Name}
	}
	switch o.Do {
	case "replug":
		c.Replug()
	case "unplug":
		c.Unplug()
	case "lay":
		c.Lay(lens)
	case "have":
		c.Have(o.Trouble)
	case "arm":
		c.Arm(o.Seed, o.Strikes)
	}
	look := Look{Link: c.Link(), Struck: c.Struck()}
	look.On, look.Times, look.Mode = c.On()
	return look
}

// Apart is the process of the cameras as a test's process sees it. Its methods are safe for use by several goroutines.
type Apart struct {
	command *exec.Cmd
	mutex   sync.Mutex
	in      io.WriteCloser
	orders  *json.Encoder
	answers *json.Decoder
}

// Variable is set for the process of the cameras: a test's own program again, whose TestMain calls Serve then.
const Variable = "BIANMIN_TEST_CAMERAS"

// Start starts it.
func Start(ctx context.Context) (*Apart, error) {
	a := &Apart{command: exec.CommandContext(ctx, os.Args[0])}
	a.command.Env = append(os.Environ(), Variable+"=1")
	a.command.Stderr = os.Stderr
	in, err := a.command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the cameras: %w", err)
	}
	out, err := a.command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the cameras: %w", err)
	}
	a.in, a.orders, a.answers = in, json.NewEncoder(in), json.NewDecoder(out)
	if err := a.command.Start(); err != nil {
		return nil, fmt.Errorf("start the cameras: %w", err)
	}
	return a, nil
}

func (a *Apart) tell(o order) (look Look, err error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if err := a.orders.Encode(o); err != nil {
		return look, fmt.Errorf("tell the cameras: %w", err)
	}
	if err := a.answers.Decode(&look); err != nil {
		return look, fmt.Errorf("hear the cameras: %w", err)
	}
	if look.Failed != "" {
		return look, errors.New(look.Failed)
	}
	return look, nil
}

// Plug makes a camera and plugs it in.
func (a *Apart) Plug(name string, sheet camera.Sheet, options camera.Options) (*Distant, error) {
	look, err := a.tell(order{Name: name, Do: "plug", Sheet: sheet, Options: options})
	return &Distant{apart: a, name: name, link: look.Link}, err
}

// Close ends the process, which takes its cameras away.
func (a *Apart) Close() error {
	if err := errors.Join(a.in.Close(), a.command.Wait()); err != nil {
		return fmt.Errorf("end the cameras: %w", err)
	}
	return nil
}

// Distant is a Camera in the other process.
type Distant struct {
	apart      *Apart
	name, link string
}

// Link is Camera.Link.
func (d *Distant) Link() string { return d.link }

func (d *Distant) do(o order) error {
	o.Name = d.name
	_, err := d.apart.tell(o)
	return err
}

// Replug is Camera.Replug.
func (d *Distant) Replug() error { return d.do(order{Do: "replug"}) }

// Unplug is Camera.Unplug.
func (d *Distant) Unplug() error { return d.do(order{Do: "unplug"}) }

// Lay puts another sheet before the lens.
func (d *Distant) Lay(sheet camera.Sheet) error { return d.do(order{Do: "lay", Sheet: sheet}) }

// Have is Camera.Have.
func (d *Distant) Have(trouble Trouble) error { return d.do(order{Do: "have", Trouble: trouble}) }

// Arm is Camera.Arm.
func (d *Distant) Arm(seed uint64, strikes []Strike) error {
	return d.do(order{Do: "arm", Seed: seed, Strikes: strikes})
}

// Look is how it stands.
func (d *Distant) Look() (Look, error) { return d.apart.tell(order{Name: d.name, Do: "look"}) }
