package engine

import (
	"errors"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/variable"
)

// TestEverySettingOfAScanIsHashed changes each setting in turn. The hash must change, unless undecisive lists the
// setting.
func TestEverySettingOfAScanIsHashed(t *testing.T) {
	t.Parallel()
	none := func(string) ([]byte, error) { return nil, errors.New("no file") }
	plain := (&ScanConfig{}).Hash(none)
	require.Len(t, plain, 16)
	kind := reflect.TypeFor[ScanConfig]()
	for i := range kind.NumField() {
		var c ScanConfig
		switch f := reflect.ValueOf(&c).Elem().Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Int, reflect.Int64:
			f.SetInt(7)
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
			f.Index(0).SetString("x")
		default:
			// Hash would use the address of a pointer. It would need code to walk a struct.
			t.Fatalf("%s is a %s: teach Hash about it", kind.Field(i).Name, f.Kind())
		}
		name := kind.Field(i).Name
		if reason, ok := undecisive[name]; ok {
			require.NotEmpty(t, reason)
			require.Equal(t, plain, c.Hash(none), name)
			continue
		}
		require.NotEqual(t, plain, c.Hash(none), name)
	}
	for name := range undecisive {
		_, ok := kind.FieldByName(name)
		require.True(t, ok, "%s is no longer a setting", name)
	}
	rules := ScanConfig{Rules: variable.List{"ours.yml"}}
	text := func(text string) func(string) ([]byte, error) {
		return func(string) ([]byte, error) { return []byte(text), nil }
	}
	require.NotEqual(t, rules.Hash(text("one")), rules.Hash(text("two")), "what stands in the file counts")
	require.NotEqual(t, rules.Hash(text("")), rules.Hash(none))
}
