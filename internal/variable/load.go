package variable

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/sethvargo/go-envconfig"
)

// Load fills in a configuration, a pointer to a struct of groups. It returns the problems in the order of the fields, each
// with the name of its variable; the value of a secret is in none of them.
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
		// envconfig calls the decoder of a variable that is not set with an empty text, which our types refuse.
		if _, ok := source.Lookup(name); !ok && !strings.Contains(options, "default=") {
			return
		}
		// envconfig stops at the first problem; one field at a time, it finds them all.
		one := reflect.New(reflect.StructOf([]reflect.StructField{{Name: f.Name, Type: f.Type, Tag: f.Tag}}))
		err := envconfig.ProcessWith(context.Background(), &envconfig.Config{Target: one.Interface(), Lookuper: source})
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %s", name, strings.TrimPrefix(err.Error(), f.Name+": ")))
			return
		}
		v.Set(one.Elem().Field(0))
	})
	return problems
}

// IsSet reports whether a variable that is not a list counts as set.
func IsSet(lookup Lookup, name string) bool {
	_, ok := lookuper{lookup: lookup}.Lookup(name)
	return ok
}

// UsageError is a problem that the caller has to solve; commands exit with 2.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives the problems.
func (e *UsageError) Unwrap() error { return e.Err }
