package engine

import (
	"errors"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/variable"
)

// TestEverySettingOfAScanIsHashed walks the fields of the settings: each changes the hash, but for those that decide nothing, of
// which the reason is known.
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
			// A pointer would be hashed as an address, and a struct has to be walked itself.
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
		require.True(t, ok, "%s is no setting any more", name)
	}
	rules := ScanConfig{Rules: variable.List{"ours.yml"}}
	text := func(text string) func(string) ([]byte, error) {
		return func(string) ([]byte, error) { return []byte(text), nil }
	}
	require.NotEqual(t, rules.Hash(text("one")), rules.Hash(text("two")), "what stands in the file counts")
	require.NotEqual(t, rules.Hash(text("")), rules.Hash(none))
}
