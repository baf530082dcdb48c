package manifest_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// tree reads the files of one tree and returns its packages.
func tree(t *testing.T, files map[string]string) []scan.Package {
	t.Helper()
	var docs []*document.Document
	for name, text := range files {
		doc, err := manifest.Read(name, []byte(text))
		require.NoError(t, err, name)
		docs = append(docs, doc)
	}
	packages, failures := manifest.Resolve(docs)
	require.Empty(t, failures)
	for i := range packages {
		p := &packages[i]
		require.Less(t, p.Start, p.End)
		require.Equal(t, 1+strings.Count(files[p.Path][:p.Start], "\n"), p.Line, "%s %s", p.Path, p.Name)
	}
	return packages
}

// listed writes packages as lines: path:line name version, then everything else that is known.
func listed(packages []scan.Package) string {
	var b strings.Builder
	for i := range packages {
		p := &packages[i]
		b.WriteString(p.Path + ":" + strconv.Itoa(p.Line) + " " + p.Name + " " + p.Version)
		if p.Relation != scan.RelationUnknown {
			b.WriteString(" " + p.Relation.String())
		}
		if p.Development {
			b.WriteString(" dev")
		}
		if p.Origin != scan.OriginRegistry {
			b.WriteString(" " + p.Origin.String())
		}
		if p.Via != "" {
			b.WriteString(" via " + p.Via)
		}
		if p.Declared != nil {
			b.WriteString(" at " + p.Declared.Path + ":" + strconv.Itoa(p.Declared.Line))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
