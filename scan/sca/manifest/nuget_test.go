package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNuGetLock(t *testing.T) {
	t.Parallel()
	packages := tree(t, map[string]string{
		"src/app/app.csproj": `<Project Sdk="Microsoft.NET.Sdk">
  <ItemGroup>
    <PackageReference
        Include="acme.json" Version="1.0.0" />
    <PackageReference Include="Acme.Analyzer" Version="1.0.0" PrivateAssets="all" />
    <ProjectReference Include="..\core\core.csproj" />
  </ItemGroup>
</Project>`,
		"src/app/packages.lock.json": `{
  "version": 1,
  "dependencies": {
    "net6.0": {
      "Acme.Json": { "type": "Direct", "requested": "[1.0.0, )", "resolved": "1.0.0", "contentHash": "AAAA", "dependencies": { "Acme.Text": "1.0.0" } },
      "Acme.Text": { "type": "Transitive", "resolved": "1.5.0" },
      "core": { "type": "Project", "dependencies": { "Acme.Core": "[2.0.0, )" } },
      "Acme.Core": { "type": "Transitive", "resolved": "2.0.0" },
      "Acme.Lost": { "type": "Transitive", "resolved": "3.0.0" },
      "Acme.Analyzer": { "type": "Direct", "resolved": "1.0.0", "dependencies": { "Acme.Rules": "1.0.0" } },
      "Acme.Rules": { "type": "Transitive", "resolved": "1.0.0" }
    },
    "net6.0/win-x64": {
      "Acme.Native": { "type": "Transitive", "resolved": "1.0.0", "dependencies": { "Acme.Text": "1.0.0" } }
    },
    "net8.0": {
      "Acme.Json": { "type": "Direct", "resolved": "1.0.0", "dependencies": { "Acme.Text": "1.0.0" } },
      "Acme.Text": { "type": "CentralTransitive", "resolved": "1.6.0" }
    }
  }
}`})
	require.Equal(t, `src/app/packages.lock.json:5 Acme.Json 1.0.0 direct at src/app/app.csproj:4
src/app/packages.lock.json:6 Acme.Text 1.5.0 transitive via Acme.Json
src/app/packages.lock.json:8 Acme.Core 2.0.0 direct
src/app/packages.lock.json:9 Acme.Lost 3.0.0 transitive
src/app/packages.lock.json:10 Acme.Analyzer 1.0.0 direct dev at src/app/app.csproj:5
src/app/packages.lock.json:11 Acme.Rules 1.0.0 transitive dev via Acme.Analyzer
src/app/packages.lock.json:14 Acme.Native 1.0.0 transitive
src/app/packages.lock.json:17 Acme.Json 1.0.0 direct at src/app/app.csproj:4
src/app/packages.lock.json:18 Acme.Text 1.6.0 transitive via Acme.Json
`, listed(packages))
	require.Equal(t, "sha512:000000", packages[0].Hash)
}

// The nearest Directory.Packages.props above gives the version, and is the place to change it.
func TestNuGetCentralVersions(t *testing.T) {
	t.Parallel()
	require.Equal(t, `Directory.Packages.props:10 Acme.Build 9.0.0 direct dev
src/a/a.csproj:3 acme.json 13.0.1 direct at Directory.Packages.props:3
src/a/a.csproj:4 Acme.Test 2.0.0 direct dev at Directory.Packages.props:6
src/a/a.csproj:5 Acme.Own 7.0.0 direct
src/a/a.csproj:6 Acme.Range 1.0 direct
src/b/b.fsproj:1 Acme.Json 12.0.0 direct at src/b/Directory.Packages.props:1
`, listed(tree(t, map[string]string{
		"Directory.Packages.props": "\xef\xbb\xbf" + `<?xml version="1.0" encoding="utf-8"?>
<Project>
  <PropertyGroup><JsonVersion>13.0.1</JsonVersion></PropertyGroup>
  <ItemGroup>
    <PackageVersion Include="Acme.Json" Version="$(JsonVersion)" />
    <PackageVersion Include="Acme.Test"><Version>[2.0.0]</Version></PackageVersion>
    <PackageVersion Include="Acme.Unused" Version="1.0.0" />
    <PackageVersion Include="Acme.Own" Version="1.0.0" />
    <PackageVersion Include="Acme.Float" Version="1.*" />
    <GlobalPackageReference Include="Acme.Build" Version="9.0.0" />
  </ItemGroup>
</Project>`,
		"src/a/a.csproj": `<Project>
  <ItemGroup Condition="'$(X)' == '='">
    <PackageReference Include='acme.json;Acme.Float' />
    <PackageReference Include="Acme.Test"><PrivateAssets>all</PrivateAssets></PackageReference>
    <PackageReference Include="Acme.Own" VersionOverride="7.0.0"/>
    <PackageReference Include="Acme.Range" Version="[1.0,2.0)"/>
  </ItemGroup>
</Project>`,
		"src/b/Directory.Packages.props": `<Project><ItemGroup><PackageVersion Include="Acme.Json" Version="12.0.0"/></ItemGroup></Project>`,
		"src/b/b.fsproj":                 `<Project><ItemGroup><PackageReference Include="Acme.Json"/></ItemGroup></Project>`,
	})))
}

func TestPackagesConfigAndDepsJSON(t *testing.T) {
	t.Parallel()
	require.Equal(t, `App.deps.json:5 Acme.Text 1.5.0 transitive via Acme.Json
App.deps.json:6 Acme.Json 1.0.0 direct
App.deps.json:7 Acme.Runtime.win-x64 6.0.1 direct
old/packages.config:2 Acme.Json 1.0.0
old/packages.config:3 Acme.Tool 2.0.0 dev
`, listed(tree(t, map[string]string{
		"old/packages.config": `<packages>
  <package id="Acme.Json" version="1.0.0" targetFramework="net48" />
  <package id="Acme.Tool" version="2.0.0" developmentDependency="true" />
</packages>`,
		"App.deps.json": `{"targets": {".NETCoreApp,Version=v6.0": {
"App/1.0.0": {"dependencies": {"Acme.Json": "1.0.0", "runtimepack.Acme.Runtime.win-x64": "6.0.1"}, "runtime": {}},
"Acme.Json/1.0.0": {"dependencies": {"Acme.Text": "1.5.0"}}}},
"libraries": {"App/1.0.0": {"type": "project"},
"Acme.Text/1.5.0": {"type": "package", "sha512": "sha512-AAAA"},
"Acme.Json/1.0.0": {"type": "package"},
"runtimepack.Acme.Runtime.win-x64/6.0.1": {"type": "runtimepack"},
"Acme.Reference/1.0.0": {"type": "referenceassembly"}}}`,
	})))
}
