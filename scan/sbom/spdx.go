package sbom

import (
	"fmt"
	"io"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// The part of SPDX 2.3 that we write (https://spdx.github.io/spdx-spec/v2.3/, with the names of its JSON schema).
type (
	spdxCreation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
		Comment  string   `json:"comment,omitempty"`
	}
	spdxPackage struct {
		ID               string         `json:"SPDXID"`
		Name             string         `json:"name"`
		Version          string         `json:"versionInfo,omitempty"`
		DownloadLocation string         `json:"downloadLocation"`
		FilesAnalyzed    bool           `json:"filesAnalyzed"`
		Purpose          string         `json:"primaryPackagePurpose"`
		SourceInfo       string         `json:"sourceInfo,omitempty"`
		Checksums        []spdxChecksum `json:"checksums,omitempty"`
		LicenseConcluded string         `json:"licenseConcluded"`
		LicenseDeclared  string         `json:"licenseDeclared"`
		LicenseComments  string         `json:"licenseComments,omitempty"`
		Comment          string         `json:"comment,omitempty"`
		ExternalRefs     []spdxRef      `json:"externalRefs,omitempty"`
	}
	spdxChecksum struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"checksumValue"`
	}
	spdxRef struct {
		Category string `json:"referenceCategory"`
		Type     string `json:"referenceType"`
		Locator  string `json:"referenceLocator"`
	}
	spdxRelationship struct {
		From string `json:"spdxElementId"`
		Type string `json:"relationshipType"`
		To   string `json:"relatedSpdxElement"`
	}
)

const noAssertion = "NOASSERTION"

// WriteSPDX writes the packages of result as SPDX 2.3 in JSON. Equal arguments give equal bytes. The only errors are
// w's.
//
// A path that is not UTF-8 is percent-encoded. For the required time, see [Options]. The required namespace is made from
// repository and commit, or from the content if there is no commit.
func WriteSPDX(w io.Writer, result *scan.Result, options Options) error {
	b := documentOf(result)
	ids := make(map[*component]string, len(b.components))
	for _, c := range b.components {
		ids[c] = spdxID(c)
	}
	content := ""
	if result.Commit == "" {
		content = b.digest()
	}
	out := newWriter(w)
	out.member("spdxVersion", "SPDX-2.3")
	// The standard requires this of the SBOM itself (6.2).
	out.member("dataLicense", "CC0-1.0")
	out.member("SPDXID", spdxDocument)
	out.member("name", rootName(result))
	// The form follows the standard's own example (6.5); the address does not have to exist.
	out.member("documentNamespace", "https://spdx.org/spdxdocs/"+slug(rootName(result))+"-"+documentUUID("spdx", result, content))
	out.member("creationInfo", spdxCreationOf(result, &options))
	out.list("packages", len(b.components)+1, func(i int) any {
		if i == 0 {
			return spdxRootOf(result, &options)
		}
		return spdxPackageOf(b.components[i-1], ids)
	})
	relationships := spdxRelationships(b, ids)
	out.list("relationships", len(relationships), func(i int) any { return relationships[i] })
	return out.end("SPDX")
}

func spdxCreationOf(r *scan.Result, o *Options) spdxCreation {
	created, _ := o.created(r)
	tool := toolName
	if o.Version != "" {
		tool += "-" + valid(o.Version)
	}
	creation := spdxCreation{Created: created, Creators: []string{"Tool: " + tool}}
	if words := reservation(r); words != "" {
		creation.Comment = "Incomplete: " + words + "."
	}
	for _, words := range scan.UnversionedTexts(r.Unversioned) {
		creation.Comment = strings.TrimSpace(creation.Comment + " Not checked: " + valid(words) + ".")
	}
	return creation
}

func spdxRootOf(r *scan.Result, o *Options) spdxPackage {
	root := spdxPackage{
		ID: spdxRoot, Name: rootName(r), Version: valid(r.Commit), DownloadLocation: noAssertion, Purpose: "SOURCE",
		LicenseConcluded: noAssertion, LicenseDeclared: noAssertion,
	}
	if repository := weblink.Safe(o.Repository); repository != "" {
		root.DownloadLocation = "git+" + repository
		if r.Commit != "" {
			root.DownloadLocation += "@" + valid(r.Commit)
		}
	}
	return root
}

func spdxPackageOf(c *component, ids map[*component]string) spdxPackage {
	out := spdxPackage{
		ID: ids[c], Name: c.name, Version: c.version, DownloadLocation: noAssertion, Purpose: "LIBRARY",
		// A licence in a file is the statement of the package's authors; nobody here examined the package and concluded
		// anything.
		LicenseConcluded: noAssertion, LicenseDeclared: noAssertion, Comment: spdxComment(c),
	}
	if c.ecosystem == scan.EcosystemDocker {
		out.Purpose = "CONTAINER"
	}
	var places []string
	for _, place := range c.places {
		if place.Path == "" {
			continue
		}
		text := pathText(place.Path)
		if place.Line > 0 {
			text = fmt.Sprintf("%s:%d", text, place.Line)
		}
		places = append(places, text)
	}
	if len(places) > 0 {
		out.SourceInfo = "named in " + strings.Join(places, ", ")
	}
	for _, sum := range c.checksums {
		out.Checksums = append(out.Checksums, spdxChecksum{sum.spdx, sum.value})
	}
	switch {
	case c.license.defined():
		out.LicenseDeclared = c.license.expression
	case c.license.expression != "":
		out.LicenseComments = "The package has its own licence: " + c.license.expression
	case len(c.license.names) > 0:
		out.LicenseComments = "The licence in the tree is not an SPDX expression: " + strings.Join(c.license.names, "; ")
	}
	if c.purl != "" {
		out.ExternalRefs = []spdxRef{{"PACKAGE-MANAGER", "purl", c.purl}}
	}
	return out
}

// spdxComment contains the information for which SPDX has no member.
func spdxComment(c *component) string {
	words := []string{"ecosystem " + valid(string(c.ecosystem))}
	if c.relation != scan.RelationUnknown {
		words = append(words, c.relation.String())
	}
	if c.development {
		words = append(words, "for development only")
	}
	if len(c.via) > 0 {
		words = append(words, "brought in by "+strings.Join(c.via, ", "))
	}
	for _, origin := range c.origins {
		words = append(words, "from "+origin.String())
	}
	return strings.Join(words, "; ")
}

// spdxRelationships returns the known edges. Development dependencies have their own relationship, which points in the
// other direction (11.1).
func spdxRelationships(b *document, ids map[*component]string) []spdxRelationship {
	list := []spdxRelationship{{spdxDocument, "DESCRIBES", spdxRoot}}
	for _, c := range b.roots {
		if c.development {
			list = append(list, spdxRelationship{ids[c], "DEV_DEPENDENCY_OF", spdxRoot})
			continue
		}
		list = append(list, spdxRelationship{spdxRoot, "DEPENDS_ON", ids[c]})
	}
	for _, c := range b.components {
		for _, brought := range c.brings {
			list = append(list, spdxRelationship{ids[c], "DEPENDS_ON", ids[brought]})
		}
	}
	return list
}
