package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// match is one advisory on one package of one file. IDs are all ids of the vulnerability.
type match struct {
	path, ecosystem, name, version string
	id                             string
}

func (m match) String() string {
	return strings.Join([]string{m.path, m.ecosystem, m.name, m.version, m.id}, " ")
}

// difference is what the two programs found.
type difference struct {
	files, both          int
	onlyPeer, onlyOurs   []match
	packages, peersMore  int
	oursMore             int
	samplePeer, sampleUs []match
}

// compare runs the peer on each file separately, so that a file on which it fails does not hide the others, and ours
// once.
func (s *setup) compare(ctx context.Context) (*difference, error) {
	ours, oursPackages, err := s.oursFound(ctx)
	if err != nil {
		return nil, err
	}
	peers, peersPackages, files, err := s.peerFound(ctx)
	if err != nil {
		return nil, err
	}
	d := &difference{files: files}
	for m := range peers {
		if ours[m] {
			d.both++
		} else {
			d.onlyPeer = append(d.onlyPeer, m)
		}
	}
	// We list every alias; only vulnerabilities of which the peer has no alias are ours alone.
	type problem struct{ path, name, version string }
	known := map[problem]bool{}
	for m := range peers {
		known[problem{m.path, m.name, m.version}] = true
	}
	for m := range ours {
		if !peers[m] && !known[problem{m.path, m.name, m.version}] {
			d.onlyOurs = append(d.onlyOurs, m)
		}
	}
	for p := range peersPackages {
		if oursPackages[p] {
			d.packages++
		} else {
			d.peersMore++
			d.samplePeer = append(d.samplePeer, p)
		}
	}
	for p := range oursPackages {
		if !peersPackages[p] {
			d.oursMore++
			d.sampleUs = append(d.sampleUs, p)
		}
	}
	for _, list := range [][]match{d.onlyPeer, d.onlyOurs, d.samplePeer, d.sampleUs} {
		slices.SortFunc(list, func(a, b match) int { return cmp.Compare(a.String(), b.String()) })
	}
	return d, nil
}

func (s *setup) oursFound(ctx context.Context) (found, packages map[match]bool, err error) {
	report, list := filepath.Join(s.dir, "ours.json"), filepath.Join(s.dir, "ours.cdx.json")
	err = s.command(ctx, nil, nil, s.ours, "scan", "--worktree", s.lockfiles, "--engines", "dependencies", "--db", s.db, "--fail-on", "none",
		"--format", "json="+report, "--format", "cyclonedx="+list)
	if err != nil {
		return nil, nil, err
	}
	var wire struct {
		Findings []struct {
			StartLine  int `json:"start_line"`
			Dependency struct {
				Ecosystem, Name, Version, Path string
				IDs                            []string
			}
		}
	}
	if err := readJSON(report, &wire); err != nil {
		return nil, nil, err
	}
	found, packages = map[match]bool{}, map[match]bool{}
	for _, f := range wire.Findings {
		if f.StartLine < 1 {
			return nil, nil, fmt.Errorf("a finding on %s has no line", f.Dependency.Name)
		}
		for _, id := range f.Dependency.IDs {
			found[match{f.Dependency.Path, f.Dependency.Ecosystem, normal(f.Dependency.Name), f.Dependency.Version, id}] = true
		}
	}
	var bom struct {
		Components []struct {
			Name, Group, Version, PURL string
			Evidence                   struct {
				Occurrences []struct{ Location string }
			}
		}
	}
	if err := readJSON(list, &bom); err != nil {
		return nil, nil, err
	}
	for _, c := range bom.Components {
		for _, o := range c.Evidence.Occurrences {
			packages[match{path: o.Location, name: normal(strings.TrimPrefix(c.Group+"/"+c.Name, "/")), version: c.Version}] = true
		}
	}
	return found, packages, nil
}

func (s *setup) peerFound(ctx context.Context) (found, packages map[match]bool, files int, err error) {
	found, packages = map[match]bool{}, map[match]bool{}
	err = filepath.WalkDir(s.lockfiles, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		files++
		path, err := filepath.Rel(s.lockfiles, name)
		if err != nil {
			return err
		}
		var wire struct {
			Results []struct {
				Packages []struct {
					Package         struct{ Ecosystem, Name, Version string }
					Vulnerabilities []struct{ ID string }
				}
			}
		}
		if err := s.peerOn(ctx, name, &wire); err != nil {
			return err
		}
		for _, result := range wire.Results {
			for _, p := range result.Packages {
				packages[match{path: filepath.ToSlash(path), name: normal(p.Package.Name), version: p.Package.Version}] = true
				for _, v := range p.Vulnerabilities {
					found[match{filepath.ToSlash(path), p.Package.Ecosystem, normal(p.Package.Name), p.Package.Version, v.ID}] = true
				}
			}
		}
		return nil
	})
	return found, packages, files, err
}

// peerOn runs the peer on one file. It exits with 1 if it finds something and with other codes if it cannot read the
// file.
func (s *setup) peerOn(ctx context.Context, name string, into any) error {
	cmd := exec.CommandContext(ctx, s.peer, "scan", "source", "--offline", "--call-analysis=none", "--all-packages", "--format", "json", "-L", name)
	cmd.Env = slices.Concat(s.environment, []string{"XDG_CACHE_HOME=" + s.cache})
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	if len(bytes.TrimSpace(out)) == 0 {
		return nil
	}
	return json.Unmarshal(out, into)
}

// normal unifies the two programs' spellings of a name: the peer lowers those of Python, and joins Maven's with a colon.
func normal(name string) string {
	return strings.NewReplacer(":", "/", "_", "-", ".", "-").Replace(strings.ToLower(name))
}

func readJSON(name string, into any) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// write prints the difference.
func (d *difference) write(w io.Writer, list bool) {
	_, _ = fmt.Fprintf(w, "%d files.\nAdvisories on packages: %d both, %d osv-scanner alone, %d sluice alone (packages of which osv-scanner reports nothing).\n",
		d.files, d.both, len(d.onlyPeer), len(d.onlyOurs))
	_, _ = fmt.Fprintf(w, "Packages: %d both, %d osv-scanner alone, %d sluice alone.\n", d.packages, d.peersMore, d.oursMore)
	for _, part := range []struct {
		title string
		list  []match
	}{{"osv-scanner alone", d.onlyPeer}, {"sluice alone", d.onlyOurs}, {"packages, osv-scanner alone", d.samplePeer}, {"packages, sluice alone", d.sampleUs}} {
		if len(part.list) == 0 {
			continue
		}
		byEcosystem := map[string]int{}
		for _, m := range part.list {
			byEcosystem[filepath.Base(m.path)]++
		}
		_, _ = fmt.Fprintf(w, "%s:", part.title)
		for _, name := range slices.Sorted(maps.Keys(byEcosystem)) {
			_, _ = fmt.Fprintf(w, " %s %d", name, byEcosystem[name])
		}
		_, _ = fmt.Fprintln(w)
		if list {
			for _, m := range part.list {
				_, _ = fmt.Fprintln(w, "  ", m)
			}
		}
	}
}
