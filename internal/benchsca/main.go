// Command benchsca compares the engine for dependencies with osv-scanner: what each finds in the lock files of a folder,
// by the same advisories, file by file, and the cost in processor time and memory.
//
//	benchsca -lockfiles FOLDER -advisories FOLDER
//
// The second folder contains OSV's databases as ECOSYSTEM.zip. osv-scanner is built through the Go module proxy unless
// -peer names one; it runs offline. Nothing is kept except with -dir.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// peerModule needs a newer toolchain than ours.
	peerModule    = "github.com/google/osv-scanner/v2/cmd/osv-scanner@v2.6.0"
	peerToolchain = "go1.27.0"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var s setup
	flag.StringVar(&s.lockfiles, "lockfiles", "", "folder with lock files")
	flag.StringVar(&s.advisories, "advisories", "", "folder with ECOSYSTEM.zip files of OSV records")
	flag.StringVar(&s.peer, "peer", "", "osv-scanner to compare with; built when empty")
	flag.StringVar(&s.dir, "dir", "", "folder for programs and data, kept; a temporary one that is removed when empty")
	flag.IntVar(&s.runs, "runs", 3, "runs of each program, interleaved")
	flag.IntVar(&s.packages, "packages", 16_000, "packages of the generated package-lock.json")
	flag.BoolVar(&s.list, "list", false, "list every difference")
	flag.Parse()
	s.log, s.environment = os.Stderr, slices.Clip(os.Environ())
	err := s.run(ctx, os.Stdout)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "benchsca:", err)
		os.Exit(1)
	}
}

// setup is what is compared, and where.
type setup struct {
	lockfiles, advisories, peer, dir string
	runs, packages                   int
	list                             bool
	log                              io.Writer
	environment                      []string
	// ours is the program, db its advisory file, cache the folder in which the peer looks for its databases.
	ours, db, cache string
}

func (s *setup) run(ctx context.Context, stdout io.Writer) error {
	if s.lockfiles == "" || s.advisories == "" {
		return errors.New("name the folders with -lockfiles and -advisories")
	}
	if s.dir == "" {
		temp, err := os.MkdirTemp("", "benchsca-*")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(temp) }()
		s.dir = temp
	}
	for _, folder := range []*string{&s.dir, &s.lockfiles, &s.advisories} {
		abs, err := filepath.Abs(*folder)
		if err != nil {
			return err
		}
		*folder = abs
	}
	if err := s.programs(ctx); err != nil {
		return err
	}
	if err := s.data(ctx); err != nil {
		return err
	}
	difference, err := s.compare(ctx)
	if err != nil {
		return err
	}
	difference.write(stdout, s.list)
	return s.measure(ctx, stdout)
}

func (s *setup) programs(ctx context.Context) error {
	s.ours = filepath.Join(s.dir, "sluice")
	if err := s.command(ctx, nil, []string{"CGO_ENABLED=0"}, "go", "build", "-trimpath", "-o", s.ours, "github.com/sluice-scan/sluice"); err != nil {
		return err
	}
	if s.peer != "" {
		return nil
	}
	s.peer = filepath.Join(s.dir, "osv-scanner")
	if _, err := os.Stat(s.peer); err == nil {
		return nil
	}
	return s.command(ctx, nil, []string{"GOBIN=" + s.dir, "GOTOOLCHAIN=" + peerToolchain}, "go", "install", peerModule)
}

// withoutData are ecosystems for which the peer needs a database: without one it stops matching at the first package of
// such an ecosystem, and misses the packages after it.
var withoutData = []string{"NuGet", "Pub", "Hex", "CRAN", "ConanCenter", "SwiftURL", "GitHub Actions", "GHC", "Julia", "GIT"}

// data builds our advisory file and puts the peer's databases where it looks for them.
func (s *setup) data(ctx context.Context) error {
	s.db, s.cache = filepath.Join(s.dir, "advisories.db"), filepath.Join(s.dir, "cache")
	zips, err := filepath.Glob(filepath.Join(s.advisories, "*.zip"))
	if err != nil || len(zips) == 0 {
		return fmt.Errorf("%s holds no zip", s.advisories)
	}
	if err := s.command(ctx, nil, nil, s.ours, append([]string{"db", "build", "--output", s.db}, zips...)...); err != nil {
		return err
	}
	lay := func(ecosystem string, data []byte) error {
		dir := filepath.Join(s.cache, "osv-scalibr", ecosystem)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "all.zip"), data, 0o644)
	}
	for _, name := range zips {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := lay(strings.TrimSuffix(filepath.Base(name), ".zip"), data); err != nil {
			return err
		}
	}
	// The end of a zip without entries (PKWARE's APPNOTE 4.3.16).
	empty := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	for _, ecosystem := range withoutData {
		if err := lay(ecosystem, empty); err != nil {
			return err
		}
	}
	return nil
}

func (s *setup) command(ctx context.Context, out io.Writer, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = slices.Concat(s.environment, env)
	cmd.Stdout, cmd.Stderr = out, s.log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}
