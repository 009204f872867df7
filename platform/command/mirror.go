package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
)

// publishServe is a plain mirror under the platform's certificate; any other web server does as well.
func publishServe(o Options) *cobra.Command {
	var data, listen string
	var hosts []string
	c := &cobra.Command{Use: "serve --repository DIR --data DIR --listen ADDR", Short: "Be a mirror: serve the repository's files under the platform's certificate", Args: cobra.NoArgs}
	r := repositoryFlags(c, o, false)
	dataFlag(c, &data)
	c.Flags().StringVar(&listen, "listen", "", "address to listen on, e.g. 127.0.0.1:8444")
	c.Flags().StringSliceVar(&hosts, "host", nil, "names and addresses beside localhost that the certificate covers; name those of the platform, too")
	required(c, "listen")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if _, err := r.List(); err != nil {
			return err
		}
		if _, err := loadAuthority(o, data); err != nil {
			return err
		}
		if host, _, err := net.SplitHostPort(listen); err == nil && host != "" && !net.ParseIP(host).IsUnspecified() {
			hosts = append(hosts, host)
		}
		a, err := openAuthority(o, data, "", hosts) // with a server's certificate
		if err != nil {
			return err
		}
		var config net.ListenConfig
		listener, err := config.Listen(c.Context(), "tcp", listen)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		server := &http.Server{Handler: mirror(r.Folder), TLSConfig: a.TLSConfig(), ReadHeaderTimeout: 30 * time.Second, IdleTimeout: time.Minute}
		fmt.Fprintf(c.OutOrStdout(), "listening https://%s\n", listener.Addr())
		var ending sync.WaitGroup
		ctx, cancel := context.WithCancel(c.Context())
		ending.Go(func() { <-ctx.Done(); _ = server.Close() })
		err = server.ServeTLS(listener, "", "")
		cancel()
		ending.Wait()
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	}
	return c
}

// mirror serves the plain files of a repository, and no lists of folders.
func mirror(folder string) http.Handler {
	files := http.FileServerFS(os.DirFS(folder))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		part, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if !ok || (part != "metadata" && part != "targets") || !fs.ValidPath(name) || filepath.Base(name) != name || strings.HasPrefix(name, ".") {
			http.NotFound(w, r)
			return
		}
		files.ServeHTTP(w, r)
	})
}
