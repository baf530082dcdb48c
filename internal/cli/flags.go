package cli

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
)

// addFlags adds the flags for some groups of variables, except those in without. Credentials have no flags, because
// every user of the machine can see arguments.
func addFlags(cmd *cobra.Command, groups []string, without ...string) {
	for _, v := range pipe.Variables() {
		if v.Secret || !slices.Contains(groups, v.Group) || slices.Contains(without, v.Name) {
			continue
		}
		usage := v.Usage + " (" + v.Name + ")"
		switch {
		case v.List:
			cmd.Flags().StringArray(v.Flag, nil, usage)
		case v.Boolean:
			cmd.Flags().String(v.Flag, v.Default, usage)
			cmd.Flags().Lookup(v.Flag).NoOptDefVal = "true"
		default:
			cmd.Flags().String(v.Flag, v.Default, usage)
		}
	}
	cmd.Flags().SortFlags = false
}

// flagLookup returns the values of the flags that were set, by the names of their variables.
func flagLookup(cmd *cobra.Command) variable.Lookup {
	values := map[string]string{}
	for _, v := range pipe.Variables() {
		flag := cmd.Flags().Lookup(v.Flag)
		if flag == nil || !flag.Changed {
			continue
		}
		if list, ok := flag.Value.(pflag.SliceValue); ok {
			// A flag accepts the same values as its variable.
			var items variable.List
			for _, value := range list.GetSlice() {
				var more variable.List
				_ = more.UnmarshalText([]byte(value))
				items = append(items, more...)
			}
			values[v.Name] = variable.Items(items)
			continue
		}
		values[v.Name] = flag.Value.String()
	}
	return func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
}
