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

// maxSettings bounds a settings file in bytes.
const maxSettings = 1 << 20

// File is a [Source] that reads a YAML file, for servers that stand alone.
type File struct {
	// Name is its path. Rule files and the audit file that it names are relative to its folder.
	Name string
}

// form is the file.
type form struct {
	override `yaml:",inline"`
	Position Position `yaml:"position"`
	Rules    []string `yaml:"rules"`
	// OwnRules lets the repositories' own configurations count.
	OwnRules bool   `yaml:"repository-rules"`
	Audit    string `yaml:"audit"`
	// Repositories are by "project/name" or, for all of a project, "project/*".
	Repositories map[string]override `yaml:"repositories"`
}

// override is what a repository can have for itself. Nil and empty mean that it says nothing.
type override struct {
	Enabled *bool          `yaml:"enabled"`
	Mode    Mode           `yaml:"mode"`
	FailOn  *scan.Severity `yaml:"fail-on"`
	Bypass  *bool          `yaml:"bypass"`
}

// Settings implements [Source]. The top level of the file says what holds everywhere; an entry under repositories goes
// before it, and that of a repository before that of its project ("project/*", which personal ones, "~user/...", do not
// have). "enabled: false" at the top switches everything off.
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

// of joins what the file says for a repository. Enabled is its own or its project's, not the file's.
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

// modes is what counts of a file that has mistakes.
type modes struct {
	Mode         Mode `yaml:"mode"`
	Repositories map[string]struct {
		Mode Mode `yaml:"mode"`
	} `yaml:"repositories"`
}

// parse reads the file. On an error the modes come with it, when they can be read.
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
	// One wrong value elsewhere must not turn a hook that only warns into one that blocks, nor the other way round.
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

// twice refuses names that differ in case only: which one holds would be chance.
func (f *form) twice(name string) error {
	seen := map[string]bool{}
	for key := range f.Repositories {
		lower := strings.ToLower(key)
		if seen[lower] {
			return fmt.Errorf("settings %s: repositories: %s is there twice", name, lower)
		}
		seen[lower] = true
	}
	return nil
}

// ReadRules reads the rule files that names name, relative to dir.
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

// maxRules bounds a rule file in bytes.
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
