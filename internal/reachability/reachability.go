// Package reachability finds out whether Go code calls the functions in advisories.
//
// [Mark] runs Go's own call-graph analysis (golang.org/x/vuln) on the modules of a folder. It needs the go command and
// the sources of all dependencies. It compiles no program and runs none, but it reads and loads code of other authors,
// so it is never on by default.
package reachability

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"

	"golang.org/x/vuln/scan"

	domain "github.com/sluice-scan/sluice/scan"
)

// Mark fills in Dependency.Imported of the findings about Go packages: called, or not called. root is the folder that the paths of
// the findings are relative to, env the environment of the go command, and db the address of a Go vulnerability database, empty for
// https://vuln.go.dev. The notes say which modules could not be analysed, and why; their findings stay as they are.
func Mark(ctx context.Context, root string, env []string, db string, findings []domain.Finding) []domain.Note {
	modules := map[string][]int{}
	var folders []string
	for i := range findings {
		d := findings[i].Dependency
		if d == nil || d.IDs == nil || d.Package.Ecosystem != domain.EcosystemGo || path.Base(d.Package.Path) != "go.mod" {
			continue
		}
		folder := path.Dir(d.Package.Path)
		if modules[folder] == nil {
			folders = append(folders, folder)
		}
		modules[folder] = append(modules[folder], i)
	}
	slices.Sort(folders)
	var notes []domain.Note
	for _, folder := range folders {
		called, err := analyse(ctx, filepath.Join(root, filepath.FromSlash(folder)), env, db)
		if err != nil {
			notes = append(notes, domain.Note{Code: "reachability", Text: fmt.Sprintf("which functions %s calls is not known: %v", path.Join(folder, "go.mod"), err)})
			continue
		}
		for _, i := range modules[folder] {
			mark(&findings[i], called)
		}
	}
	return notes
}

// mark records the result for one finding. An advisory that Go's database does not contain stays unchanged.
func mark(f *domain.Finding, called map[string]bool) {
	known, is := false, false
	for _, id := range f.Dependency.IDs {
		call, ok := called[id]
		known, is = known || ok, is || call
	}
	switch {
	case is:
		f.Dependency.Imported = domain.ImportedCalled
		f.Message += " The code here calls an affected function."
	case known:
		f.Dependency.Imported = domain.ImportedNotCalled
		f.Message += " The code here does not call the affected functions."
	}
}

// message is a part of the output of the analysis (golang.org/x/vuln/internal/govulncheck).
type message struct {
	OSV *struct {
		ID      string   `json:"id"`
		Aliases []string `json:"aliases"`
	} `json:"osv"`
	Finding *struct {
		OSV   string `json:"osv"`
		Trace []struct {
			Function string `json:"function"`
		} `json:"trace"`
	} `json:"finding"`
}

// analyse returns the ids of the advisories in the database on the module's dependencies, and whether the module's code
// calls the functions in each of them.
func analyse(ctx context.Context, dir string, env []string, db string) (map[string]bool, error) {
	args := []string{"-json", "-C", dir}
	if db != "" {
		args = append(args, "-db", db)
	}
	var out, problems bytes.Buffer
	cmd := scan.Command(ctx, append(args, "./...")...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &out, &problems
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("the analysis ended with: %s", firstLine(err.Error()))
	}
	return read(&out)
}

func read(r io.Reader) (map[string]bool, error) {
	called, aliases := map[string]bool{}, map[string][]string{}
	for decoder := json.NewDecoder(r); ; {
		var m message
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the answer of the analysis cannot be read: %w", err)
		}
		if m.OSV != nil {
			if _, known := called[m.OSV.ID]; !known {
				called[m.OSV.ID] = false
			}
			aliases[m.OSV.ID] = m.OSV.Aliases
		}
		// A trace begins at the vulnerable symbol; without a function, only the package or the module is known.
		if f := m.Finding; f != nil && len(f.Trace) > 0 && f.Trace[0].Function != "" {
			called[f.OSV] = true
		}
	}
	for id, others := range aliases {
		for _, other := range others {
			called[other] = called[other] || called[id]
		}
	}
	return called, nil
}

func firstLine(text string) string {
	line, _, _ := bytes.Cut([]byte(text), []byte("\n"))
	return string(line[:min(len(line), 300)])
}
