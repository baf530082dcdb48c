package variable

import (
	"cmp"
	"reflect"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// Variable describes one variable of a configuration.
type Variable struct {
	// Name is the environment variable. Flag is the command-line flag.
	Name, Flag string
	// Group is the name of the group's field in the configuration, or the value of the field's tag group.
	Group          string
	Default, Usage string
	// Boolean flags need no value. List flags can be repeated. A Secret has no flag.
	Boolean, List, Secret bool
}

// Of lists the variables of a configuration, a pointer to a struct of groups, in field order.
func Of(config any) []Variable {
	var list []Variable
	eachField(reflect.ValueOf(config).Elem(), func(group string, f reflect.StructField, _ reflect.Value) {
		name, options, _ := strings.Cut(f.Tag.Get("env"), ",")
		v := Variable{Name: name, Flag: FlagName(name), Group: group, Usage: f.Tag.Get("usage"), List: isList(f.Type)}
		switch f.Type {
		case reflect.TypeFor[Bool](), reflect.TypeFor[Presence]():
			v.Boolean = true
		case reflect.TypeFor[scan.Secret]():
			v.Secret = true
		}
		if _, value, ok := strings.Cut(options, "default="); ok {
			v.Default = value
		}
		list = append(list, v)
	})
	return list
}

func isList(t reflect.Type) bool { return t.Kind() == reflect.Slice }

// FlagName returns the flag of a variable: FAIL_ON is fail-on. Bitbucket's own variables lose their prefix:
// BITBUCKET_COMMIT is commit. BASE_COMMIT is base.
func FlagName(variable string) string {
	if variable == "BASE_COMMIT" {
		return "base"
	}
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(variable, "BITBUCKET_"), "_", "-"))
}

func eachField(config reflect.Value, visit func(group string, f reflect.StructField, v reflect.Value)) {
	for i := range config.NumField() {
		group, field := config.Field(i), config.Type().Field(i)
		for j := range group.NumField() {
			visit(cmp.Or(field.Tag.Get("group"), field.Name), group.Type().Field(j), group.Field(j))
		}
	}
}
