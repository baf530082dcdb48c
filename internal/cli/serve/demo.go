package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/demo"
	"github.com/sluice-scan/sluice/internal/mail"
	"github.com/sluice-scan/sluice/internal/osv"
	"github.com/sluice-scan/sluice/internal/worker"
)

// demoFlags are the flags that say where a server's data is. A demo brings its own.
var demoFlags = []string{"repos", "data"}

// checkDemo refuses what a demo must not have: data that somebody may want to keep, and an address that others can reach.
func (c *serveConfig) checkDemo(cmd *cobra.Command, problem func(flag, format string, args ...any)) {
	for _, flag := range demoFlags {
		if cmd.Flags().Changed(flag) {
			problem(flag, "leave it out: --demo brings its own repositories and deletes its data at the end")
		}
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err == nil && host != "localhost" && !net.ParseIP(host).IsLoopback() {
		problem("listen", "--demo listens on this machine alone: use an address such as 127.0.0.1:7080")
	}
}

// demoNode names the node of a demo.
const demoNode = "demo"

// demo serves a made-up Bitbucket from a temporary folder, which is deleted at the end.
func (r *commands) demo(ctx context.Context, c *serveConfig) (err error) {
	dir, err := os.MkdirTemp("", "sluice-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	now := time.Now()
	advisories := filepath.Join(dir, "advisories")
	if err := demo.WriteAdvisories(advisories, now); err != nil {
		return err
	}
	c.Repos, c.Data, c.Database, c.Node = filepath.Join(dir, "repositories"), filepath.Join(dir, "data"), "", demoNode
	// It asks nobody outside, and sends nothing: the addresses of the accounts are made up. People sign in with the passwords that it prints.
	c.Mail, c.SignIn, c.Link = mail.Config{}, signIn{}, ""
	if err := c.loadScan(func(name string) (string, bool) {
		value, ok := map[string]string{"DB": advisories, "DB_UPDATE": string(osv.UpdateOff)}[name]
		return value, ok
	}); err != nil {
		return err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	folder, err := demo.New(c.Repos, demo.Projects, now)
	if err != nil {
		return err
	}
	return r.serve(ctx, c, folder)
}

// fillDemo fills the empty database of a demo, and returns what to tell the person who started it.
func (s *service) fillDemo(ctx context.Context, branches *worker.BranchScan) (text string, err error) {
	hashed := map[string]string{}
	for _, who := range []struct{ name, is string }{{demo.Admin, "an administrator"}, {demo.Developer, "a developer, who writes to Payments / api and reads Storefront"}} {
		password := newPassword()
		hashed[who.name] = access.HashPassword(password)
		text += fmt.Sprintf("  name %-6s password %s   %s\n", who.name, password, who.is)
	}
	if err := demo.AddAccounts(ctx, s.store, hashed); err != nil {
		return "", fmt.Errorf("add the accounts of the demo: %w", err)
	}
	if err := s.demo.Fill(ctx, s.store, branches, s.keys); err != nil {
		return "", fmt.Errorf("fill the demo: %w", err)
	}
	return "Everything in it is made up, and deleted when you stop it with Ctrl-C. Sign in with one of these:\n" + text, nil
}
