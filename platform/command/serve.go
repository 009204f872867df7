package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"bianmin/platform/arrivals"
	"bianmin/platform/authority"
	"bianmin/platform/fault"
	"bianmin/platform/fleet"
	"bianmin/platform/intake"
	"bianmin/platform/registry"
	"bianmin/platform/service"
)

// grace is how long requests may go on after the platform was told to stop.
const grace = 3 * time.Second

type serveFlags struct {
	listen, data, faults, control, rules, environment, fleet, catalogue string

	hosts    []string
	limits   fleet.Limits
	arrivals float64
}

func serveCommand(root *cobra.Command, o Options) {
	var f serveFlags
	flags := root.Flags()
	flags.StringVar(&f.listen, "listen", "", "address to listen on, e.g. 127.0.0.1:8443; port 0 picks one")
	flags.StringVar(&f.data, "data", "", "data folder, made when missing")
	flags.StringVar(&f.faults, "faults", "", "fault script, YAML")
	flags.StringVar(&f.control, "control", "", "unix socket that switches faults while running")
	flags.StringVar(&f.rules, "rules", "", "rules of items, YAML (default: rules.yaml in the data folder, when it is there)")
	flags.StringVar(&f.environment, "environment", "demo", "demo or production; fixed at the first start")
	flags.StringSliceVar(&f.hosts, "host", nil, "names and addresses beside localhost that the server certificate covers")
	flags.StringVar(&f.fleet, "fleet", "", "address of the fleet page and of metrics, e.g. 127.0.0.1:8444 (default: none)")
	flags.Float64Var(&f.arrivals, "arrivals", 200, "terminals that are let in per second when many come at once; the others are told a moment of their own to come back at (0: all at once)")
	flags.StringVar(&f.catalogue, "catalogue", "", "folder of the catalogue whose names the fleet page shows (default: the demo region's)")
	flags.StringVar(&f.limits.Software, "software", "", "version terminals should have; the fleet page shows older ones (default: the newest one that was heard)")
	flags.DurationVar(&f.limits.Silent, "silent", 15*time.Minute, "how long a terminal may be silent before the fleet page says so")
	flags.DurationVar(&f.limits.Late, "late", 4*time.Hour, "how long a packet may wait before the fleet page says so")
	for _, name := range []string{"listen", "data"} {
		if err := root.MarkFlagRequired(name); err != nil {
			panic(err) // the flags stand above
		}
	}
	root.RunE = func(c *cobra.Command, _ []string) error { return f.serve(c, o) }
}

func (f serveFlags) serve(c *cobra.Command, o Options) (err error) {
	ctx, cancel := context.WithCancel(c.Context())
	defer cancel()
	log := slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil))
	if err := os.MkdirAll(f.data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if host, _, err := net.SplitHostPort(f.listen); err == nil && host != "" && !net.ParseIP(host).IsUnspecified() {
		f.hosts = append(f.hosts, host)
	}
	authority, err := openAuthority(o, f.data, f.environment, f.hosts)
	if err != nil {
		return err
	}
	handler, injector, reg, err := f.build(ctx, o, authority, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", f.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	page, err := f.listenFleet(ctx, o, authority, reg, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{
		Handler: handler, TLSConfig: authority.TLSConfig(), Protocols: new(http.Protocols),
		ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 5 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), // handshakes that fail are daily bread
	}
	server.Protocols.SetHTTP1(true)
	fmt.Fprintf(c.OutOrStdout(), "listening https://%s\n", listener.Addr())
	var running sync.WaitGroup
	var controlErr, pageErr error
	if page != nil {
		fmt.Fprintf(c.OutOrStdout(), "fleet https://%s\n", page.listener.Addr())
		running.Go(func() {
			if pageErr = page.serve(ctx); pageErr != nil {
				cancel()
			}
		})
	}
	if f.control != "" {
		control := fault.Control{Injector: injector, State: countsOf(reg)}
		running.Go(func() {
			if controlErr = control.Serve(ctx, f.control); controlErr != nil {
				cancel()
			}
		})
	}
	running.Go(func() {
		<-ctx.Done()
		stopping, done := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer done()
		if server.Shutdown(stopping) != nil {
			_ = server.Close() // what is left after the grace is cut; the terminals come again
		}
	})
	err = server.ServeTLS(listener, "", "")
	cancel()
	running.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, controlErr, pageErr)
}

func (f serveFlags) build(ctx context.Context, o Options, authority *authority.Authority, log *slog.Logger) (http.Handler, *fault.Injector, *registry.Registry, error) {
	rules, err := rulesOf(f.data, f.rules)
	if err != nil {
		return nil, nil, nil, err
	}
	injector := &fault.Injector{}
	if f.faults != "" {
		script, err := fault.Read(f.faults)
		if err != nil {
			return nil, nil, nil, err
		}
		injector.Load(script)
	}
	reg, err := registry.Open(ctx, f.data, o.Now)
	if err != nil {
		return nil, nil, nil, err
	}
	in, err := intake.New(intake.Options{Registry: reg, Authority: authority, Dir: f.data, Rules: rules, Now: o.Now})
	if err != nil {
		return nil, nil, nil, errors.Join(err, reg.Close())
	}
	s, err := service.New(service.Options{Contract: o.Contract, Authority: authority, Registry: reg, Intake: in, Editions: pressOf(f.data, o), Arrivals: arrivals.New(f.arrivals, time.Now), Now: o.Now, Log: log})
	if err != nil {
		return nil, nil, nil, errors.Join(err, reg.Close())
	}
	return injector.Handler(s), injector, reg, nil
}

// rulesOf reads the rules of items from the named file, or from their place in the data folder.
func rulesOf(data, file string) (intake.Rules, error) {
	if file == "" {
		file = filepath.Join(data, "rules.yaml")
	}
	return intake.ReadRules(file)
}

func countsOf(reg *registry.Registry) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		counts, err := reg.Counts(ctx)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("arriving=%d registered=%d accepted=%d refused=%d", counts[registry.Arriving],
			counts[registry.Registered], counts[registry.Accepted], counts[registry.Refused]), nil
	}
}
