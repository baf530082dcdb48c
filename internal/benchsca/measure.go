package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// cost is the cost of one run.
type cost struct {
	processor, wall time.Duration
	peakMB          float64
}

// measure prints the cost of both on the whole folder, and on one large generated file.
func (s *setup) measure(ctx context.Context, w io.Writer) error {
	large := filepath.Join(s.dir, "large")
	if err := os.MkdirAll(large, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(large, "package-lock.json"), packageLock(s.packages), 0o644); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w, "\n| | Sluice | osv-scanner 2.6.0 | ratio |\n|---|---|---|---|\n")
	for _, folder := range []struct{ title, path string }{
		{"the lock files", s.lockfiles}, {fmt.Sprintf("a package-lock.json of %d packages", s.packages), large},
	} {
		var ours, peers []cost
		for range s.runs {
			for _, program := range []struct {
				list *[]cost
				args []string
			}{
				{&ours, []string{s.ours, "scan", "--worktree", folder.path, "--engines", "dependencies", "--db", s.db, "--format", "json=" + os.DevNull}},
				{&peers, []string{s.peer, "scan", "source", "--offline", "--call-analysis=none", "-r", "--format", "json", folder.path}},
			} {
				c, err := s.once(ctx, program.args)
				if err != nil {
					return err
				}
				*program.list = append(*program.list, c)
			}
		}
		a, b := median(ours), median(peers)
		_, _ = fmt.Fprintf(w, "| %s: processor, s | %.2f | %.2f | %.0f |\n| wall, s | %.2f | %.2f | %.0f |\n| peak, MB | %.0f | %.0f | %.1f |\n", folder.title,
			a.processor.Seconds(), b.processor.Seconds(), b.processor.Seconds()/a.processor.Seconds(),
			a.wall.Seconds(), b.wall.Seconds(), b.wall.Seconds()/a.wall.Seconds(), a.peakMB, b.peakMB, b.peakMB/a.peakMB)
	}
	return nil
}

func (s *setup) once(ctx context.Context, args []string) (cost, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = slices.Concat(s.environment, []string{"XDG_CACHE_HOME=" + s.cache})
	started := time.Now()
	err := cmd.Run()
	wall := time.Since(started)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return cost{}, err
	}
	c := cost{processor: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall: wall}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.peakMB = float64(usage.Maxrss) / 1024
	}
	return c, nil
}

func median(list []cost) cost {
	slices.SortFunc(list, func(a, b cost) int { return int(a.processor - b.processor) })
	return list[len(list)/2]
}

// packageLock generates a package-lock.json of version 3 in which each package requires the next.
func packageLock(n int) []byte {
	var b strings.Builder
	b.WriteString("{\n \"name\": \"large\",\n \"lockfileVersion\": 3,\n \"packages\": {\n  \"\": {\n   \"dependencies\": {\n    \"package-0\": \"^1.0.0\"\n   }\n  }")
	for i := range n {
		fmt.Fprintf(&b, ",\n  \"node_modules/package-%d\": {\n   \"version\": \"1.%d.0\",\n   \"resolved\": \"https://registry.example.com/package-%d/-/package-%d-1.%d.0.tgz\",\n   \"integrity\": \"sha512-%086d==\",\n   \"license\": \"MIT\",\n   \"dependencies\": {\n    \"package-%d\": \"^1.0.0\"\n   }\n  }",
			i, i%100, i, i, i%100, i, i+1)
	}
	b.WriteString("\n }\n}\n")
	return []byte(b.String())
}
