package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// poms reads the poms of one tree; a failure is listed as path: error.
func poms(t *testing.T, files map[string]string) (list string, problems []string) {
	t.Helper()
	var docs []*document.Document
	for name, text := range files {
		doc, err := manifest.Read(name, []byte(text))
		require.NoError(t, err, name)
		docs = append(docs, doc)
	}
	packages, failures := manifest.Resolve(docs)
	for _, f := range failures {
		problems = append(problems, f.Path+": "+f.Err.Error())
	}
	return listed(packages), problems
}

func TestPOM(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"pom.xml": `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <groupId>org.example</groupId>
  <artifactId>parent</artifactId>
  <version>1.0</version>
  <packaging>pom</packaging>
  <modules><module>app</module><module>lib</module></modules>
  <properties>
    <guava.version>31.0</guava.version>
    <overridden>1</overridden>
    <outer>${inner}</outer><inner>2.2</inner><named>c.d</named>
  </properties>
  <dependencyManagement>
    <dependencies>
      <dependency>
        <groupId>com.example</groupId>
        <artifactId>managed</artifactId>
        <version>${overridden}</version>
      </dependency>
      <dependency><groupId>org.example</groupId><artifactId>bom</artifactId><version>${project.version}</version><type>pom</type><scope>import</scope></dependency>
      <dependency><groupId>org.example.outside</groupId><artifactId>bom</artifactId><version>1</version><type>pom</type><scope>import</scope></dependency>
      <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.12</version><scope>test</scope></dependency>
      <dependency><groupId>c</groupId><artifactId>natives</artifactId><version>1-linux</version><classifier>linux</classifier></dependency>
      <dependency><groupId>${named}</groupId><artifactId>d</artifactId><version>4</version></dependency>
    </dependencies>
  </dependencyManagement>
  <build><plugins><plugin><artifactId>p</artifactId><dependencies><dependency><groupId>in.plugin</groupId><artifactId>x</artifactId><version>1</version></dependency></dependencies></plugin></plugins></build>
</project>`,
		"app/pom.xml": `<project>
  <parent>
    <groupId>org.example</groupId>
    <artifactId>parent</artifactId>
    <version>1.0</version>
  </parent>
  <artifactId>app</artifactId>
  <properties><overridden>1.5</overridden></properties>
  <dependencies>
    <dependency>
      <groupId>com.google.guava</groupId>
      <!-- <artifactId>no</artifactId> -->
      <artifactId> guava </artifactId>
      <version>${guava.version}-jre</version>
      <exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions>
    </dependency>
    <dependency><groupId>com.example</groupId><artifactId>managed</artifactId></dependency>
    <dependency><groupId>com.example</groupId><artifactId>in-bom</artifactId></dependency>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId></dependency>
    <dependency><groupId>a</groupId><artifactId>tested</artifactId><version>${outer}</version><scope>test</scope></dependency>
    <dependency><groupId>a</groupId><artifactId>range</artifactId><version>[1.0,2.0)</version></dependency>
    <dependency><groupId>a</groupId><artifactId>exact</artifactId><version>[1.0]</version></dependency>
    <dependency><groupId>a</groupId><artifactId>unknown</artifactId><version>${env.X}</version><scope>provided</scope></dependency>
    <dependency><groupId>a</groupId><artifactId>unmanaged</artifactId></dependency>
    <dependency><groupId>c</groupId><artifactId>natives</artifactId><classifier>linux</classifier></dependency>
    <dependency><groupId>${project.groupId}</groupId><artifactId>lib</artifactId><version>${project.version}</version></dependency>
    <dependency><groupId>c.d</groupId><artifactId>d</artifactId></dependency>
    <dependency><groupId>org.example</groupId><artifactId>published</artifactId><version>${project.parent.version}</version></dependency>
  </dependencies>
  <profiles>
    <profile>
      <dependencies>
        <dependency><groupId>a</groupId><artifactId>profiled</artifactId><version>${in.profile}</version></dependency>
      </dependencies>
      <properties><in.profile>7</in.profile></properties>
    </profile>
  </profiles>
</project>`,
		"lib/pom.xml":   `<project><groupId>org.example</groupId><artifactId>lib</artifactId><version>1.0</version></project>`,
		"bom/pom.xml":   `<project><parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>1.0</version><relativePath>..</relativePath></parent><artifactId>bom</artifactId><properties><v>9</v></properties><dependencyManagement><dependencies><dependency><groupId>com.example</groupId><artifactId>in-bom</artifactId><version>${v}</version></dependency></dependencies></dependencyManagement></project>`,
		"other/pom.xml": "\ufeff<project>\r\n<dependencies>\r\n<dependency><groupId>b</groupId><artifactId>c</artifactId><version>1</version></dependency></dependencies></project>",
	}
	packages := tree(t, files)
	require.Equal(t, `app/pom.xml:13 com.google.guava:guava 31.0-jre direct at pom.xml:10
app/pom.xml:17 com.example:managed 1.5 direct at app/pom.xml:8
app/pom.xml:18 com.example:in-bom 9 direct at bom/pom.xml:1
app/pom.xml:19 junit:junit 4.12 direct dev at pom.xml:23
app/pom.xml:20 a:tested 2.2 direct dev at pom.xml:12
app/pom.xml:21 a:range  direct
app/pom.xml:22 a:exact 1.0 direct
app/pom.xml:23 a:unknown  direct
app/pom.xml:24 a:unmanaged  direct
app/pom.xml:25 c:natives 1-linux direct at pom.xml:24
app/pom.xml:27 c.d:d 4 direct at pom.xml:25
app/pom.xml:28 org.example:published 1.0 direct
app/pom.xml:33 a:profiled 7 direct at app/pom.xml:35
other/pom.xml:3 b:c 1 direct
`, listed(packages))
	require.Equal(t, "guava\nmanaged\nin-bom\njunit\ntested\nrange\nexact\nunknown\nunmanaged\nnatives\nd\npublished\nprofiled\nc\n", marked(files, packages))
}

const pomDependency = `<dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${v}</version></dependency></dependencies>`

func pomParent(artifact, relativePath string) string {
	return "<parent><groupId>g</groupId><artifactId>" + artifact + "</artifactId><version>1</version><relativePath>" + relativePath + "</relativePath></parent>"
}

func TestPOMParentsInACircle(t *testing.T) {
	t.Parallel()
	list, problems := poms(t, map[string]string{
		"a/pom.xml": "<project>" + pomParent("b", "../b") + "<artifactId>a</artifactId>" + pomDependency + "</project>",
		"b/pom.xml": "<project>" + pomParent("a", "../a/pom.xml") + "<artifactId>b</artifactId><properties><v>3</v></properties></project>",
		"c/pom.xml": "<project>" + pomParent("c", "") + "<artifactId>c</artifactId></project>",
	})
	require.Equal(t, "a/pom.xml:1 g:a 3 direct at b/pom.xml:1\n", list)
	const circle = ": its parents form a cycle, or are more than 50"
	require.Equal(t, []string{"a/pom.xml" + circle, "b/pom.xml" + circle, "c/pom.xml" + circle}, problems)
}

func TestPOMParentOutsideOfTheTree(t *testing.T) {
	t.Parallel()
	list, problems := poms(t, map[string]string{
		"a/pom.xml": "<project>" + pomParent("p", "../../p/pom.xml") + "<artifactId>m</artifactId>" + pomDependency + "</project>",
		"pom.xml":   "<project><parent><groupId>g</groupId><artifactId>outer</artifactId><version>1</version></parent><artifactId>n</artifactId></project>",
	})
	require.Equal(t, "a/pom.xml:1 g:a  direct\n", list)
	require.Equal(t, []string{"a/pom.xml: its parent's relativePath leaves the tree"}, problems)
}

func TestPOMPropertyWithoutAnEnd(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	for i := range 60 {
		fmt.Fprintf(&bomb, "<p%d>${p%d}${p%d}</p%d>", i, i+1, i+1, i)
	}
	for name, properties := range map[string]string{
		"itself":     "<v>${v}</v>",
		"two":        "<v>${w}</v><w>1${v}</w>",
		"doubling":   "<v>${p0}</v>" + bomb.String(),
		"large":      "<v>${w}${w}</v><w>" + strings.Repeat("1", 3000) + "</w>",
		"long chain": "<v>${p0}</v>" + strings.ReplaceAll(bomb.String(), "}${", "x"),
	} {
		list, problems := poms(t, map[string]string{
			"pom.xml": "<project><properties>" + properties + "</properties>" + pomDependency + "</project>",
		})
		require.Equal(t, "pom.xml:1 g:a  direct\n", list, name)
		if name != "long chain" { // unknown properties are not a problem
			require.Equal(t, []string{"pom.xml: a property refers to itself endlessly, or grows beyond 4096 bytes"}, problems, name)
		}
	}
}

// BOMs of the tree that import each other must not loop, and their managed versions are found.
func TestPOMImportsInACircle(t *testing.T) {
	t.Parallel()
	bom := func(artifact, imported, more string) string {
		return "<project><groupId>g</groupId><artifactId>" + artifact + "</artifactId><version>1</version><dependencyManagement><dependencies>" +
			"<dependency><groupId>g</groupId><artifactId>" + imported + "</artifactId><version>1</version><type>pom</type><scope>import</scope></dependency>" + more +
			"</dependencies></dependencyManagement>"
	}
	list, problems := poms(t, map[string]string{
		"a/pom.xml": bom("bom1", "bom2", "") + "<dependencies><dependency><groupId>x</groupId><artifactId>y</artifactId></dependency><dependency><groupId>x</groupId><artifactId>z</artifactId></dependency></dependencies></project>",
		"b/pom.xml": bom("bom2", "bom1", "<dependency><groupId>x</groupId><artifactId>y</artifactId><version>5</version></dependency>") + "</project>",
	})
	require.Empty(t, problems)
	require.Equal(t, "a/pom.xml:1 x:y 5 direct at b/pom.xml:1\na/pom.xml:1 x:z  direct\n", list)
}

func TestPOMThatIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"<!DOCTYPE p [\n<!ENTITY a \"aaaa\">]><project>&a;</project>": "line 1: it declares entities, which are not read",
		"<project>\n<artifactId>&a;</artifactId></project>":           "line 2: not valid XML",
		"<project>\n<dependencies>":                                   "line 2: an element is not closed",
		"<project></b>":                                               "line 1: an element is closed that is not open",
		strings.Repeat("<a>", 1000):                                   "line 1: nested too deep",
		"<project>\n<dependencies><dependency><groupId>secret-of-the-file</groupId>\n<artif": "line 3: not valid XML",
	} {
		_, err := manifest.Read("pom.xml", []byte(text))
		require.EqualError(t, err, want)
	}
}

func TestPOMInAnotherEncoding(t *testing.T) {
	t.Parallel()
	list, problems := poms(t, map[string]string{
		"pom.xml": "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<project><name>\xe9t\xe9</name>\n<dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>1</version></dependency></dependencies></project>",
	})
	require.Empty(t, problems)
	require.Equal(t, "pom.xml:3 g:a 1 direct\n", list)
}
