package sbom

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// The part of CycloneDX 1.6 that we write (https://cyclonedx.org/docs/1.6/json/).
type (
	cdxMetadata struct {
		Timestamp  string         `json:"timestamp,omitempty"`
		Lifecycles []cdxLifecycle `json:"lifecycles"`
		Tools      cdxTools       `json:"tools"`
		Component  cdxComponent   `json:"component"`
		Properties []cdxProperty  `json:"properties,omitempty"`
	}
	cdxLifecycle struct {
		Phase string `json:"phase"`
	}
	cdxTools struct {
		Components []cdxComponent `json:"components"`
	}
	cdxComponent struct {
		Type       string         `json:"type"`
		Ref        string         `json:"bom-ref,omitempty"`
		Group      string         `json:"group,omitempty"`
		Name       string         `json:"name"`
		Version    string         `json:"version,omitempty"`
		Scope      string         `json:"scope,omitempty"`
		Hashes     []cdxHash      `json:"hashes,omitempty"`
		Licenses   []cdxLicense   `json:"licenses,omitempty"`
		PURL       string         `json:"purl,omitempty"`
		References []cdxReference `json:"externalReferences,omitempty"`
		Evidence   *cdxEvidence   `json:"evidence,omitempty"`
		Properties []cdxProperty  `json:"properties,omitempty"`
	}
	cdxHash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	// cdxLicense has one of the two fields; a list contains either one expression or named licences.
	cdxLicense struct {
		Expression      string           `json:"expression,omitempty"`
		Acknowledgement string           `json:"acknowledgement,omitempty"`
		License         *cdxNamedLicense `json:"license,omitempty"`
	}
	cdxNamedLicense struct {
		Name            string `json:"name"`
		Acknowledgement string `json:"acknowledgement"`
	}
	cdxReference struct {
		Type string `json:"type"`
		URL  string `json:"url"`
	}
	cdxEvidence struct {
		Occurrences []cdxOccurrence `json:"occurrences"`
	}
	cdxOccurrence struct {
		Location string `json:"location"`
		Line     int    `json:"line,omitempty"`
	}
	cdxProperty struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	cdxDependency struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn"`
	}
	cdxComposition struct {
		Aggregate    string   `json:"aggregate"`
		Assemblies   []string `json:"assemblies,omitempty"`
		Dependencies []string `json:"dependencies,omitempty"`
	}
)

// cdxRoot is the reference of the scanned tree; no package URL or other component reference has this form.
const cdxRoot = "root"

// WriteCycloneDX writes the packages of result, and the advisories of its findings, as CycloneDX 1.6 in JSON. Equal
// arguments give equal bytes. The only errors are w's.
//
// A path that is not UTF-8 is percent-encoded. Without a commit there is no serial number, because it would give two
// states of a folder the same SBOM identity.
func WriteCycloneDX(w io.Writer, result *scan.Result, options Options) error {
	b := documentOf(result)
	out := newWriter(w)
	out.member("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json")
	out.member("bomFormat", "CycloneDX")
	out.member("specVersion", "1.6")
	if result.Commit != "" {
		out.member("serialNumber", "urn:uuid:"+documentUUID("cyclonedx", result, ""))
	}
	out.member("version", 1)
	out.member("metadata", cdxMetadataOf(result, &options))
	out.list("components", len(b.components), func(i int) any { return cdxComponentOf(b.components[i]) })
	dependencies := cdxDependencies(b)
	out.list("dependencies", len(dependencies), func(i int) any { return dependencies[i] })
	compositions := cdxCompositions(result, dependencies)
	out.list("compositions", len(compositions), func(i int) any { return compositions[i] })
	if vulnerabilities := vulnerabilitiesOf(result, b); len(vulnerabilities) > 0 {
		out.list("vulnerabilities", len(vulnerabilities), func(i int) any { return cdxVulnerabilityOf(vulnerabilities[i]) })
	}
	return out.end("CycloneDX")
}

func cdxMetadataOf(r *scan.Result, o *Options) cdxMetadata {
	// The packages come from source code, before anything is built.
	m := cdxMetadata{Lifecycles: []cdxLifecycle{{"pre-build"}}}
	if created, ok := o.created(r); ok {
		m.Timestamp = created
	}
	tool := cdxComponent{Type: "application", Name: toolName, Version: valid(o.Version)}
	if home := weblink.Safe(o.Home); home != "" {
		tool.References = []cdxReference{{"website", home}}
	}
	m.Tools.Components = []cdxComponent{tool}
	m.Component = cdxComponent{Type: "application", Ref: cdxRoot, Name: rootName(r), Version: valid(r.Commit)}
	if repository := weblink.Safe(o.Repository); repository != "" {
		m.Component.References = []cdxReference{{"vcs", repository}}
	}
	// The date of the advisories does not depend on the clock: it says which state of the advisories the list reflects.
	if !r.DataDate.IsZero() {
		m.Properties = append(m.Properties, cdxProperty{"sluice:advisories", r.DataDate.UTC().Format(time.RFC3339)})
	}
	if words := reservation(r); words != "" {
		m.Properties = append(m.Properties, cdxProperty{"sluice:incomplete", words})
	}
	for _, words := range scan.UnversionedTexts(r.Unversioned) {
		m.Properties = append(m.Properties, cdxProperty{"sluice:not-checked", valid(words)})
	}
	return m
}

func cdxComponentOf(c *component) cdxComponent {
	out := cdxComponent{Type: "library", Ref: c.ref, Name: c.name, Version: c.version, PURL: c.purl}
	out.Group, out.Name = group(c)
	if c.ecosystem == scan.EcosystemDocker {
		out.Type = "container"
	}
	// "Excluded" is the term for "test and other non-runtime purposes"; "optional" means not installed. A missing scope
	// means required.
	if c.development {
		out.Scope = "excluded"
	}
	for _, sum := range c.checksums {
		if sum.cycloneDX != "" {
			out.Hashes = append(out.Hashes, cdxHash{sum.cycloneDX, sum.value})
		}
	}
	const acknowledgement = "declared" // declared by the package's authors; a file of the tree repeats it
	if c.license.expression != "" {
		out.Licenses = []cdxLicense{{Expression: c.license.expression, Acknowledgement: acknowledgement}}
	}
	for _, name := range c.license.names {
		out.Licenses = append(out.Licenses, cdxLicense{License: &cdxNamedLicense{name, acknowledgement}})
	}
	for _, place := range c.places {
		if place.Path == "" {
			continue
		}
		if out.Evidence == nil {
			out.Evidence = &cdxEvidence{}
		}
		out.Evidence.Occurrences = append(out.Evidence.Occurrences, cdxOccurrence{pathText(place.Path), max(place.Line, 0)})
	}
	out.Properties = cdxPropertiesOf(c)
	return out
}

// group splits a name as the ecosystem does: Maven's group, the scope of npm and JSR, the vendor of Packagist.
func group(c *component) (group, name string) {
	separator := "/"
	switch c.ecosystem {
	case scan.EcosystemMaven:
		separator = ":"
	case scan.EcosystemNPM, scan.EcosystemJSR, scan.EcosystemPackagist:
	default:
		return "", c.name
	}
	group, name, ok := strings.Cut(c.name, separator)
	if !ok || group == "" || name == "" {
		return "", c.name
	}
	return group, name
}

func cdxPropertiesOf(c *component) []cdxProperty {
	list := []cdxProperty{{"sluice:ecosystem", valid(string(c.ecosystem))}}
	if c.relation != scan.RelationUnknown {
		list = append(list, cdxProperty{"sluice:relation", c.relation.String()})
	}
	if c.development {
		list = append(list, cdxProperty{"sluice:development", strconv.FormatBool(true)})
	}
	for _, via := range c.via {
		list = append(list, cdxProperty{"sluice:via", via})
	}
	for _, origin := range c.origins {
		list = append(list, cdxProperty{"sluice:origin", origin.String()})
	}
	return list
}

// cdxDependencies returns the known edges. It omits a component without any, because an empty list would say that the
// component depends on nothing.
func cdxDependencies(b *document) []cdxDependency {
	list := []cdxDependency{{cdxRoot, refs(b.roots)}}
	for _, c := range b.components {
		if len(c.brings) > 0 {
			list = append(list, cdxDependency{c.ref, refs(c.brings)})
		}
	}
	return list
}

func refs(list []*component) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.ref
	}
	return out
}

// cdxCompositions says how complete the lists are. The graph is never complete, because [scan.Package] names only the
// direct dependency that brings in a package, and not the packages between them.
func cdxCompositions(r *scan.Result, dependencies []cdxDependency) []cdxComposition {
	edges := cdxComposition{Aggregate: "incomplete"}
	for _, d := range dependencies {
		edges.Dependencies = append(edges.Dependencies, d.Ref)
	}
	switch {
	case !ran(r):
		return []cdxComposition{{Aggregate: "unknown", Assemblies: []string{cdxRoot}, Dependencies: edges.Dependencies}}
	case reservation(r) != "" || len(r.Unversioned) > 0:
		edges.Assemblies = []string{cdxRoot}
	}
	return []cdxComposition{edges}
}
