package photo

import (
	"errors"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// launcher is the name under which a program starts itself to become a decoder.
const launcher = "bianmin-photo"

// notStarted is the launcher's exit code.
const notStarted = 125

// Launch must be the first thing that a program does which decodes photos: a copy of it that was started as the launcher gives up
// what a decoder need not have, and becomes the decoder. In every other program it does nothing.
func Launch() {
	if len(os.Args) < 2 || os.Args[0] != launcher {
		return
	}
	runtime.LockOSThread()
	if err := confine(); err == nil {
		_ = syscall.Exec(os.Args[1], os.Args[1:], os.Environ()) // #nosec G204 -- the program the configuration names
	}
	os.Exit(notStarted)
}

// limits of a decoder. Pipes are no files: what it may say is bounded elsewhere.
var limits = map[int]uint64{
	unix.RLIMIT_FSIZE: 0, // nothing of the photo on any disk
	unix.RLIMIT_CORE:  0,
	unix.RLIMIT_CPU:   30,
	unix.RLIMIT_AS:    256 << 20,
}

func confine() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	filter := sift()
	if filter == nil {
		return errors.New("no filter for this machine")
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]} // #nosec G115 -- a few dozen
	if err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0); err != nil {
		return err
	}
	for what, most := range limits { // last: memory, for this program is larger
		if what != unix.RLIMIT_AS {
			if err := unix.Setrlimit(what, &unix.Rlimit{Cur: most, Max: most}); err != nil {
				return err
			}
		}
	}
	return unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: limits[unix.RLIMIT_AS], Max: limits[unix.RLIMIT_AS]})
}

// calls that a decoder does not get, by machine: socket (and what makes one otherwise), io_uring, and those with which a child
// would leave the group that is killed. A decoder may be of the machine's 32-bit kind.
var calls = []struct {
	machine string
	arch    uint32
	numbers []uint32
}{
	// socket, setpgid, setsid, io_uring_setup
	{"amd64", unix.AUDIT_ARCH_X86_64, []uint32{41, 109, 112, 425}},
	{"amd64", unix.AUDIT_ARCH_I386, []uint32{102, 359, 57, 66, 425}}, // socketcall too
	{"arm64", unix.AUDIT_ARCH_AARCH64, []uint32{198, 154, 157, 425}},
	{"arm64", unix.AUDIT_ARCH_ARM, []uint32{102, 281, 57, 66, 425}},
}

// x32 marks the system calls of a third kind on amd64, which nobody needs.
const x32 = 0x40000000

// sift is the filter in the kernel's form: each kind of machine has its block, any other is refused everything.
func sift() []unix.SockFilter {
	statement := func(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }
	load, equal, least, answer := uint16(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS), uint16(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K),
		uint16(unix.BPF_JMP|unix.BPF_JGE|unix.BPF_K), uint16(unix.BPF_RET|unix.BPF_K)
	refused := uint32(unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM))
	var filter []unix.SockFilter
	for _, c := range calls {
		if c.machine != runtime.GOARCH {
			continue
		}
		block := []unix.SockFilter{statement(load, 0)} // the number
		for _, number := range c.numbers {
			block = append(block, unix.SockFilter{Code: equal, Jf: 1, K: number}, statement(answer, refused))
		}
		if c.arch == unix.AUDIT_ARCH_X86_64 {
			block = append(block, unix.SockFilter{Code: least, Jf: 1, K: x32}, statement(answer, refused))
		}
		block = append(block, statement(answer, unix.SECCOMP_RET_ALLOW))
		filter = append(filter, statement(load, 4), // the kind of machine
			unix.SockFilter{Code: equal, Jf: uint8(len(block)), K: c.arch}) // #nosec G115 -- a dozen
		filter = append(filter, block...)
	}
	if filter == nil {
		return nil
	}
	return append(filter, statement(answer, refused))
}
