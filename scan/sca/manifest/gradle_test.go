package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
)

func TestGradle(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"gradle.lockfile": `# This is a Gradle generated file for dependency locking.
com.google.guava:guava:31.0-jre=compileClasspath,testCompileClasspath
junit:junit:4.12=testCompileClasspath,testRuntimeClasspath
org.projectlombok:lombok:1.18.0=annotationProcessor
empty=signatures
`,
		"buildscript-gradle.lockfile":                           "com.example:tool:1.0=classpath\r\nempty=\r\n",
		"gradle/dependency-locks/testRuntimeClasspath.lockfile": "a:b:1.0\n",
		"gradle/libs.versions.toml": `[versions]
guava = "30.0"
[libraries]
guava = { module = "com.google.guava:guava", version.ref = "guava" }
`,
		"old/gradle/libs.versions.toml": `[versions]
a = "1.0"
rich = { strictly = "[1, 2[", prefer = "1.5" }
[libraries]
short = "g:short:1.0"
module = { module = "g:module", version.ref = "a" }
group = { group = "g", name = "group", version = "2.0" }
rich = { module = "g:rich", version = { ref = "rich" } }
ranged = { module = "g:ranged", version = "[1.0,2.0)" }
plus = "g:plus:1.+"
managed = { module = "g:managed" }
odd = "nothing"
[plugins]
spotless = { id = "com.example.spotless", version = "6.0" }
other = "com.example.other:7.0"
`,
	}
	// The lock files above do not contain these.
	const notLocked = `old/gradle/libs.versions.toml:5 g:short 1.0 direct
old/gradle/libs.versions.toml:6 g:module 1.0 direct at old/gradle/libs.versions.toml:2
old/gradle/libs.versions.toml:7 g:group 2.0 direct
old/gradle/libs.versions.toml:8 g:rich 1.5 direct at old/gradle/libs.versions.toml:3
old/gradle/libs.versions.toml:14 com.example.spotless:com.example.spotless.gradle.plugin 6.0 direct dev
old/gradle/libs.versions.toml:15 com.example.other:com.example.other.gradle.plugin 7.0 direct dev
`
	packages := tree(t, files)
	require.Equal(t, `buildscript-gradle.lockfile:1 com.example:tool 1.0 dev
gradle.lockfile:2 com.google.guava:guava 31.0-jre at gradle/libs.versions.toml:2
gradle.lockfile:3 junit:junit 4.12 dev
gradle.lockfile:4 org.projectlombok:lombok 1.18.0 dev
gradle/dependency-locks/testRuntimeClasspath.lockfile:1 a:b 1.0 dev
`+notLocked, listed(packages))
	require.Equal(t, "com.example:tool\ncom.google.guava:guava\njunit:junit\norg.projectlombok:lombok\na:b\nshort\nmodule\ngroup\nrich\nspotless\nother\n", marked(files, packages))

	delete(files, "gradle.lockfile")
	delete(files, "buildscript-gradle.lockfile")
	require.Equal(t, `gradle/dependency-locks/testRuntimeClasspath.lockfile:1 a:b 1.0 dev
gradle/libs.versions.toml:4 com.google.guava:guava 30.0 direct at gradle/libs.versions.toml:2
`+notLocked, listed(tree(t, files)))
}

func TestGradleVerification(t *testing.T) {
	t.Parallel()
	files := map[string]string{"gradle/verification-metadata.xml": `<?xml version="1.0"?>
<verification-metadata>
   <configuration><verify-metadata>true</verify-metadata></configuration>
   <components>
      <component group="org.name" name = 'jackson' version="2.13">
         <artifact name="jackson.jar"><sha256 value="A873eaa15a09f9cc5f8c49ffd9bd9ba2" origin="Generated"/></artifact>
         <artifact name="jackson.pom"><sha256 value="b873eaa15a09f9cc5f8c49ffd9bd9ba2"/></artifact>
      </component>
      <component name="other" group="g" version="1"/>
      <component group="g" version="1"/>
   </components>
</verification-metadata>`}
	packages := tree(t, files)
	require.Equal(t, "gradle/verification-metadata.xml:5 org.name:jackson 2.13\ngradle/verification-metadata.xml:9 g:other 1\n", listed(packages))
	require.Equal(t, "jackson\nother\n", marked(files, packages))
	require.Equal(t, "sha256:a873eaa15a09f9cc5f8c49ffd9bd9ba2", packages[0].Hash)
}

func TestGradleLockThatIsBroken(t *testing.T) {
	t.Parallel()
	doc, err := manifest.Read("gradle.lockfile", []byte("a:b:1=x\nno\na:b=x\nc:d:1=y"))
	require.EqualError(t, err, "line 2: no group:name:version")
	require.Len(t, doc.Entries, 2)
}
