package node

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// file is a camera that is plugged in, as the kernel knows it.
type file struct {
	fs.Inode
	camera *Camera
}

var (
	_ fs.NodeGetattrer = (*file)(nil)
	_ fs.NodeSetattrer = (*file)(nil)
	_ fs.NodeOpener    = (*file)(nil)
	_ fs.FileIoctler   = (*handle)(nil)
	_ fs.FileReader    = (*handle)(nil)
	_ fs.FileWriter    = (*handle)(nil)
	_ fs.FileFlusher   = (*handle)(nil)
	_ fs.FileReleaser  = (*handle)(nil)
)

// A picture's memory lies at a place of its own in the file.
const (
	most     = 8       // of them
	reserved = 4 << 20 // bytes of each
)

func (f *file) describe(out *fuse.Attr) {
	out.Mode, out.Size, out.Nlink = syscall.S_IFREG|0o666, most*reserved, 1
}

// Getattr implements fs.NodeGetattrer.
func (f *file) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	f.describe(&out.Attr)
	return 0
}

// Setattr implements fs.NodeSetattrer; nothing can be changed.
func (f *file) Setattr(_ context.Context, _ fs.FileHandle, _ *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	f.describe(&out.Attr)
	return 0
}

// Open implements fs.NodeOpener. Another opening leaves the memory of who films alone.
func (f *file) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if err := f.camera.strike(f); err != 0 {
		return nil, 0, err
	}
	f.camera.mutex.Lock()
	defer f.camera.mutex.Unlock()
	if f.camera.trouble.Denied {
		return nil, 0, syscall.EACCES
	}
	return &handle{camera: f.camera, file: f}, fuse.FOPEN_KEEP_CACHE, 0
}

// Read gives what is in the pictures' memory where the kernel has it no more.
func (h *handle) Read(_ context.Context, dest []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	clear(dest)
	if i := int(at / reserved); i < len(h.memory) && int(at%reserved) < len(h.memory[i]) {
		copy(dest, h.memory[i][at%reserved:])
	}
	return fuse.ReadResultData(dest), 0
}

// Write takes what the program has written there: it clears pictures.
func (h *handle) Write(_ context.Context, data []byte, at int64) (uint32, syscall.Errno) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if i := int(at / reserved); i < len(h.memory) && int(at%reserved) < len(h.memory[i]) {
		copy(h.memory[i][at%reserved:], data)
	}
	return uint32(len(data)), 0 // #nosec G115 -- what the kernel sends at once
}

// Flush is the program's close: what it has begun ends.
func (h *handle) Flush(context.Context) syscall.Errno {
	h.stop()
	h.camera.mutex.Lock()
	defer h.camera.mutex.Unlock()
	if h.camera.owner == h {
		h.camera.owner = nil
	}
	return 0
}

// Release comes some time after it, and also where a program was killed.
func (h *handle) Release(ctx context.Context) syscall.Errno { return h.Flush(ctx) }
