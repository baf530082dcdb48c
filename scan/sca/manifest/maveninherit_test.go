package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pom writes a project of group "g" and version 1; parent and dependencies may be empty.
func pom(artifact, parent, more string) string {
	if parent != "" {
		parent = "<parent><groupId>g</groupId><artifactId>" + parent + "</artifactId><version>1</version></parent>"
	}
	return "<project>\n" + parent + "<groupId>g</groupId><artifactId>" + artifact + "</artifactId><version>1</version>\n" + more + "\n</project>"
}

func pomDependencies(ids ...string) string {
	var b strings.Builder
	for _, id := range ids {
		parts := strings.Split(id+"::", ":")
		fmt.Fprintf(&b, "<dependency><groupId>%s</groupId><artifactId>%s</artifactId>", parts[0], parts[1])
		if parts[2] != "" {
			b.WriteString("<version>" + parts[2] + "</version>")
		}
		b.WriteString("</dependency>\n")
	}
	return "<dependencies>\n" + b.String() + "</dependencies>"
}

const pomModules = "<packaging>pom</packaging><modules><module>a</module><module>b</module></modules>"

// A project replaces a dependency only if the same build builds it, with the same name and version.
func TestPOMPartsOfTheProject(t *testing.T) {
	t.Parallel()
	const kept = "app/pom.xml:4 x:lib 5 direct\n"
	lib := "<project><groupId>x</groupId><artifactId>lib</artifactId><version>5</version></project>"
	app := pom("app", "", pomDependencies("x:lib:5"))
	modules := func(names ...string) string {
		return "<packaging>pom</packaging><modules><module>" + strings.Join(names, "</module><module>") + "</module></modules>"
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"beside it":                    {map[string]string{"docs/pom.xml": lib, "pom.xml": lib}, kept},
		"a fixture":                    {map[string]string{"app/src/test/resources/pom.xml": lib}, kept},
		"built along":                  {map[string]string{"pom.xml": pom("all", "", modules("app", "lib")), "lib/pom.xml": lib}, ""},
		"built along by a profile":     {map[string]string{"pom.xml": pom("all", "", "<packaging>pom</packaging><modules><module>app</module></modules><profiles><profile><modules><module>lib</module></modules></profile></profiles>"), "lib/pom.xml": lib}, ""},
		"built along, by its file":     {map[string]string{"pom.xml": pom("all", "", modules("app/pom.xml", "${x}/pom.xml")+"<properties><x>lib</x></properties>"), "lib/pom.xml": lib}, ""},
		"built by a module of modules": {map[string]string{"pom.xml": pom("all", "", modules("app", "more")), "more/pom.xml": pom("more", "", modules("../lib")), "lib/pom.xml": lib}, ""},
		"another version":              {map[string]string{"pom.xml": pom("all", "", modules("app", "lib")), "lib/pom.xml": strings.Replace(lib, "5", "6", 1)}, kept},
		"not a module":                 {map[string]string{"pom.xml": pom("all", "", modules("app")), "lib/pom.xml": lib}, kept},
		"a build of somebody else":     {map[string]string{"docs/pom.xml": pom("docs", "", modules("../app", "lib")), "docs/lib/pom.xml": lib}, kept},
	} {
		c.files["app/pom.xml"] = app
		list, problems := poms(t, c.files)
		require.Empty(t, problems, name)
		require.Equal(t, c.want, list, name)
	}
	// A project with modules is built by itself, whatever is above it.
	list, _ := poms(t, map[string]string{
		"pom.xml": pom("above", "", modules("app", "lib")), "lib/pom.xml": lib,
		"app/pom.xml": pom("app", "", modules("part")+pomDependencies("x:lib:5")), "app/part/pom.xml": pom("part", "", ""),
	})
	require.Equal(t, kept, list)
	// The parent is beside its modules.
	list, _ = poms(t, map[string]string{
		"parent/pom.xml": pom("parent", "", modules("../app", "../lib")), "lib/pom.xml": lib,
		"app/pom.xml": strings.Replace(pom("app", "parent", pomDependencies("x:lib:5")), "</parent>", "<relativePath>../parent</relativePath></parent>", 1),
	})
	require.Empty(t, list)
}

// A pom.xml somewhere in the tree is neither a parent nor an import.
func TestPOMThatIsNotBuiltIsNoParent(t *testing.T) {
	t.Parallel()
	far := "<parent><groupId>far</groupId><artifactId>away</artifactId><version>2</version></parent><artifactId>a</artifactId>"
	fake := func(version string) string {
		return "<project><groupId>far</groupId><artifactId>away</artifactId>" + version + "<dependencyManagement>" + pomDependencies("x:y:9") + "</dependencyManagement></project>"
	}
	for name, files := range map[string]map[string]string{
		"of its name and version": {"docs/pom.xml": fake("<version>2</version>")},
		"without a version":       {"docs/pom.xml": fake("")},
		"at its place, but other": {"pom.xml": fake("<version>3</version>")},
	} {
		files["a/pom.xml"] = "<project>" + far + pomDependencies("x:y") + "</project>"
		list, problems := poms(t, files)
		require.Empty(t, problems, name)
		require.Equal(t, "a/pom.xml:2 x:y  direct\n", list, name)
	}
	list, _ := poms(t, map[string]string{"pom.xml": fake("<version>2</version>"), "a/pom.xml": "<project>" + far + pomDependencies("x:y") + "</project>"})
	require.Equal(t, "a/pom.xml:2 x:y 9 direct at pom.xml:2\n", list)
}

// Each module has the versions of its own properties.
func TestPOMInheritedDependencies(t *testing.T) {
	t.Parallel()
	property := func(v string) string { return "<properties>\n<v>" + v + "</v></properties>" }
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"one differs": {map[string]string{
			"pom.xml":   pom("p", "", pomModules+property("2")+pomDependencies("x:y:${v}")),
			"a/pom.xml": pom("a", "p", property("1")),
			"b/pom.xml": pom("b", "p", ""),
		}, "a/pom.xml:2 x:y 1 direct at a/pom.xml:4\npom.xml:5 x:y 2 direct at pom.xml:4\n"},
		"all differ": {map[string]string{
			"pom.xml":   pom("p", "", pomModules+property("1")+pomDependencies("x:y:${v}")),
			"a/pom.xml": pom("a", "p", property("2")),
			"b/pom.xml": pom("b", "p", property("3")),
		}, "a/pom.xml:2 x:y 2 direct at a/pom.xml:4\nb/pom.xml:2 x:y 3 direct at b/pom.xml:4\n"},
		"only the modules know": {map[string]string{
			"pom.xml":   pom("p", "", pomModules+pomDependencies("x:y:${v}")),
			"a/pom.xml": pom("a", "p", property("2")),
		}, "a/pom.xml:2 x:y 2 direct at a/pom.xml:4\n"},
		"a program itself": {map[string]string{
			"pom.xml":   pom("p", "", "<modules><module>a</module></modules>"+property("1")+pomDependencies("x:y:${v}")),
			"a/pom.xml": pom("a", "p", property("2")),
		}, "a/pom.xml:2 x:y 2 direct at a/pom.xml:4\npom.xml:5 x:y 1 direct at pom.xml:4\n"},
		"an heir that is not built along": {map[string]string{
			"pom.xml":      pom("p", "", "<packaging>pom</packaging>"+property("1")+pomDependencies("x:y:${v}")),
			"docs/pom.xml": pom("a", "p", property("2")),
		}, "docs/pom.xml:2 x:y 2 direct at docs/pom.xml:4\npom.xml:5 x:y 1 direct at pom.xml:4\n"},
		"asked for again by one": {map[string]string{
			"pom.xml":   pom("p", "", pomModules+pomDependencies("x:y:1")),
			"a/pom.xml": pom("a", "p", pomDependencies("x:y:2")),
			"b/pom.xml": pom("b", "p", ""),
		}, "a/pom.xml:4 x:y 2 direct\npom.xml:4 x:y 1 direct\n"},
		"asked for again by all": {map[string]string{
			"pom.xml":   pom("p", "", pomModules+pomDependencies("x:y:1")),
			"a/pom.xml": pom("a", "p", pomDependencies("x:y:2")),
			"b/pom.xml": pom("b", "p", pomDependencies("x:y:3")),
		}, "a/pom.xml:4 x:y 2 direct\nb/pom.xml:4 x:y 3 direct\n"},
		"managed by the module": {map[string]string{
			"pom.xml":   pom("p", "", pomModules+"<dependencyManagement>"+pomDependencies("x:y:1")+"</dependencyManagement>"+pomDependencies("x:y")),
			"a/pom.xml": pom("a", "p", "<dependencyManagement>\n"+pomDependencies("x:y:2")+"</dependencyManagement>"),
			"b/pom.xml": pom("b", "p", "<dependencyManagement>\n"+pomDependencies("x:y:2")+"</dependencyManagement>"),
		}, "a/pom.xml:2 x:y 2 direct at a/pom.xml:5\nb/pom.xml:2 x:y 2 direct at b/pom.xml:5\n"},
		"a managed version that all overrule": {map[string]string{
			"pom.xml":   pom("p", "", pomModules+"<dependencyManagement>"+pomDependencies("x:y:1")+"</dependencyManagement>"),
			"a/pom.xml": pom("a", "p", pomDependencies("x:y:2")),
			"b/pom.xml": pom("b", "p", pomDependencies("x:y:2")),
		}, "a/pom.xml:4 x:y 2 direct\nb/pom.xml:4 x:y 2 direct\n"},
		"through a parent of modules": {map[string]string{
			"pom.xml":     pom("p", "", pomModules+property("1")+pomDependencies("x:y:${v}")),
			"a/pom.xml":   pom("a", "p", "<packaging>pom</packaging><modules><module>c</module></modules>"+property("2")),
			"a/c/pom.xml": pom("c", "a", property("3")),
			"b/pom.xml":   pom("b", "p", ""),
		}, "a/c/pom.xml:2 x:y 3 direct at a/c/pom.xml:4\npom.xml:5 x:y 1 direct at pom.xml:4\n"},
	} {
		list, problems := poms(t, c.files)
		require.Empty(t, problems, name)
		require.Equal(t, c.want, list, name)
	}
}

// A profile with another version adds another possible version.
func TestPOMProfiles(t *testing.T) {
	t.Parallel()
	profile := func(text string) string { return "<profile><id>i</id>\n" + text + "</profile>\n" }
	property := func(v string) string { return "<properties><v>" + v + "</v></properties>\n" }
	for name, c := range map[string]struct{ project, want string }{
		"another": {
			property("1") + pomDependencies("x:y:${v}") + "<profiles>" + profile(property("2")) + profile(property("1")) + "</profiles>",
			"pom.xml:5 x:y 1 direct at pom.xml:3\npom.xml:5 x:y 2 direct at pom.xml:7\n",
		},
		"the only one": {
			pomDependencies("x:y:${v}") + "<profiles>" + profile(property("2")) + profile("<activation><activeByDefault>true</activeByDefault></activation>"+property("3")) + "</profiles>",
			"pom.xml:4 x:y 2 direct at pom.xml:6\npom.xml:4 x:y 3 direct at pom.xml:9\n",
		},
		"none": {
			pomDependencies("x:y:${v}", "x:z:1") + "<profiles>" + profile("<properties><w>1</w></properties>") + "</profiles>",
			"pom.xml:4 x:y  direct\npom.xml:5 x:z 1 direct\n",
		},
		"managed": {
			"<dependencyManagement>" + pomDependencies("x:y:1") + "</dependencyManagement>\n" + pomDependencies("x:y") + "<profiles>" + profile("<dependencyManagement>"+pomDependencies("x:y:2")+"</dependencyManagement>") + "</profiles>",
			"pom.xml:7 x:y 1 direct at pom.xml:4\npom.xml:7 x:y 2 direct at pom.xml:10\n",
		},
	} {
		list, problems := poms(t, map[string]string{"pom.xml": pom("p", "", c.project)})
		require.Empty(t, problems, name)
		require.Equal(t, c.want, list, name)
	}
}

// The place is the text that sets the version.
func TestPOMPlaces(t *testing.T) {
	t.Parallel()
	list, problems := poms(t, map[string]string{"pom.xml": `<project><groupId>g</groupId><artifactId>a</artifactId>
<version>1</version>
<properties>
<v>2</v>
<w>${v}</w>
</properties>
<dependencies>
<dependency><groupId>x</groupId><artifactId>b</artifactId>
<version>3</version></dependency>
<dependency><groupId>x</groupId><artifactId>c</artifactId>
<version>${w}.Final</version></dependency>
<dependency><groupId>x</groupId><artifactId>d</artifactId>
<version>${project.version}</version></dependency>
</dependencies></project>`})
	require.Empty(t, problems)
	require.Equal(t, "pom.xml:8 x:b 3 direct at pom.xml:9\npom.xml:10 x:c 2.Final direct at pom.xml:4\npom.xml:12 x:d 1 direct at pom.xml:13\n", list)
}

func TestPOMOfAnArchetype(t *testing.T) {
	t.Parallel()
	list, problems := poms(t, map[string]string{"src/main/resources/archetype-resources/pom.xml": `#set( $symbol_dollar = '$' )
<project><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>
<properties><v>2</v></properties>
#if (${x} == "y")
<dependencies><dependency><groupId>${groupId}</groupId><artifactId>z</artifactId><version>${version}</version></dependency>
<dependency><groupId>x</groupId><artifactId>y</artifactId><version>${symbol_dollar}{v}</version></dependency></dependencies>
#end
</project>`})
	require.Empty(t, problems)
	require.Equal(t, "src/main/resources/archetype-resources/pom.xml:5 ${groupId}:z  direct\nsrc/main/resources/archetype-resources/pom.xml:6 x:y 2 direct at src/main/resources/archetype-resources/pom.xml:3\n", list)
}

// Many projects with many inherited dependencies must end in time, and report if the limit is reached.
func TestPOMsOfManyHeirs(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	var ids []string
	for i := range 500 {
		ids = append(ids, fmt.Sprintf("x:y%d:${v}", i))
	}
	files["pom.xml"] = pom("p", "", pomDependencies(ids...))
	for i := range 500 {
		files[fmt.Sprintf("m%d/pom.xml", i)] = pom(fmt.Sprintf("m%d", i), "p", fmt.Sprintf("<properties><v>%d</v></properties>", i))
	}
	within(t, "many heirs", func() {
		_, problems := poms(t, files)
		require.NotEmpty(t, problems)
	})
}

// Modules that refer to every other module must end in time.
func TestPOMsThatAllBuildEachOther(t *testing.T) {
	t.Parallel()
	const n = 300
	var modules strings.Builder
	for i := range n {
		fmt.Fprintf(&modules, "<module>../m%d</module>", i)
	}
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("m%d/pom.xml", i)] = pom(fmt.Sprintf("m%d", i), "", "<packaging>pom</packaging><modules>"+modules.String()+"</modules>"+pomDependencies("x:y:1"))
	}
	within(t, "modules everywhere", func() {
		list, problems := poms(t, files)
		require.NotEmpty(t, problems)
		require.Equal(t, n, strings.Count(list, "x:y 1"))
	})
}
