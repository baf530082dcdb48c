package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// processorsPath tells what the process of the server has had of the processors, in microseconds.
const processorsPath = "/bench/processors"

// serve answers on the loopback interface and writes its address, until the input of the program ends.
func serve(ctx context.Context, database string, out io.Writer) error {
	s, err := store.Open(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	pages, err := testdashboard.Serve(ctx, s, testdashboard.Options{Folder: "/var/git"})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.HandleFunc(processorsPath, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, processors().Microseconds()) })
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	serving := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = serving.Serve(listener) }()
	if _, err := fmt.Fprintln(out, "http://"+listener.Addr().String()); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, serving.Close())
}

// startServer starts the server in a process of its own, so that its processor time is that of the pages alone, with an embedded database. end
// ends it.
func (b *bench) startServer(ctx context.Context) (end func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, self, "-serve", "-database", b.database)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	end = func() {
		_ = in.Close()
		_ = c.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		end()
		return nil, fmt.Errorf("the server did not start: %w", err)
	}
	b.url, b.server = strings.TrimSpace(line), c.Process.Pid
	return end, nil
}

// serverTime is what the server has had of the processors.
func (b *bench) serverTime(ctx context.Context) (time.Duration, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+processorsPath, nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	var us int64
	_, err = fmt.Fscan(response.Body, &us)
	return time.Duration(us) * time.Microsecond, err
}
