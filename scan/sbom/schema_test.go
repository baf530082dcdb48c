package sbom_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sbom"
)

// cycloneDXSchemas returns the official schemas by their addresses, from the standard's own Go module on this machine.
var cycloneDXSchemas = sync.OnceValues(func() (*jsonschema.Schema, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	// Only the files named here can be loaded: any other reference fails, and nothing is fetched.
	compiler.UseLoader(jsonschema.SchemeURLLoader{})
	const base = "http://cyclonedx.org/schema/"
	for file, id := range map[string]string{
		"bom-1.6.schema.json": "bom-1.6.schema.json", "spdx.schema.json": "spdx.schema.json", "jsf-0.82.schemax.json": "jsf-0.82.schema.json",
	} {
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "schema", file))
		if err != nil {
			return nil, err
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		if err := compiler.AddResource(base+id, value); err != nil {
			return nil, err
		}
	}
	return compiler.Compile(base + "bom-1.6.schema.json")
})

// The schema in testdata is this project's own specification of its output: it closes every object and requires what the
// standard requires (spdx/spdx-spec, schemas/spdx-schema.json of v2.3, and the text where that is stricter). SPDX_SCHEMA
// can name another schema file, such as the official one.
var spdxSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	path := os.Getenv("SPDX_SCHEMA")
	if path == "" {
		path = filepath.Join("testdata", "spdx.schema.json")
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	return compiler.Compile(path)
})

func validator(t *testing.T, format string) func([]byte) error {
	t.Helper()
	load := cycloneDXSchemas
	if format == "spdx" {
		load = spdxSchema
	}
	schema, err := load()
	require.NoError(t, err)
	return func(document []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
		require.NoError(t, err)
		return schema.Validate(v)
	}
}

func TestWriteFitsSchema(t *testing.T) {
	t.Parallel()
	timed := options()
	timed.Time = true
	folder := sample()
	folder.Commit = ""
	for _, f := range formats {
		validate := validator(t, f.name)
		for _, r := range []*scan.Result{sample(), folder, without(), {}, many(10)} {
			for _, o := range []sbom.Options{{}, options(), timed} {
				require.NoError(t, validate(f.bytes(t, r, o)))
			}
		}
	}
	for format, list := range map[string][][2]string{
		"cdx": {
			{`"bom-ref"`, `"bomref"`}, {`"alg":"SHA-512"`, `"alg":"SHA512"`}, {`"type":"library"`, `"type":"lib"`}, {`"scope":"excluded"`, `"scope":"dev"`},
			{`"state":"exploitable"`, `"state":"open"`}, {`"specVersion"`, `"spec"`}, {`"method":"CVSSv31"`, `"method":"CVSS31"`},
			{`"timestamp":"2026-11-24T09:14:00Z"`, `"timestamp":"24 November"`}, {`"aggregate":"incomplete"`, `"aggregate":"partly"`},
		},
		"spdx": {
			{`"downloadLocation"`, `"download"`}, {`"algorithm":"SHA512"`, `"algorithm":"SHA-512"`}, {`"SPDXID":"SPDXRef-Package`, `"SPDXID":"SPDXRef_Package`},
			{`"created":"2026-11-24T09:14:00Z"`, `"created":"2026-11-24"`}, {`"DEPENDS_ON"`, `"NEEDS"`}, {`"PACKAGE-MANAGER"`, `"PACKAGES"`}, {`"Tool: sluice`, `"sluice`},
		},
	} {
		document := cycloneDX(t, sample(), timed)
		if format == "spdx" {
			document = spdx(t, sample(), timed)
		}
		for _, broken := range list {
			changed := bytes.Replace(document, []byte(broken[0]), []byte(broken[1]), 1)
			require.NotEqual(t, string(document), string(changed), broken[0])
			require.Error(t, validator(t, format)(changed), broken[1])
		}
	}
}
