package manifest_test

import (
	"fmt"
	"strings"
)

// generators write files with n packages, by path. Package i requires two others, so the graph is as large as the list.
var generators = map[string]func(n int) string{
	"package.json": func(n int) string {
		return joined(n, `{"dependencies": {`, "},\n\"devDependencies\": {\"x\": \"1.0.0\"}}", func(i int) string { return fmt.Sprintf("\"p%d\": \"1.0.%d\"", i, i) })
	},
	"package-lock.json": func(n int) string {
		return joined(n, "{\n  \"lockfileVersion\": 3,\n  \"packages\": {\n    \"\": {\"dependencies\": {\"p0\": \"^1.0.0\"}},\n", "\n  }\n}\n", func(i int) string {
			return fmt.Sprintf("    \"node_modules/p%d\": {\n      \"version\": \"1.0.%d\",\n      \"resolved\": \"https://npm.example.org/p%d/-/p%d-1.0.%d.tgz\",\n"+
				"      \"integrity\": \"sha512-MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMw==\",\n      \"license\": \"MIT\",\n"+
				"      \"dependencies\": {\n        \"p%d\": \"^1.0.0\",\n        \"p%d\": \"^1.0.0\"\n      },\n      \"engines\": {\n        \"node\": \">=6\"\n      }\n    }", i, i, i, i, i, (i+1)%n, i*7%n)
		})
	},
	"1/package-lock.json": func(n int) string {
		return joined(n, `{"lockfileVersion": 1, "dependencies": {`, "}}", func(i int) string {
			return fmt.Sprintf("\"p%d\": {\"version\": \"1.0.%d\", \"requires\": {\"p%d\": \"1\"}, \"dependencies\": {\"q\": {\"version\": \"1.0.0\"}}}", i, i, i*7%n)
		})
	},
	"yarn.lock": func(n int) string {
		return listing(n, "# yarn lockfile v1\n\n", func(i int) string {
			return fmt.Sprintf("p%d@^1.0.0, \"p%d@>=1 <2\":\n  version \"1.0.%d\"\n  resolved \"https://npm.example.org/p%d/-/p%d-1.0.%d.tgz#0123456789012345678901234567890123456789\"\n"+
				"  integrity sha512-AAAA\n  dependencies:\n    p%d \"^1.0.0\"\n    \"p%d\" \">=1 <2\"\n\n", i, i, i, i, i, i, (i+1)%n, i*7%n)
		})
	},
	"berry/yarn.lock": func(n int) string {
		return listing(n, "__metadata:\n  version: 8\n\n\"shop@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"shop@workspace:.\"\n  dependencies:\n    p0: \"npm:^1.0.0\"\n\n", func(i int) string {
			return fmt.Sprintf("\"p%d@npm:^1.0.0, p%d@npm:^1.1.0\":\n  version: 1.0.%d\n  resolution: \"p%d@npm:1.0.%d\"\n  dependencies:\n    p%d: \"npm:^1.0.0\"\n    p%d: ^1.1.0\n"+
				"  checksum: 10c0/0123\n  languageName: node\n  linkType: hard\n\n", i, i, i, i, i, (i+1)%n, i*7%n)
		})
	},
	"pnpm-lock.yaml": func(n int) string {
		var b strings.Builder
		b.WriteString("lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      p0:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n\n")
		for i := range n {
			fmt.Fprintf(&b, "  p%d@1.0.%d:\n    resolution: {integrity: sha512-MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMw==}\n    engines: {node: '>=6'}\n\n", i, i)
		}
		b.WriteString("snapshots:\n\n")
		for i := range n {
			fmt.Fprintf(&b, "  p%d@1.0.%d:\n    dependencies:\n      p%d: 1.0.%d\n      p%d: 1.0.%d(p1@1.0.1)\n\n", i, i, (i+1)%n, (i+1)%n, i*7%n, i*7%n)
		}
		return b.String()
	},
	"5/pnpm-lock.yaml": func(n int) string {
		return listing(n, "lockfileVersion: 5.4\n\nspecifiers:\n  p0: ^1.0.0\n\ndependencies:\n  p0: 1.0.0_peer@1.0.0\n\npackages:\n\n", func(i int) string {
			return fmt.Sprintf("  /p%d/1.0.%d_peer@1.0.0:\n    resolution: {integrity: sha512-AAAA}\n    dependencies:\n      p%d: 1.0.%d_peer@1.0.0\n    dev: false\n\n", i, i, i*7%n, i*7%n)
		})
	},
	"bun.lock": func(n int) string {
		return joined(n, "{\n  \"workspaces\": {\"\": {\"dependencies\": {\"p0\": \"^1\"}}},\n  \"packages\": {\n", ",\n  }\n}\n", func(i int) string {
			return fmt.Sprintf("    \"p%d\": [\"p%d@1.0.%d\", \"\", { \"dependencies\": { \"p%d\": \"^1\" } }, \"sha512-AAAA\"]", i, i, i, i*7%n)
		})
	},
	"deno.lock": func(n int) string {
		return joined(n, `{"version": "5", "specifiers": {"npm:p0@1": "1.0.0"}, "npm": {`, `}, "workspace": {"dependencies": ["npm:p0@1"]}}`, func(i int) string {
			return fmt.Sprintf("\"p%d@1.0.%d\": {\"integrity\": \"sha512-AAAA\", \"dependencies\": [\"p%d\", \"p%d@1.0.%d\"]}", i, i, i*7%n, (i+1)%n, (i+1)%n)
		})
	},
	"deno.json": func(n int) string {
		return joined(n, `{"imports": {`, "}}", func(i int) string { return fmt.Sprintf("\"p%d\": \"npm:p%d@1.0.%d\"", i, i, i) })
	},
	"composer.json": func(n int) string {
		return joined(n, `{"require": {"php": ">=8",`, "}}", func(i int) string { return fmt.Sprintf("\"acme/p%d\": \"^1.0\"", i) })
	},
	"composer.lock": func(n int) string {
		return joined(n, `{"packages": [`, `], "packages-dev": []}`, func(i int) string {
			return fmt.Sprintf("{\"name\": \"acme/p%d\", \"version\": \"v1.0.%d\", \"require\": {\"php\": \">=8\", \"acme/p%d\": \"^1\"}, \"license\": [\"MIT\"]}", i, i, i*7%n)
		})
	},
	"Pipfile": func(n int) string {
		return listing(n, "[packages]\n", func(i int) string { return fmt.Sprintf("p%d = {version = \"==1.0.%d\", extras = [\"x\"]}\n", i, i) })
	},
	"Pipfile.lock": func(n int) string {
		return joined(n, `{"_meta": {}, "default": {`, `}, "develop": {}}`, func(i int) string {
			return fmt.Sprintf("\"p%d\": {\"version\": \"==1.0.%d\", \"hashes\": [\"sha256:aa\", \"sha256:bb\"]}", i, i)
		})
	},
	"packages.lock.json": func(n int) string {
		return joined(n, `{"version": 1, "dependencies": {"net8.0": {"Main": {"type": "Direct", "resolved": "1.0.0", "dependencies": {"p0": "1.0.0"}},`, "}}}", func(i int) string {
			return fmt.Sprintf("\"P%d\": {\"type\": \"Transitive\", \"resolved\": \"1.0.%d\", \"contentHash\": \"AAAA\", \"dependencies\": {\"P%d\": \"1.0.0\"}}", i, i, i*7%n)
		})
	},
	"App.deps.json": func(n int) string {
		targets := joined(n, `{"targets": {"net": {"App/1.0.0": {"dependencies": {"P0": "1.0.0"}},`, "}},", func(i int) string {
			return fmt.Sprintf("\"P%d/1.0.%d\": {\"dependencies\": {\"P%d\": \"1.0.%d\"}}", i, i, i*7%n, i*7%n)
		})
		return targets + joined(n, `"libraries": {"App/1.0.0": {"type": "project"},`, "}}", func(i int) string {
			return fmt.Sprintf("\"P%d/1.0.%d\": {\"type\": \"package\", \"sha512\": \"sha512-AAAA\"}", i, i)
		})
	},
	"App.csproj": func(n int) string {
		return listing(n, "<Project><PropertyGroup><V>1.0.0</V></PropertyGroup><ItemGroup>\n", func(i int) string {
			return fmt.Sprintf("<PackageReference Include=\"P%d\" Version=\"$(V)\"><PrivateAssets>all</PrivateAssets></PackageReference>\n", i)
		}) + "</ItemGroup></Project>"
	},
	"Directory.Packages.props": func(n int) string {
		return listing(n, "<Project><ItemGroup>\n", func(i int) string { return fmt.Sprintf("<PackageVersion Include=\"P%d\" Version=\"1.0.%d\"/>\n", i, i) }) + "</ItemGroup></Project>"
	},
	"packages.config": func(n int) string {
		return listing(n, "<packages>\n", func(i int) string { return fmt.Sprintf("<package id=\"P%d\" version=\"1.0.%d\"/>\n", i, i) }) + "</packages>"
	},
	"conan.lock": func(n int) string {
		return joined(n, `{"graph_lock": {"nodes": {"root": {"path": "conanfile.py", "requires": ["0"]},`, "}}}", func(i int) string {
			return fmt.Sprintf("\"%d\": {\"ref\": \"p%d/1.0.%d#0123\", \"requires\": [\"%d\"], \"context\": \"host\"}", i, i, i, i*7%n)
		})
	},
	"2/conan.lock": func(n int) string {
		return joined(n, `{"version": "0.5", "requires": [`, "]}", func(i int) string { return fmt.Sprintf("\"p%d/1.0.%d#0123%%1\"", i, i) })
	},
	"Package.resolved": func(n int) string {
		return joined(n, `{"pins": [`, `], "version": 3}`, func(i int) string {
			return fmt.Sprintf("{\"identity\": \"p%d\", \"location\": \"https://git.example.org/acme/p%d.git\", \"state\": {\"revision\": \"0123\", \"version\": \"1.0.%d\"}}", i, i, i)
		})
	},
	"renv.lock": func(n int) string {
		return joined(n, `{"R": {}, "Packages": {`, "}}", func(i int) string {
			return fmt.Sprintf("\"p%d\": {\"Package\": \"p%d\", \"Version\": \"1.0.%d\", \"Source\": \"Repository\", \"Requirements\": [\"p%d\"]}", i, i, i, i*7%n)
		})
	},
	"bom.json": func(n int) string {
		return joined(n, `{"bomFormat": "CycloneDX", "metadata": {"component": {"bom-ref": "root"}}, "components": [`, "],", func(i int) string {
			return fmt.Sprintf("{\"bom-ref\": \"r%d\", \"purl\": \"pkg:npm/p%d@1.0.%d\", \"licenses\": [{\"license\": {\"id\": \"MIT\"}}]}", i, i, i)
		}) + joined(n, `"dependencies": [{"ref": "root", "dependsOn": ["r0"]},`, "]}", func(i int) string {
			return fmt.Sprintf("{\"ref\": \"r%d\", \"dependsOn\": [\"r%d\", \"r%d\"]}", i, (i+1)%n, i*7%n)
		})
	},
	"a.spdx.json": func(n int) string {
		return joined(n, `{"spdxVersion": "SPDX-2.3", "documentDescribes": ["root"], "packages": [`, "],", func(i int) string {
			return fmt.Sprintf("{\"SPDXID\": \"r%d\", \"externalRefs\": [{\"referenceType\": \"purl\", \"referenceLocator\": \"pkg:npm/p%d@1.0.%d\"}]}", i, i, i)
		}) + joined(n, `"relationships": [{"spdxElementId": "root", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "r0"},`, "]}", func(i int) string {
			return fmt.Sprintf("{\"spdxElementId\": \"r%d\", \"relationshipType\": \"DEPENDS_ON\", \"relatedSpdxElement\": \"r%d\"}", i, (i+1)%n)
		})
	},
}

func joined(n int, head, tail string, one func(i int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = one(i)
	}
	return head + strings.Join(parts, ",\n") + tail
}

func listing(n int, head string, one func(i int) string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := range n {
		b.WriteString(one(i))
	}
	return b.String()
}
