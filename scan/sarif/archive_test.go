package sarif_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
)

// inArchive returns a finding inside an archive.
func inArchive() scan.Finding {
	f := sample().Findings[0]
	f.Archive, f.Path = "libs/a b.jar", "libs/a b.jar!/conf/app.properties"
	f.Suppression = &scan.Suppression{Kind: scan.SuppressedInline, Reason: "rotated", Source: f.Path + ":14"}
	return f
}

// The artifact is the archive, because a reader can find that in the repository.
func TestWriteArchive(t *testing.T) {
	t.Parallel()
	log := written(t, &scan.Result{Findings: []scan.Finding{inArchive()}}, sarif.WriteOptions{})
	var parsed struct {
		Runs []struct {
			Results []struct {
				Locations    json.RawMessage
				Suppressions json.RawMessage
			}
		}
	}
	require.NoError(t, json.Unmarshal(log, &parsed))
	result := parsed.Runs[0].Results[0]
	require.JSONEq(t, `[{
		"physicalLocation": {"artifactLocation": {"uri": "libs/a%20b.jar", "uriBaseId": "%SRCROOT%"}},
		"logicalLocations": [{"fullyQualifiedName": "libs/a b.jar!/conf/app.properties:14", "kind": "resource"}]
	}]`, string(result.Locations))
	require.JSONEq(t, `[{
		"kind": "inSource", "status": "accepted", "justification": "rotated",
		"properties": {"kind": "inline", "source": "libs/a b.jar!/conf/app.properties:14"}
	}]`, string(result.Suppressions))
}

func TestWriteArchiveReadsBackAsTheArchive(t *testing.T) {
	t.Parallel()
	runs, err := sarif.Read(strings.NewReader(string(written(t, &scan.Result{Findings: []scan.Finding{inArchive()}}, sarif.WriteOptions{}))), sarif.ReadOptions{})
	require.NoError(t, err)
	f := runs[0].Result.Findings[0]
	require.Equal(t, "libs/a b.jar", f.Path)
	require.Zero(t, f.StartLine)
}
