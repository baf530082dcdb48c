package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
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

// usage is the cost of one run.
type usage struct {
	cpu, wall time.Duration
	// memory is the peak in bytes.
	memory   int64
	findings int
}

// row is one tree: the medians of all programs.
type row struct {
	module                    string
	files                     int
	bytes                     int64
	ours, again, theirs, read usage
	// all is ours with every engine, not only the one for secrets.
	all usage
}

// compare runs the programs in turn, so that a slow minute of the machine affects all of them.
func (s *setup) compare(ctx context.Context, module, repository string, runs int) (row, error) {
	r := row{module: module}
	blobs, err := s.blobs(ctx, repository, &r)
	if err != nil {
		return r, err
	}
	cache := filepath.Join(s.dir, "cache")
	report := filepath.Join(s.dir, "report.json")
	bin := filepath.Join(s.dir, "bin")
	// The main comparison uses only the engine for secrets, as the peer does. Advisories are never downloaded, because a
	// measurement must not depend on the network.
	scan := []string{filepath.Join(bin, "sluice"), "scan", "--db-update", "off", "--format", "json=" + report}
	secrets := append(slices.Clone(scan), "--engines", "secrets", "--cache-dir", cache, repository)
	var ours, again, all, theirs, read []usage
	for range runs {
		// The peer's long run may have evicted files from the system's cache; a run that does not count reads them again. The
		// peer itself always finds the files in the cache, from the runs before it.
		if _, err := s.measure(ctx, nil, append(slices.Clone(scan), "--cache-dir", "off", repository)...); err != nil {
			return r, err
		}
		if err := os.RemoveAll(cache); err != nil {
			return r, err
		}
		for _, step := range []struct {
			list *[]usage
			args []string
		}{
			{&ours, secrets},
			{&again, secrets},
			{&all, append(slices.Clone(scan), "--cache-dir", "off", repository)},
			{&theirs, []string{filepath.Join(bin, "gitleaks"), "dir", repository, "--no-banner", "--report-format", "json", "--report-path", report, "--exit-code", "0"}},
		} {
			u, err := s.measure(ctx, nil, step.args...)
			if err != nil {
				return r, err
			}
			if u.findings, err = count(report); err != nil {
				return r, err
			}
			*step.list = append(*step.list, u)
		}
		u, err := s.measure(ctx, blobs, "git", "-C", repository, "cat-file", "--batch")
		if err != nil {
			return r, err
		}
		read = append(read, u)
	}
	r.ours, r.again, r.all, r.theirs, r.read = median(ours), median(again), median(all), median(theirs), median(read)
	return r, nil
}

// blobs lists the objects of the tree for cat-file, and counts them.
func (s *setup) blobs(ctx context.Context, repository string, r *row) ([]byte, error) {
	var out bytes.Buffer
	if err := s.command(ctx, &out, "", nil, "git", "-C", repository, "ls-tree", "-r", "-l", "HEAD"); err != nil {
		return nil, err
	}
	var list bytes.Buffer
	lines := bufio.NewScanner(&out)
	for lines.Scan() {
		var mode, kind, hash string
		var size int64
		if _, err := fmt.Sscan(lines.Text(), &mode, &kind, &hash, &size); err != nil {
			continue
		}
		r.files++
		r.bytes += size
		list.WriteString(hash + "\n")
	}
	return list.Bytes(), lines.Err()
}

// measure runs a program to its end and discards its output. Our exit code 3 means findings.
func (s *setup) measure(ctx context.Context, stdin []byte, args ...string) (usage, error) {
	_, _ = fmt.Fprintln(s.log, "+", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	if stdin != nil {
		cmd.Stdin = bytes.NewReader(stdin)
	}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return usage{}, err
	}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	buffer := make([]byte, 1<<20)
	for err == nil {
		_, err = pipe.Read(buffer)
	}
	if !errors.Is(err, io.EOF) {
		return usage{}, err
	}
	err = cmd.Wait()
	u := usage{wall: time.Since(started), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.memory = r.Maxrss * 1024
	}
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 3) {
		return u, fmt.Errorf("%s: %w", args[0], err)
	}
	return u, nil
}

// count counts the findings of either program's JSON report.
func count(name string) (int, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	var list []json.RawMessage
	if json.Unmarshal(data, &list) == nil {
		return len(list), nil
	}
	var object struct{ Findings []json.RawMessage }
	err = json.Unmarshal(data, &object)
	return len(object.Findings), err
}

// median returns the median of each figure separately.
func median(list []usage) usage {
	middle := len(list) / 2
	pick := func(of func(usage) int64) int64 {
		values := make([]int64, len(list))
		for i, u := range list {
			values[i] = of(u)
		}
		slices.Sort(values)
		return values[middle]
	}
	return usage{
		cpu: time.Duration(pick(func(u usage) int64 { return int64(u.cpu) })), wall: time.Duration(pick(func(u usage) int64 { return int64(u.wall) })),
		memory: pick(func(u usage) int64 { return u.memory }), findings: list[0].findings,
	}
}

// markdown writes the table.
func markdown(rows []row, runs int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The table compares scans of a commit's tree: the median of %d interleaved runs on one machine. The ratio compares processor time (user and system), which a shared runner bills. Sluice and gitleaks look for secrets; the column \"all engines\" also runs Sluice's other engines (offline, without advisories). The last column is `git cat-file --batch` of the same blobs into a pipe: it only reads them. Each round begins with a run of Sluice that does not count, so that the files are in memory for every program.\n\n", runs)
	b.WriteString("| | | Sluice | Sluice again, with its cache | Sluice, all engines | gitleaks 8.30.1 (`dir`) | only reading |\n|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		name := fmt.Sprintf("%s (%d files, %.0f MB)", r.module, r.files, float64(r.bytes)/1e6)
		cells := func(label string, of func(usage) string) {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", name, label, of(r.ours), of(r.again), of(r.all), of(r.theirs), of(r.read))
			name = ""
		}
		cells("processor, s", func(u usage) string { return fmt.Sprintf("%.3f", u.cpu.Seconds()) })
		cells("ratio", func(u usage) string { return fmt.Sprintf("%.1f", u.cpu.Seconds()/r.ours.cpu.Seconds()) })
		cells("wall, s", func(u usage) string { return fmt.Sprintf("%.2f", u.wall.Seconds()) })
		cells("peak, MB", func(u usage) string { return fmt.Sprintf("%.0f", float64(u.memory)/1e6) })
		cells("findings", func(u usage) string {
			if u.findings == 0 {
				return ""
			}
			return fmt.Sprint(u.findings)
		})
	}
	return b.String()
}
