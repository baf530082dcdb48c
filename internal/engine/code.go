package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
	"github.com/sluice-scan/sluice/scan/code/pack"
	"github.com/sluice-scan/sluice/scan/code/rule"
)

// CodePack says which built-in rules for code run.
type CodePack string

// The packs.
const (
	// PackDefault is the built-in rules that are for everybody.
	PackDefault CodePack = "default"
	// PackStrict adds rules whose findings are seldom a danger, for those who look at every one.
	PackStrict CodePack = "strict"
	// PackOff is none.
	PackOff CodePack = "off"
)

// UnmarshalText reads a pack's name in any case.
func (p *CodePack) UnmarshalText(text []byte) error {
	switch word := CodePack(strings.ToLower(strings.TrimSpace(string(text)))); word {
	case PackDefault, PackStrict, PackOff:
		*p = word
		return nil
	}
	return fmt.Errorf("%q is not a pack of rules: use default, strict or off", string(text))
}

// CodeForeign says which comments of other tools allow findings in code.
type CodeForeign code.Foreign

// UnmarshalText reads a choice in any case. True means all and false means off.
func (f *CodeForeign) UnmarshalText(text []byte) error {
	switch word := code.Foreign(strings.ToLower(strings.TrimSpace(string(text)))); word {
	case code.ForeignDefault, code.ForeignAll, code.ForeignOff:
		*f = CodeForeign(word)
	case "true":
		*f = CodeForeign(code.ForeignAll)
	case "false":
		*f = CodeForeign(code.ForeignOff)
	default:
		return fmt.Errorf("%q is no choice of comments: use default, all or off", string(text))
	}
	return nil
}

// ignoreFile is semgrep's list of files that are not looked at. The repository keeps it in its root.
const ignoreFile = ".semgrepignore"

// repositoryRules are where a repository keeps semgrep's rules by convention.
var repositoryRules = []string{".semgrep.yml", ".semgrep.yaml", ".semgrep"}

// insecureCode makes the detector for code.
func insecureCode(ctx context.Context, c *Checkout, p *Plan) (Made, error) {
	d, notes, err := p.CodeDetector(ctx, c)
	if err != nil {
		return Made{}, err
	}
	return Made{Detector: d, Notes: notes}, nil
}

// CodeDetector makes the detector for code with the plan's rules. The notes name the rules that are not run.
func (p *Plan) CodeDetector(ctx context.Context, c *Checkout) (*code.Detector, []scan.Note, error) {
	config := &p.Config
	options := code.Options{
		Disable: config.Scan.CodeDisable, IncludeGenerated: bool(config.Scan.CodeIncludeGenerated), AcceptSkipped: bool(config.Scan.CodeAcceptSkipped),
		Foreign: code.Foreign(config.Scan.CodeForeign), Jobs: int(config.Scan.Jobs),
	}
	if p.Policy != nil {
		for _, id := range p.Policy.DisabledRules {
			if !slices.Contains(options.Disable, id) {
				options.Disable = append(slices.Clone(options.Disable), id)
			}
		}
	}
	switch config.Scan.CodePack {
	case PackOff:
	case PackStrict:
		options.Files = pack.Strict()
	default:
		options.Files = pack.Files()
	}
	_, named := p.lookup("CODE_RULES")
	for _, name := range config.Scan.CodeRules {
		files, err := c.codeRules(ctx, config, named, name)
		if err == nil && len(files) == 0 {
			err = fmt.Errorf("%s has no file of rules (.yml or .yaml)", name)
		}
		if err != nil {
			return nil, nil, &variable.UsageError{Err: fmt.Errorf("CODE_RULES: %w", err)}
		}
		options.Files = append(options.Files, files...)
	}
	if bool(config.Scan.CodeRepositoryRules) {
		for _, name := range repositoryRules {
			files, err := c.codeRules(ctx, config, false, name)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, nil, err
			}
			options.Files = append(options.Files, files...)
		}
	}
	ignore, _, err := c.readRuleFile(config, false, ignoreFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	options.Ignore = ignore
	d := code.New(options)
	return d, codeNotes(d, config.Scan.CodeDisable), nil
}

// codeNotes names the rules that are not run.
func codeNotes(d *code.Detector, disable []string) []scan.Note {
	var notes []scan.Note
	if refused := d.Refused(); len(refused) > 0 {
		rules := slices.Collect(func(yield func(string) bool) {
			for _, r := range refused {
				if !yield(r.Error()) {
					return
				}
			}
		})
		more := ""
		if n := len(rules) - scan.MaxNamed; n > 0 {
			more = fmt.Sprintf("; and %d more; `sluice rules check` lists them all", n)
		}
		notes = append(notes, note(RulesNote, "code: %s cannot be honoured, and what they belong to is not run: %s%s",
			scan.Plural(len(refused), "part of the rules", "parts of the rules"), strings.Join(rules[:min(len(rules), scan.MaxNamed)], "; "), more))
	}
	for _, language := range d.Skipped() {
		notes = append(notes, note(RulesNote, "code: rule skipped: language %s", language))
	}
	if lines := d.IgnoreUnread(); len(lines) > 0 {
		notes = append(notes, note(RulesNote, "%s: %s no path pattern", ignoreFile, scan.Plural(len(lines), "line is", "lines are")))
	}
	for _, id := range d.Unknown() {
		if slices.Contains(disable, id) {
			notes = append(notes, note(RulesNote, "CODE_DISABLE: there is no rule %s", id))
		}
	}
	return notes
}

// codeRules reads a file of rules, or all those in a folder, ordered by name. As with RULES, a name from the repository's
// own configuration must be in the repository, and in a pull request the files of the repository are the destination's.
func (c *Checkout) codeRules(ctx context.Context, config *Config, named bool, name string) ([]code.RuleFile, error) {
	data, source, err := c.readRuleFile(config, named, name)
	if err == nil {
		return []code.RuleFile{{Name: source, Data: data}}, nil
	}
	folder, names, listErr := c.ruleFolder(ctx, config, named, name)
	if listErr != nil {
		return nil, listErr
	}
	if !folder {
		return nil, err
	}
	var files []code.RuleFile
	for _, each := range names {
		data, source, err := c.readRuleFile(config, named, each)
		if err != nil {
			return nil, err
		}
		if len(data) > rule.MaxFile {
			return nil, fmt.Errorf("%s is larger than %d MB", each, rule.MaxFile>>20)
		}
		files = append(files, code.RuleFile{Name: source, Data: data})
	}
	return files, nil
}

// ruleFolder lists the YAML files below a folder, ordered. folder is false when there is no such folder.
func (c *Checkout) ruleFolder(ctx context.Context, config *Config, named bool, name string) (folder bool, names []string, err error) {
	within, inside := path.Clean(filepath.ToSlash(name)), true
	if named {
		within, inside = insideOf(c.top, name)
	}
	tree := c.head
	if config.Pipeline.PullRequest() {
		if tree = c.base; named {
			tree = c.destination
		}
	}
	switch {
	case named && (!inside || !config.Pipeline.PullRequest() || c.repo == nil):
		return diskRules(name, name)
	case c.dir != nil:
		return diskRules(filepath.Join(c.top, filepath.FromSlash(within)), within)
	case tree == nil:
		return false, nil, nil
	}
	for f, err := range tree.Files(ctx) {
		if err != nil {
			return false, nil, err
		}
		if below, ok := strings.CutPrefix(f.Path, within+"/"); ok {
			folder = true
			if f.Mode == scan.ModeRegular && isRuleFile(below) {
				names = append(names, filepath.Join(name, filepath.FromSlash(below)))
			}
		}
	}
	return folder, names, nil
}

// diskRules lists the YAML files below a folder of the disk, each as shown joined with its path in the folder.
func diskRules(dir, shown string) (folder bool, names []string, err error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return false, nil, nil
	}
	if err != nil {
		return false, nil, err
	}
	err = filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && isRuleFile(name) {
			below, _ := filepath.Rel(dir, name)
			names = append(names, filepath.Join(shown, below))
		}
		return err
	})
	return true, names, err
}

// isRuleFile reports whether a file of a folder holds rules. Tests of rules that are YAML have ".test." in their name.
func isRuleFile(name string) bool {
	base := filepath.Base(name)
	extension := filepath.Ext(base)
	return (extension == ".yml" || extension == ".yaml") && !strings.Contains(base, ".test.")
}
