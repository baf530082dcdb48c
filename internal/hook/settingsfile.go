package hook

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
)

// maxSettings limits a settings file in bytes.
const maxSettings = 1 << 20

// File is a [Source] that reads a YAML file, for git servers without a Sluice server.
type File struct {
	// Name is the path. The rule files and the audit file in it are relative to its folder.
	Name string
}

// form is the content of the file.
type form struct {
	override `yaml:",inline"`
	Position Position `yaml:"position"`
	Rules    []string `yaml:"rules"`
	// OwnRules applies the configurations of the repositories.
	OwnRules bool   `yaml:"repository-rules"`
	Audit    string `yaml:"audit"`
	// The keys of Repositories are "project/name", or "project/*" for a whole project.
	Repositories map[string]override `yaml:"repositories"`
}

// override is the part that a repository can set. Nil and empty mean not set.
type override struct {
	Enabled *bool          `yaml:"enabled"`
	Mode    Mode           `yaml:"mode"`
	FailOn  *scan.Severity `yaml:"fail-on"`
	Bypass  *bool          `yaml:"bypass"`
}

// Settings implements [Source]. The top level of the file applies everywhere. An entry under repositories overrides it,
// and the entry of a repository overrides the one of its project ("project/*"; personal projects, "~user/...", have
// none). "enabled: false" at the top level switches everything off.
func (f File) Settings(_ context.Context, repository string) (Settings, error) {
	s := DefaultSettings()
	data, err := readFile(f.Name, maxSettings)
	if err != nil {
		return s, fmt.Errorf("settings: %w", err)
	}
	read, err := parse(f.Name, data)
	own := read.of(repository)
	s.Mode = cmp.Or(own.Mode, s.Mode)
	if err != nil {
		return s, err
	}
	s.Enabled = (read.Enabled == nil || *read.Enabled) && read.Position.On(own.Enabled)
	if own.FailOn != nil {
		s.FailOn = *own.FailOn
	}
	if own.Bypass != nil {
		s.Bypass = *own.Bypass
	}
	dir := filepath.Dir(f.Name)
	s.Audit = beside(dir, read.Audit)
	s.RepositoryRules = read.OwnRules
	if s.Enabled {
		s.Rules, err = ReadRules(dir, read.Rules)
	}
	return s, err
}

// of merges the entries for a repository. Enabled is the choice of the repository or its project, not of the top level.
func (f *form) of(repository string) override {
	joined := f.override
	joined.Enabled = nil
	add := func(name string) {
		for key, o := range f.Repositories {
			if !strings.EqualFold(key, name) {
				continue
			}
			joined.Mode = cmp.Or(o.Mode, joined.Mode)
			joined.Enabled = cmp.Or(o.Enabled, joined.Enabled)
			joined.FailOn = cmp.Or(o.FailOn, joined.FailOn)
			joined.Bypass = cmp.Or(o.Bypass, joined.Bypass)
		}
	}
	if project, _, ok := strings.Cut(repository, "/"); ok && !strings.HasPrefix(project, "~") {
		add(project + "/*")
	}
	add(repository)
	return joined
}

var (
	unknownKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`field (\S+) not found in type \S+`) })
	wrongType  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`cannot unmarshal \S+ .*into \S+`) })
)

// modes is what still counts in a file with mistakes.
type modes struct {
	Mode         Mode `yaml:"mode"`
	Repositories map[string]struct {
		Mode Mode `yaml:"mode"`
	} `yaml:"repositories"`
}

// parse reads the file. On an error it still returns the modes, if they are readable.
func parse(name string, data []byte) (*form, error) {
	f := &form{Position: PositionInherited}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	err := decoder.Decode(f)
	if err == nil && decoder.Decode(new(yaml.Node)) == nil {
		err = errors.New("more than one YAML document")
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err == nil {
		if err := f.twice(name); err != nil {
			return &form{}, err
		}
		return f, nil
	}
	// A wrong value elsewhere must not turn a hook that only warns into one that blocks, or the reverse.
	var modes modes
	f = &form{}
	if yaml.Unmarshal(data, &modes) == nil {
		f.Mode = modes.Mode
		f.Repositories = map[string]override{}
		for key, o := range modes.Repositories {
			f.Repositories[key] = override{Mode: o.Mode}
		}
		if f.twice(name) != nil {
			f = &form{}
		}
	}
	var typed *yaml.TypeError
	problems := []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	if errors.As(err, &typed) {
		problems = typed.Errors
	}
	var all []error
	for _, problem := range problems {
		problem = unknownKey().ReplaceAllString(problem, `"$1" is not a key of the settings`)
		problem = wrongType().ReplaceAllString(problem, "the value is not of the kind that is expected")
		all = append(all, fmt.Errorf("settings %s: %s", name, problem))
	}
	return f, errors.Join(all...)
}

// twice rejects names that differ only in case, because chance would decide which one applies.
func (f *form) twice(name string) error {
	seen := map[string]bool{}
	for key := range f.Repositories {
		lower := strings.ToLower(key)
		if seen[lower] {
			return fmt.Errorf("settings %s: repositories: %s occurs twice", name, lower)
		}
		seen[lower] = true
	}
	return nil
}

// ReadRules reads the rule files in names, relative to dir.
func ReadRules(dir string, names []string) ([]RuleFile, error) {
	var files []RuleFile
	var problems []error
	for _, name := range names {
		data, err := readFile(beside(dir, name), maxRules)
		if err != nil {
			problems = append(problems, fmt.Errorf("rules: %w", err))
			continue
		}
		files = append(files, RuleFile{Name: name, Data: data})
	}
	return files, errors.Join(problems...)
}

// maxRules limits a rule file in bytes.
const maxRules = 16 << 20

func beside(dir, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

func readFile(name string, limit int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s: more than %s", name, scan.Megabytes(limit))
	}
	return data, err
}
