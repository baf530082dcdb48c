package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The replacements of go.work take precedence over those of its modules.
func TestGoWorkspaces(t *testing.T) {
	t.Parallel()
	mod := func(more string) string { return "module m\n\nrequire example.com/x v1.0.0\n" + more }
	work := func(more string) string { return "use (\n\t./a\n\t\"./b\"\n)\n" + more }
	const plain = "a/go.mod:3 example.com/x 1.0.0 direct\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"by its path":         {map[string]string{"a/go.mod": mod(""), "go.work": work("replace example.com/x => example.com/x v1.1.0\n")}, "a/go.mod:3 example.com/x 1.1.0 direct at go.work:5\n"},
		"by its version":      {map[string]string{"a/go.mod": mod(""), "go.work": work("replace (\n example.com/x v1.0.0 => example.com/fork v1.2.0\n example.com/x => example.com/x v1.1.0\n)\n")}, "a/go.mod:3 example.com/fork 1.2.0 direct at go.work:6\n"},
		"of another version":  {map[string]string{"a/go.mod": mod(""), "go.work": work("replace example.com/x v0.9.0 => example.com/x v1.1.0\n")}, plain},
		"by a folder":         {map[string]string{"a/go.mod": mod(""), "go.work": work("replace example.com/x => ./x\n")}, ""},
		"against a go.mod":    {map[string]string{"a/go.mod": mod("replace example.com/x v1.0.0 => example.com/x v1.3.0\n"), "go.work": work("replace example.com/x => example.com/x v1.1.0\n")}, "a/go.mod:3 example.com/x 1.1.0 direct at go.work:5\n"},
		"in a go.mod":         {map[string]string{"a/go.mod": mod("replace example.com/x => example.com/x v1.3.0\n"), "go.work": work("")}, "a/go.mod:4 example.com/x 1.3.0 direct\n"},
		"in another go.mod":   {map[string]string{"a/go.mod": mod(""), "b/go.mod": "replace example.com/x => example.com/x v1.4.0\n", "go.work": work("")}, "a/go.mod:3 example.com/x 1.4.0 direct at b/go.mod:1\n"},
		"not used":            {map[string]string{"a/go.mod": mod(""), "go.work": "use ./b\nreplace example.com/x => example.com/x v1.1.0\n"}, plain},
		"elsewhere":           {map[string]string{"a/go.mod": mod(""), "docs/go.work": "use ../a\nreplace example.com/x => example.com/x v1.1.0\n"}, plain},
		"behind a nearer one": {map[string]string{"a/go.mod": mod(""), "a/go.work": "use .\n", "go.work": work("replace example.com/x => example.com/x v1.1.0\n")}, plain},
		"in the same folder":  {map[string]string{"a/go.mod": mod(""), "a/go.work": "use .\nreplace example.com/x => example.com/x v1.1.0\n"}, "a/go.mod:3 example.com/x 1.1.0 direct at a/go.work:2\n"},
	} {
		require.Equal(t, c.want, listed(tree(t, c.files)), name)
	}
}
