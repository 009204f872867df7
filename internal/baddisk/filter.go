package baddisk

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What linux/seccomp.h says and the library does not.
const (
	modeFilter  = 1
	newListener = 1 << 3
	userNotify  = 0x7fc00000
	allow       = 0x7fff0000
	goOn        = 1 // the call is made as if nobody had asked

	ioctlReceive = 0xc0502100
	ioctlRespond = 0xc0182101
)

// notice is a call that waits for an answer; reply is that.
type notice struct {
	ID             uint64
	Process, Flags uint32
	Number         int32
	Architecture   uint32
	Address        uint64
	Arguments      [6]uint64
}

type reply struct {
	ID    uint64
	Value int64
	Error int32
	Flags uint32
}

// filter makes the kernel ask about this thread's calls and those of all that it starts, and gives where it asks.
func filter() (listener int, err error) {
	load := unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS} // the call's number
	program := []unix.SockFilter{load}
	left := len(calls)
	for number := range calls {
		left--
		program = append(program, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: uint32(number), Jt: uint8(left + 1)}) // #nosec G115 -- few calls
	}
	program = append(program, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: allow}, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: userNotify})
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return -1, fmt.Errorf("give up privileges: %w", err)
	}
	words := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]} // #nosec G115 -- few calls
	descriptor, _, problem := unix.Syscall(unix.SYS_SECCOMP, modeFilter, newListener, uintptr(unsafe.Pointer(&words)))
	runtime.KeepAlive(program)
	if problem != 0 {
		return -1, fmt.Errorf("ask the kernel to ask: %w", problem)
	}
	return int(descriptor), nil // #nosec G115 -- a descriptor
}

// receive gives the next call; nil when there was none for a moment, or its process has ended.
func receive(listener int) (*notice, error) {
	ready := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}} // #nosec G115 -- a descriptor
	if n, err := unix.Poll(ready, 20); errors.Is(err, unix.EINTR) || err == nil && n == 0 {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("wait for a call: %w", err)
	}
	if ready[0].Revents&unix.POLLIN == 0 { // nobody is left who could ask
		return nil, pause()
	}
	var n notice
	_, _, problem := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), ioctlReceive, uintptr(unsafe.Pointer(&n)))
	switch problem {
	case 0:
		return &n, nil
	case unix.EINTR, unix.ENOENT:
		return nil, nil
	}
	return nil, fmt.Errorf("take a call: %w", problem)
}

// pause keeps a listener without askers from being looked at without rest.
func pause() error {
	if _, err := unix.Poll(nil, 1); err != nil && !errors.Is(err, unix.EINTR) {
		return err
	}
	return nil
}

func respond(listener int, r reply) error {
	_, _, problem := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), ioctlRespond, uintptr(unsafe.Pointer(&r)))
	if problem != 0 && problem != unix.ENOENT && problem != unix.EINTR {
		return fmt.Errorf("answer a call: %w", problem)
	}
	return nil
}
