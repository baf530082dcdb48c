// Command benchpeers compares the program with gitleaks on large source trees that anyone can fetch as Go modules:
// processor time, wall time, peak memory and findings. Runs are interleaved, and the result is the median of three runs.
// It prints a Markdown table; `make bench-peers` writes it into docs/performance.md.
//
// It builds gitleaks and fetches the trees through the Go module proxy, commits them to repositories in a temporary
// folder, and deletes everything afterwards.
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
	"strings"
)

// peer is the module of the other program.
const peer = "github.com/zricethezav/gitleaks/v8@v8.30.1"

// trees are modules whose sources are scanned.
var trees = []string{"github.com/hashicorp/terraform@v1.5.7", "k8s.io/kubernetes@v1.34.1"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	runs := flag.Int("runs", 3, "runs of each program, interleaved")
	keep := flag.String("dir", "", "folder for programs and trees, kept; a temporary one that is removed when empty")
	out := flag.String("update", "", "file whose part between the markers is replaced by the table")
	flag.Parse()
	err := run(ctx, *runs, *keep, *out, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "benchpeers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, runs int, dir, update string, stdout, log io.Writer) error {
	if dir == "" {
		temp, err := os.MkdirTemp("", "benchpeers-*")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(temp) }()
		dir = temp
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	s := setup{dir: dir, log: log}
	if err := s.programs(ctx); err != nil {
		return err
	}
	var rows []row
	for _, module := range trees {
		repository, err := s.tree(ctx, module)
		if err != nil {
			return err
		}
		row, err := s.compare(ctx, module, repository, runs)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	table := markdown(rows, runs)
	if _, err := io.WriteString(stdout, table); err != nil || update == "" {
		return err
	}
	return replaceTable(update, table)
}

const (
	tableBegin = "<!-- bench-peers -->\n"
	tableEnd   = "<!-- end bench-peers -->"
)

// replaceTable replaces the table between the markers of a file.
func replaceTable(name, table string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(data), tableBegin)
	_, after, closed := strings.Cut(rest, tableEnd)
	if !ok || !closed {
		return errors.New(name + " has no place for the table: " + strings.TrimSpace(tableBegin) + " and " + tableEnd)
	}
	return os.WriteFile(name, []byte(before+tableBegin+table+tableEnd+after), 0o644)
}

// setup prepares the programs and trees.
type setup struct {
	dir string
	log io.Writer
}

// programs builds ours, the peer, and a program that only reads, as the lower bound.
func (s *setup) programs(ctx context.Context) error {
	bin := filepath.Join(s.dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(bin, "gitleaks")); err != nil {
		if err := s.command(ctx, nil, "", []string{"GOBIN=" + bin}, "go", "install", peer); err != nil {
			return err
		}
	}
	return s.command(ctx, nil, "", []string{"CGO_ENABLED=0"}, "go", "build", "-trimpath", "-o", filepath.Join(bin, "sluice"), "github.com/sluice-scan/sluice")
}

// tree fetches a module and commits its files to a separate repository.
func (s *setup) tree(ctx context.Context, module string) (string, error) {
	name := filepath.Base(strings.Split(module, "@")[0])
	repository := filepath.Join(s.dir, name)
	if _, err := os.Stat(filepath.Join(repository, ".git")); err == nil {
		return repository, nil
	}
	var out strings.Builder
	if err := s.command(ctx, &out, s.dir, []string{"GOFLAGS=-mod=mod"}, "go", "mod", "download", "-json", module); err != nil {
		return "", err
	}
	source := field(out.String(), "Dir")
	if source == "" {
		return "", fmt.Errorf("go mod download %s names no folder", module)
	}
	for _, command := range [][]string{
		{"cp", "-r", source, repository}, {"chmod", "-R", "u+w", repository}, {"git", "-C", repository, "init", "-q"}, {"git", "-C", repository, "add", "-A", "-f"},
		{"git", "-C", repository, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", module}, {"git", "-C", repository, "repack", "-q", "-a", "-d"},
	} {
		if err := s.command(ctx, nil, s.dir, nil, command[0], command[1:]...); err != nil {
			return "", err
		}
	}
	return repository, nil
}

// field returns a string of a flat JSON object.
func field(object, name string) string {
	_, rest, ok := strings.Cut(object, `"`+name+`": "`)
	if !ok {
		return ""
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func (s *setup) command(ctx context.Context, out io.Writer, dir string, env []string, name string, args ...string) error {
	_, _ = fmt.Fprintln(s.log, "+", name, strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, s.log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}
