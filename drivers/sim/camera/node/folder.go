// Package node shows simulated document cameras to programs as files that
// answer as Video4Linux does: requests by ioctl, pictures in mapped memory. The
// kernel's FUSE stands between, so that neither a module nor a virtual machine
// is needed. It is written from the kernel's documentation of V4L2 and shares no
// code with the driver; it must never be linked into a shipped program.
package node

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"bianmin/drivers/sim/camera"
)

// ErrNotHere says why a Folder cannot be had on this machine.
var ErrNotHere = errors.New("a document camera on the bench needs /dev/fuse, and root or Debian's fuse3")

// Here tells whether a Folder can be had on this machine.
func Here() bool {
	f, err := Open()
	return err == nil && f.Close() == nil
}

// Folder is a folder of cameras below /dev, where programs look for devices.
type Folder struct {
	path   string
	root   *fs.Inode
	server *fuse.Server

	mutex   sync.Mutex
	cameras map[string]*Camera
}

// prefix is how the folders' names begin; the number of the process that made one follows, by which those of programs that were killed are known.
const prefix = "/dev/shm/bianmin-camera-"

// Open makes a folder without a camera in it.
func Open() (*Folder, error) {
	sweep()
	path, err := os.MkdirTemp(filepath.Dir(prefix), fmt.Sprintf("%s%d-", filepath.Base(prefix), os.Getpid()))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotHere, err)
	}
	f := &Folder{path: path, cameras: map[string]*Camera{}}
	always := time.Duration(0) // the kernel asks each time whether a camera is still there
	quiet := log.New(io.Discard, "", 0)
	root := &fs.Inode{}
	f.root = root
	f.server, err = fs.Mount(path, root, &fs.Options{
		AttrTimeout: &always, EntryTimeout: &always, NegativeTimeout: &always, Logger: quiet,
		MountOptions: fuse.MountOptions{DirectMount: true, FsName: "camera", Name: "camera", DisableXAttrs: true, Logger: quiet, ExplicitDataCacheControl: true},
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrNotHere, err), os.Remove(path))
	}
	return f, nil
}

// sweep takes away what programs have left that were killed.
func sweep() {
	left, _ := filepath.Glob(prefix + "*") // the pattern is well formed
	for _, path := range left {
		number, _, _ := strings.Cut(strings.TrimPrefix(path, prefix), "-")
		pid, err := strconv.Atoi(number)
		if err != nil || !errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			continue
		}
		_ = unix.Unmount(path, unix.MNT_DETACH)
		_ = os.Remove(path)
	}
}

// Plug makes a camera with a name and plugs it in.
func (f *Folder) Plug(ctx context.Context, name string, lens *image.Gray, options camera.Options) *Camera {
	if options.Sizes == nil {
		options.Sizes = []image.Point{{X: 640, Y: 480}, {X: 1024, Y: 768}}
	}
	c := &Camera{folder: f.root, name: name, path: filepath.Join(f.path, name), options: options, lens: lens}
	c.running, c.end = context.WithCancel(context.WithoutCancel(ctx))
	c.Replug()
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.cameras[name] = c
	return c
}

// Close pulls all cameras and takes the folder away, whoever still looks into it.
func (f *Folder) Close() error {
	f.mutex.Lock()
	all := f.cameras
	f.cameras = map[string]*Camera{}
	f.mutex.Unlock()
	for _, c := range all {
		c.Unplug()
		c.end()
	}
	if err := f.server.Unmount(); err != nil {
		if err := unix.Unmount(f.path, unix.MNT_DETACH); err != nil {
			return fmt.Errorf("take the cameras' folder away: %w", err)
		}
	}
	if err := os.Remove(f.path); err != nil {
		return fmt.Errorf("take the cameras' folder away: %w", err)
	}
	return nil
}
