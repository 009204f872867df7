package document

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// Server is a print server: CUPS itself, with a folder of its own, where the user that prints may go.
type Server struct {
	dir     string
	address string
	cups    *process
}

const serverFiles = `ServerRoot %[1]s
RequestRoot %[1]s/spool
CacheDir %[1]s/cache
StateDir %[1]s/state
TempDir %[1]s/spool/tmp
AccessLog %[1]s/access.log
ErrorLog %[1]s/error.log
PageLog %[1]s/page.log
SystemGroup root
LogFilePerm 0644
FatalErrors none
FileDevice Yes
`

const serverRules = `Listen %s
Browsing No
DefaultAuthType None
PreserveJobFiles No
<Location />
Order allow,deny
Allow from 127.0.0.1
</Location>
<Policy default>
JobPrivateAccess default
JobPrivateValues default
SubscriptionPrivateAccess default
SubscriptionPrivateValues default
<Limit All>
Order allow,deny
</Limit>
</Policy>
`

// StartServer starts a print server without queues.
func StartServer(ctx context.Context) (*Server, error) {
	dir, err := os.MkdirTemp("", "print-server")
	if err != nil {
		return nil, fmt.Errorf("simulated print server: %w", err)
	}
	s := &Server{dir: dir}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("simulated print server: %w", err), s.Close())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	dir := s.dir
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	for _, folder := range []string{"spool/tmp", "cache", "state"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			return err
		}
	}
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	s.address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	files, rules := filepath.Join(dir, "cups-files.conf"), s.Config()
	if err := errors.Join(os.WriteFile(files, fmt.Appendf(nil, serverFiles, dir), 0o644), os.WriteFile(rules, fmt.Appendf(nil, serverRules, s.address), 0o644)); err != nil {
		return err
	}
	if s.cups, err = launch(dir, nil, "cupsd", "-f", "-c", rules, "-s", files); err != nil {
		return err
	}
	return s.cups.until(ctx, func() error {
		connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
		if err != nil {
			return err
		}
		return connection.Close()
	})
}

// Address is where the server answers, "HOST:PORT".
func (s *Server) Address() string { return s.address }

// Config is its configuration file, which says where it listens.
func (s *Server) Config() string { return filepath.Join(s.dir, "cupsd.conf") }

// Link is a queue's link for a configuration file.
func (s *Server) Link(queue string) string { return "ipp://" + s.address + "/printers/" + queue }

// AddQueue makes a queue without a driver to the printer at a link, as a technician does with lpadmin.
func (s *Server) AddQueue(ctx context.Context, name, link string) error {
	return s.admin(ctx, "-p", name, "-E", "-v", link, "-m", "everywhere")
}

// SetDefault makes a queue the server's own choice.
func (s *Server) SetDefault(ctx context.Context, name string) error { return s.admin(ctx, "-d", name) }

func (s *Server) admin(ctx context.Context, words ...string) error {
	command := exec.CommandContext(ctx, "/usr/sbin/lpadmin", append([]string{"-h", s.address}, words...)...)
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("lpadmin: %w: %s", err, said)
	}
	return nil
}

// Close ends the server.
func (s *Server) Close() error {
	s.cups.stop()
	s.cups = nil
	return os.RemoveAll(s.dir)
}
