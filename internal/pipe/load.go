package pipe

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/scan"
)

// Lookup gives the value of a variable; ok is false when it is not set.
type Lookup func(name string) (value string, ok bool)

// Chain asks each lookup in turn: flags, then the environment, then the repository's file. One whose value says nothing does
// not hide the next.
func Chain(lookups ...Lookup) Lookup {
	return func(name string) (string, bool) {
		literal := ""
		for _, l := range lookups {
			if l == nil {
				continue
			}
			value, ok := l(name)
			if ok && isSet(value) {
				return value, true
			}
			// One that was passed on unset is named when nothing else is said.
			if ok && literal == "" && tidy(value) != "" {
				literal = value
			}
		}
		return literal, literal != ""
	}
}

// Variable describes one variable of the configuration.
type Variable struct {
	// Name is the environment's; Flag the command line's.
	Name, Flag string
	// Group is the name of the struct's field in Config.
	Group          string
	Default, Usage string
	// Boolean flags need no value; List flags can be repeated; a Secret has no flag.
	Boolean, List, Secret bool
}

// Variables lists all variables in the order of Config. The list must not be changed.
func Variables() []Variable { return variables() }

var variables = sync.OnceValue(func() []Variable {
	var list []Variable
	eachField(reflect.ValueOf(&Config{}).Elem(), func(group string, f reflect.StructField, _ reflect.Value) {
		name, options, _ := strings.Cut(f.Tag.Get("env"), ",")
		v := Variable{Name: name, Flag: FlagName(name), Group: group, Usage: f.Tag.Get("usage")}
		switch f.Type {
		case reflect.TypeFor[Bool](), reflect.TypeFor[Presence]():
			v.Boolean = true
		case reflect.TypeFor[List](), reflect.TypeFor[Engines]():
			v.List = true
		case reflect.TypeFor[scan.Secret]():
			v.Secret = true
		}
		if _, value, ok := strings.Cut(options, "default="); ok {
			v.Default = value
		}
		list = append(list, v)
	})
	return list
})

// FlagName gives the flag of a variable: FAIL_ON is fail-on. Bitbucket's own variables lose their prefix:
// BITBUCKET_COMMIT is commit. BASE_COMMIT is base.
func FlagName(variable string) string {
	if variable == "BASE_COMMIT" {
		return "base"
	}
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(variable, "BITBUCKET_"), "_", "-"))
}

// Load reads the configuration. All problems come back joined, each with the name of its variable; a secret's value is
// in none of them.
func Load(lookup Lookup) (Config, error) {
	var config Config
	var problems []error
	source := lookuper{lookup}
	eachField(reflect.ValueOf(&config).Elem(), func(_ string, f reflect.StructField, v reflect.Value) {
		name, options, _ := strings.Cut(f.Tag.Get("env"), ",")
		text, ok := source.Lookup(name)
		if !ok {
			_, text, ok = strings.Cut(options, "default=")
		}
		if !ok {
			return
		}
		if err := decode(v, text); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			v.SetZero()
		}
	})
	config.Access.AccessToken, config.Access.APIToken = bare(config.Access.AccessToken), bare(config.Access.APIToken)
	config.nameReport(source)
	problems = append(problems, config.problems()...)
	return config, errors.Join(problems...)
}

// decode reads a field of Config, which is a text or reads its own. Another one is a defect of Config, which each test shows.
func decode(v reflect.Value, text string) error {
	if own, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return own.UnmarshalText([]byte(text))
	}
	v.SetString(text)
	return nil
}

// nameReport gives the report of a step that runs some of the engines a name of its own: the steps of a pipeline that
// split the engines between them would else replace each other's report. A name that is given stays.
func (c *Config) nameReport(source lookuper) {
	part := c.Scan.Engines.part()
	if part == "" {
		return
	}
	if _, ok := source.Lookup("REPORT_ID"); !ok {
		c.Report.ReportID += "-" + part
	}
	if _, ok := source.Lookup("REPORT_TITLE"); !ok {
		c.Report.ReportTitle += " (" + part + ")"
	}
}

func eachField(config reflect.Value, visit func(group string, f reflect.StructField, v reflect.Value)) {
	for i := range config.NumField() {
		group := config.Field(i)
		for j := range group.NumField() {
			visit(config.Type().Field(i).Name, group.Type().Field(j), group.Field(j))
		}
	}
}

// problems finds what is wrong between the variables.
func (c *Config) problems() []error {
	var list []error
	add := func(format string, args ...any) { list = append(list, fmt.Errorf(format, args...)) }
	if !insights.ValidReportID(c.Report.ReportID) && c.Report.ReportID != "" {
		add("REPORT_ID: %q is not an id: at most %d letters, digits, dots, dashes and underscores", c.Report.ReportID, insights.MaxReportID)
	}
	if c.Report.MaxAnnotations > insights.MaxAnnotations {
		add("MAX_ANNOTATIONS: %d is more than the %d that a report may have", c.Report.MaxAnnotations, insights.MaxAnnotations)
	}
	for _, one := range [][2]string{{"BITBUCKET_REPO_SLUG", c.Pipeline.RepoSlug}, {"BITBUCKET_WORKSPACE", c.Pipeline.Workspace}, {"BITBUCKET_PROJECT_KEY", c.Pipeline.ProjectKey}} {
		if strings.Contains(one[1], "/") {
			add("%s: %q is an address or a path; write the one name, as it stands in the repository's address", one[0], one[1])
		}
	}
	a := &c.Access
	if !a.APIToken.Empty() && a.Username == "" {
		add("BITBUCKET_API_TOKEN: BITBUCKET_USERNAME is missing; set it to the e-mail address of the Atlassian account")
	}
	if !a.AppPassword.Empty() && a.Username == "" {
		add("BITBUCKET_APP_PASSWORD: BITBUCKET_USERNAME is missing")
	}
	if a.ClientID != "" && a.ClientSecret.Empty() {
		add("BITBUCKET_CLIENT_ID: BITBUCKET_CLIENT_SECRET is missing")
	}
	if a.ClientID == "" && !a.ClientSecret.Empty() {
		add("BITBUCKET_CLIENT_SECRET: BITBUCKET_CLIENT_ID is missing")
	}
	return list
}

// lookuper counts a value that says nothing as not set, and puts together the arrays of
// pipes: X_COUNT=2, X_0 and X_1 are the value of X.
type lookuper struct{ lookup Lookup }

// maxArray bounds X_COUNT.
const maxArray = 1000

// Lookup gives a variable's value; ok is false when it is not set.
func (l lookuper) Lookup(name string) (string, bool) {
	if value, ok := l.lookup(name); ok && isSet(value) {
		// A list tidies its items.
		if lists()[name] {
			return value, true
		}
		return tidy(value), true
	}
	text, ok := l.lookup(name + "_COUNT")
	if !ok {
		return "", false
	}
	n, err := strconv.Atoi(tidy(text))
	if err != nil || n < 1 || n > maxArray {
		return "", false
	}
	items := make([]string, 0, n)
	for i := range n {
		if item, ok := l.lookup(name + "_" + strconv.Itoa(i)); ok {
			items = append(items, item)
		}
	}
	value := Items(items)
	return value, value != ""
}

// lists names the variables that are lists.
var lists = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, v := range Variables() {
		names[v.Name] = v.List
	}
	return names
})
