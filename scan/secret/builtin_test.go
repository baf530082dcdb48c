package secret

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"os"
	"reflect"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

var update = flag.Bool("update", false, "write builtin_gen.go again")

// TestBuiltinTable holds the table to the files that people edit, and writes it with -update.
func TestBuiltinTable(t *testing.T) {
	t.Parallel()
	rules, err := loadRules(ruleFiles)
	require.NoError(t, err)
	want, err := table(rules)
	require.NoError(t, err)
	const name = "builtin_gen.go"
	if *update {
		require.NoError(t, os.WriteFile(name, want, 0o600))
		return
	}
	got, err := os.ReadFile(name)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "the files in rules have changed: run `make golden` to write %s again", name)
}

// table writes rules as Go.
func table(rules []Rule) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("// Code generated from rules/*.yml by TestBuiltinTable. DO NOT EDIT.\n\npackage secret\n\n" +
		"import \"github.com/sluice-scan/sluice/scan\"\n\nvar builtinTable = []Rule{\n")
	for i := range rules {
		b.WriteString("{\n")
		v := reflect.ValueOf(rules[i])
		for k := range v.NumField() {
			if field := v.Type().Field(k); field.IsExported() && !v.Field(k).IsZero() {
				fmt.Fprintf(&b, "%s: %s,\n", field.Name, literal(v.Field(k).Interface()))
			}
		}
		b.WriteString("},\n")
	}
	b.WriteString("}\n")
	return format.Source(b.Bytes())
}

// literal writes the value of a field of a rule as Go.
func literal(value any) string {
	switch v := value.(type) {
	case string:
		return quoted(v)
	case scan.Severity:
		return map[scan.Severity]string{
			scan.SeverityLow: "scan.SeverityLow", scan.SeverityMedium: "scan.SeverityMedium", scan.SeverityHigh: "scan.SeverityHigh",
			scan.SeverityCritical: "scan.SeverityCritical",
		}[v]
	case scan.Confidence:
		return map[scan.Confidence]string{
			scan.ConfidenceLow: "scan.ConfidenceLow", scan.ConfidenceMedium: "scan.ConfidenceMedium", scan.ConfidenceHigh: "scan.ConfidenceHigh",
			scan.ConfidenceCertain: "scan.ConfidenceCertain",
		}[v]
	case boundary:
		return map[boundary]string{
			boundaryURL: "boundaryURL", boundaryBase64: "boundaryBase64", boundaryOpen: "boundaryOpen", boundaryNone: "boundaryNone",
		}[v]
	case []string:
		text := ""
		for _, s := range v {
			text += quoted(s) + ", "
		}
		return "[]string{" + text + "}"
	case []Sample:
		text := ""
		for _, s := range v {
			text += quoted(string(s)) + ", "
		}
		return "[]Sample{" + text + "}"
	}
	return fmt.Sprint(value)
}

func quoted(text string) string {
	if strconv.CanBackquote(text) {
		return "`" + text + "`"
	}
	return strconv.Quote(text)
}
