package variable

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
)

// Load fills in a configuration, a pointer to a struct of groups. It returns the problems in field order, each with the
// name of its variable. A problem never contains the value of a secret.
func Load(lookup Lookup, config any) []error {
	var problems []error
	value := reflect.ValueOf(config).Elem()
	source := lookuper{lookup, map[string]bool{}}
	eachField(value, func(_ string, f reflect.StructField, _ reflect.Value) {
		name, _, _ := strings.Cut(f.Tag.Get("env"), ",")
		source.lists[name] = isList(f.Type)
	})
	eachField(value, func(_ string, f reflect.StructField, v reflect.Value) {
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
	return problems
}

// decode sets a field: a string, or a type that unmarshals text. A field of another type is a defect, which every test
// detects.
func decode(v reflect.Value, text string) error {
	if own, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return own.UnmarshalText([]byte(text))
	}
	v.SetString(text)
	return nil
}

// IsSet reports whether a variable that is not a list counts as set.
func IsSet(lookup Lookup, name string) bool {
	_, ok := lookuper{lookup: lookup}.Lookup(name)
	return ok
}

// UsageError is a problem that the caller has to fix. Commands exit with 2.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the problems.
func (e *UsageError) Unwrap() error { return e.Err }
