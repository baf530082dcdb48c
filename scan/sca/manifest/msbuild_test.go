package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

func msbuild(lines ...string) string {
	return "<Project>\n" + strings.Join(lines, "\n") + "\n</Project>"
}

// The version is the one that MSBuild finds with all files that it reads for a project.
func TestMSBuildVersions(t *testing.T) {
	t.Parallel()
	const (
		asked   = `<ItemGroup><PackageReference Include="X" Version="$(XV)" /></ItemGroup>`
		bare    = `<ItemGroup><PackageReference Include="X" /></ItemGroup>`
		project = "src/a/a.csproj"
	)
	property := func(v string) string { return "<PropertyGroup><XV>" + v + "</XV></PropertyGroup>" }
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"the nearest file above": {map[string]string{
			project: msbuild(asked), "src/Directory.Build.props": msbuild(property("2")), "Directory.Build.props": msbuild(property("1")),
		}, "src/a/a.csproj:2 X 2 direct at src/Directory.Build.props:2\n"},
		"which imports the next one": {map[string]string{
			project: msbuild(asked), "Directory.Build.props": msbuild(property("1")),
			"src/Directory.Build.props": msbuild(`<Import Project="$([MSBuild]::GetPathOfFileAbove('Directory.Build.props', '$(MSBuildThisFileDirectory)../'))" />`),
		}, "src/a/a.csproj:2 X 1 direct at Directory.Build.props:2\n"},
		"its own property": {map[string]string{
			project: msbuild(property("3"), asked), "Directory.Build.props": msbuild(property("1")),
		}, "src/a/a.csproj:3 X 3 direct at src/a/a.csproj:2\n"},
		"a property of properties": {map[string]string{
			project: msbuild(asked), "Directory.Build.props": msbuild("<PropertyGroup><Y>1</Y>", "<XV>$(Y).$(Y)</XV></PropertyGroup>"),
		}, "src/a/a.csproj:2 X 1.1 direct at Directory.Build.props:2\n"},
		"an imported file": {map[string]string{
			project: msbuild(`<Import Project="..\..\eng\Versions.props" />`, asked), "eng/versions.props": msbuild(property("4")),
		}, "src/a/a.csproj:3 X 4 direct at eng/versions.props:2\n"},
		"by its place": {map[string]string{
			project: msbuild(asked), "Directory.Build.props": msbuild(`<PropertyGroup><Root>$(MSBuildThisFileDirectory)</Root></PropertyGroup>`, `<Import Project="$(Root)eng\Versions.props" />`),
			"eng/Versions.props": msbuild(property("4")),
		}, "src/a/a.csproj:2 X 4 direct at eng/Versions.props:2\n"},
		"by the place of the project": {map[string]string{
			project: msbuild(`<ImportGroup><Import Project="$(MSBuildProjectDirectory)\my.props" /></ImportGroup>`, asked), "src/a/my.props": msbuild(property("5")),
		}, "src/a/a.csproj:3 X 5 direct at src/a/my.props:2\n"},
		"by a folder above": {map[string]string{
			project:        msbuild(`<Import Project="$([MSBuild]::GetDirectoryNameOfFileAbove($(MSBuildThisFileDirectory), marker.props))\eng\v.props" />`, asked),
			"marker.props": msbuild(), "eng/v.props": msbuild(property("6")),
		}, "src/a/a.csproj:3 X 6 direct at eng/v.props:2\n"},
		"conditions": {map[string]string{
			project: msbuild(`<PropertyGroup Condition="'$(T)' == 'net48'"><XV>1</XV></PropertyGroup>`, `<PropertyGroup><XV Condition="'$(T)' != 'net48'">2</XV></PropertyGroup>`, asked),
		}, "src/a/a.csproj:4 X 1 direct at src/a/a.csproj:2\nsrc/a/a.csproj:4 X 2 direct at src/a/a.csproj:3\n"},
		"a choice": {map[string]string{
			project: msbuild(`<Choose><When Condition="a">`, property("1"), `</When><Otherwise>`, property("2"), `</Otherwise></Choose>`, asked),
		}, "src/a/a.csproj:7 X 1 direct at src/a/a.csproj:3\nsrc/a/a.csproj:7 X 2 direct at src/a/a.csproj:5\n"},
		"a fallback that is not needed": {map[string]string{
			project: msbuild(property("1"), `<PropertyGroup><XV Condition="'$(XV)' == ''">2</XV></PropertyGroup>`, asked),
		}, "src/a/a.csproj:4 X 1 direct at src/a/a.csproj:2\n"},
		"conditioned members": {map[string]string{
			project: msbuild(`<ItemGroup><PackageReference Include="X">`, `<Version Condition="a">1</Version>`, `<Version Condition="b">2</Version>`, `</PackageReference></ItemGroup>`),
		}, "src/a/a.csproj:2 X 1 direct at src/a/a.csproj:3\nsrc/a/a.csproj:2 X 2 direct at src/a/a.csproj:4\n"},
		"conditioned central versions": {map[string]string{
			project: msbuild(bare), "Directory.Packages.props": msbuild("<ItemGroup>", `<PackageVersion Include="x" Version="1" Condition="a" />`, `<PackageVersion Include="x" Version="2" Condition="b" />`, "</ItemGroup>"),
		}, "src/a/a.csproj:2 X 1 direct at Directory.Packages.props:3\nsrc/a/a.csproj:2 X 2 direct at Directory.Packages.props:4\n"},
		"a central version of an imported file": {map[string]string{
			project: msbuild(bare), "src/Directory.Packages.props": msbuild(`<Import Project="../Directory.Packages.props" />`, `<ItemGroup><PackageVersion Update="X" Version="2" /></ItemGroup>`),
			"Directory.Packages.props": msbuild(`<ItemGroup><PackageVersion Include="X" Version="1" /></ItemGroup>`),
		}, "src/a/a.csproj:2 X 2 direct at src/Directory.Packages.props:3\n"},
		"updated": {map[string]string{
			project: msbuild(bare), "Directory.Build.targets": msbuild(`<ItemGroup><PackageReference Update="X" Version="7" /></ItemGroup>`),
		}, "src/a/a.csproj:2 X 7 direct at Directory.Build.targets:2\n"},
		"updated too early": {map[string]string{
			project: msbuild(bare), "Directory.Build.props": msbuild(`<ItemGroup><PackageReference Update="X" Version="7" /></ItemGroup>`),
		}, ""},
		"only updated":   {map[string]string{project: msbuild(`<ItemGroup><PackageReference Update="X" Version="7" /></ItemGroup>`)}, ""},
		"a shared item":  {map[string]string{project: msbuild(property("8")), "src/Directory.Build.targets": msbuild(asked), "b/b.csproj": msbuild()}, "src/Directory.Build.targets:2 X 8 direct at src/a/a.csproj:2\n"},
		"nowhere":        {map[string]string{project: msbuild(asked)}, ""},
		"of itself":      {map[string]string{project: msbuild(property("$(XV)"), asked)}, ""},
		"imports itself": {map[string]string{project: msbuild(`<Import Project="a.csproj" />`, property("1"), asked)}, "src/a/a.csproj:4 X 1 direct at src/a/a.csproj:3\n"},
	} {
		require.Equal(t, c.want, listed(tree(t, c.files)), name)
	}
}

// NuGet takes the lowest version of a range, if the range names it.
func TestNuGetRanges(t *testing.T) {
	t.Parallel()
	for constraint, want := range map[string]string{
		"12.0": "12.0", "[12.0]": "12.0", "[12.0,14.0)": "12.0", "[ 12.0 , ]": "12.0", "[12.0,)": "12.0",
		"(12.0,14.0]": "", "(,14.0]": "", "12.*": "", "[12.*,13)": "", "*": "", "12.0-*": "", "{{v}}": "", "[12.0": "",
	} {
		list := listed(tree(t, map[string]string{"a.csproj": msbuild(`<ItemGroup><PackageReference Include="X" Version="` + constraint + `" /></ItemGroup>`)}))
		if want != "" {
			want = "a.csproj:2 X " + want + " direct\n"
		}
		require.Equal(t, want, list, constraint)
	}
}

// Many projects with many shared items must end in time, and report if the limit is reached.
func TestMSBuildOfManyProjects(t *testing.T) {
	t.Parallel()
	var shared []string
	for i := range 2000 {
		shared = append(shared, fmt.Sprintf(`<ItemGroup><PackageReference Include="X%d" Version="$(V)" /></ItemGroup><PropertyGroup><V Condition="a">%d</V></PropertyGroup>`, i, i))
	}
	files := map[string]string{"Directory.Build.props": msbuild(shared...)}
	for i := range 2000 {
		files[fmt.Sprintf("p%d/p.csproj", i)] = msbuild()
	}
	var docs []*document.Document
	for name, text := range files {
		doc, err := manifest.Read(name, []byte(text))
		require.NoError(t, err)
		docs = append(docs, doc)
	}
	within(t, "many projects", func() {
		_, failures := manifest.Resolve(docs)
		require.NotEmpty(t, failures)
	})
}
