package sbom

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// document is the SBOM that both formats write.
type document struct {
	// components are sorted by ref.
	components []*component
	// roots are the direct dependencies of the project, and components whose relation the files do not tell.
	roots []*component
	byRef map[string]*component
}

// component is one package, with the information of all files about it.
type component struct {
	// ref is the package URL, or a substitute. It is unique in an SBOM, and the same in every SBOM.
	ref, purl     string
	ecosystem     scan.Ecosystem
	name, version string
	places        []scan.Place
	// asked is true if a file names the package as a direct dependency, or does not tell.
	asked    bool
	relation scan.Relation
	// development is true if all files need the package only for development.
	development bool
	via         []string
	origins     []scan.Origin
	checksums   []checksum
	license     license
	// brings are the components that come in through this one, sorted by ref.
	brings []*component

	licenses []string
}

// documentOf collects the packages of a result. Its time is linear in their number, apart from sorting.
func documentOf(r *scan.Result) *document {
	b := &document{byRef: make(map[string]*component, len(r.Packages))}
	packages := make([]*scan.Package, 0, len(r.Packages))
	for i := range r.Packages {
		packages = append(packages, &r.Packages[i])
	}
	for _, p := range packages {
		b.add(p)
	}
	// The package of a finding must be a component, because the vulnerability refers to it.
	for i := range r.Findings {
		if d := r.Findings[i].Dependency; d != nil && b.of(&d.Package) == nil {
			b.add(&d.Package)
			packages = append(packages, &d.Package)
		}
	}
	b.connect(packages)
	texts := licenses{}
	for _, c := range b.components {
		c.finish(texts)
	}
	slices.SortFunc(b.components, func(a, b *component) int { return strings.Compare(a.ref, b.ref) })
	for _, c := range b.components {
		if c.asked {
			b.roots = append(b.roots, c)
		}
	}
	return b
}

// identify returns the reference of a package and its package URL, without any credential.
func identify(p *scan.Package) (ref, purl string, named scan.Package) {
	named = scan.Package{Ecosystem: p.Ecosystem, Name: clean(p.Name), Version: clean(p.Version)}
	if purl = named.PURL(); purl != "" {
		return purl, purl, named
	}
	return "package:" + url.PathEscape(string(p.Ecosystem)) + "/" + url.PathEscape(named.Name) + "@" + url.PathEscape(named.Version), "", named
}

// of returns the component of a package; nil if the SBOM does not contain it.
func (b *document) of(p *scan.Package) *component {
	ref, _, _ := identify(p)
	return b.byRef[ref]
}

func (b *document) add(p *scan.Package) {
	if p.Origin == scan.OriginLocal {
		return
	}
	ref, purl, named := identify(p)
	c := b.byRef[ref]
	if c == nil {
		c = &component{
			ref: ref, purl: purl, ecosystem: p.Ecosystem, name: cmp.Or(valid(named.Name), "unnamed"), version: valid(named.Version), development: true,
		}
		b.byRef[ref] = c
		b.components = append(b.components, c)
	}
	c.asked = c.asked || p.Relation != scan.RelationTransitive
	if p.Relation != scan.RelationUnknown && c.relation != scan.RelationDirect {
		c.relation = p.Relation
	}
	c.development = c.development && p.Development
	if p.Via != "" {
		c.via = append(c.via, valid(clean(p.Via)))
	}
	if p.Origin != scan.OriginRegistry {
		c.origins = append(c.origins, p.Origin)
	}
	if p.License != "" {
		c.licenses = append(c.licenses, p.License)
	}
	if sum, ok := checksumOf(p.Hash); ok {
		c.checksums = append(c.checksums, sum)
	}
	c.places = append(c.places, scan.Place{Path: p.Path, Line: p.Line})
	if d := p.Declared; d != nil {
		c.places = append(c.places, scan.Place{Path: d.Path, Line: d.Line})
	}
}

// connect adds edges from Via. Via is a name, and means the direct dependency with that name in the same file. If a
// workspace has several versions of it, Via does not say which one, so there is no edge instead of a wrong one.
func (b *document) connect(packages []*scan.Package) {
	type key struct {
		path, name string
		ecosystem  scan.Ecosystem
	}
	direct := map[key]*component{}
	for _, p := range packages {
		if p.Relation != scan.RelationDirect || p.Origin == scan.OriginLocal {
			continue
		}
		k, c := key{p.Path, p.Ecosystem.Normal(p.Name), p.Ecosystem}, b.of(p)
		if other, taken := direct[k]; taken && other != c {
			c = nil
		}
		direct[k] = c
	}
	for _, p := range packages {
		if p.Via == "" || p.Origin == scan.OriginLocal {
			continue
		}
		from, to := direct[key{p.Path, p.Ecosystem.Normal(p.Via), p.Ecosystem}], b.of(p)
		if from != nil && from != to {
			from.brings = append(from.brings, to)
		}
	}
}

// finish sorts what was collected.
func (c *component) finish(texts licenses) {
	slices.SortFunc(c.places, func(a, b scan.Place) int { return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line)) })
	c.places = slices.Compact(c.places)
	c.via = distinct(c.via)
	slices.Sort(c.origins)
	c.origins = slices.Compact(c.origins)
	slices.SortFunc(c.checksums, func(a, b checksum) int {
		return cmp.Or(strings.Compare(a.spdx, b.spdx), strings.Compare(a.value, b.value))
	})
	c.checksums = slices.Compact(c.checksums)
	c.license = texts.of(c.licenses)
	slices.SortFunc(c.brings, func(a, b *component) int { return strings.Compare(a.ref, b.ref) })
	c.brings = slices.Compact(c.brings)
}
