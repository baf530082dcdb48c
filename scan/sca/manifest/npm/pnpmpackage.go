package npm

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// packaged reads one member of "packages".
func (p *pnpmLock) packaged(line syntax.BlockLine) error {
	key, _, start, end, err := p.pair(line)
	if err != nil {
		return err
	}
	var e document.Entry
	pkg := &e.Package
	pkg.Name, pkg.Version, pkg.Origin = pnpmPackage(key)
	pinned := pkg.Version != ""
	var asks []pnpmRef
	err = p.b.Below(line.Indent, func(line syntax.BlockLine) error {
		member, raw, _, _, ok := p.b.Pair(line)
		if !ok {
			return p.s.ErrAt(line.Start, "not a line of a pnpm-lock.yaml")
		}
		switch value := p.b.Scalar(raw); member {
		case "name":
			pkg.Name = value
		case "version":
			pkg.Version = value
		case "dev":
			pkg.Development = value == "true"
		case "resolution":
			p.resolution(line, raw, pkg, pinned)
		case "dependencies", "optionalDependencies":
			return p.refs(line, &asks)
		}
		return nil
	})
	if version := archiveVersion(pkg.Name, pnpmWithoutPeers(key)); version != "" && pkg.Origin == scan.OriginAddress {
		pkg.Version, pkg.Origin = version, scan.OriginRegistry
	}
	if pkg.Name == "" || pkg.Origin == scan.OriginLocal {
		p.s.Doc.Local = true
		return err
	}
	at := len(p.s.Doc.Entries)
	e.Keys = []string{key}
	p.asks[at] = asks
	p.keys[key] = append(p.keys[key], at)
	p.s.Add(e, start, end)
	return err
}

// resolution reads the origin of a package, in braces or below. If the key of a package has a version, the package comes
// from a registry, wherever that keeps its archives.
func (p *pnpmLock) resolution(line syntax.BlockLine, raw string, pkg *scan.Package, pinned bool) {
	fields := map[string]string{}
	if flow := p.b.Flow(line, raw); flow != "" {
		for _, name := range []string{"integrity", "tarball", "type", "directory", "repo"} {
			fields[name] = syntax.FlowMember(flow, name, ":")
		}
	} else {
		_ = p.b.Below(line.Indent, func(line syntax.BlockLine) error {
			if key, value, _, _, ok := p.b.Pair(line); ok {
				fields[key] = p.b.Scalar(value)
			}
			return nil
		})
	}
	pkg.Hash = document.IntegrityHash(fields["integrity"])
	switch tarball := fields["tarball"]; {
	case fields["type"] == "git" || fields["repo"] != "":
		pkg.Origin = scan.OriginGit
	case fields["type"] == "directory" || fields["directory"] != "":
		pkg.Origin = scan.OriginLocal
	case tarball != "" && !pinned:
		pkg.Origin = npmOrigin(tarball)
	}
}

// snapshot reads one member of "snapshots".
func (p *pnpmLock) snapshot(line syntax.BlockLine) error {
	key, _, _, _, err := p.pair(line)
	if err != nil {
		return err
	}
	key = pnpmWithoutPeers(key)
	return p.b.Below(line.Indent, func(line syntax.BlockLine) error {
		member, _, _, _, err := p.pair(line)
		if err != nil || member != "dependencies" && member != "optionalDependencies" {
			return err
		}
		list := p.snapshots[key]
		err = p.refs(line, &list)
		p.snapshots[key] = list
		return err
	})
}

// pnpmWithoutPeers removes "(react@18.0.0)(…)".
func pnpmWithoutPeers(key string) string {
	key, _, _ = strings.Cut(key, "(")
	return key
}

// pnpmPackage parses a key of "packages": "/@scope/name/1.0.0_peer@2.0.0" (version 5), "/name@1.0.0(peer@2.0.0)" (6) or
// "name@1.0.0" (9). A leading host belongs to another registry or to a repository.
func pnpmPackage(key string) (name, version string, origin scan.Origin) {
	path := pnpmWithoutPeers(key)
	if strings.HasPrefix(path, "file:") || strings.HasPrefix(path, "link:") {
		return "", "", npmOrigin(path)
	}
	rest, absolute := strings.CutPrefix(path, "/")
	host, inner, hosted := strings.Cut(rest, "/")
	switch strings.TrimPrefix(host, "@") {
	case "github.com", "codeload.github.com", "gitlab.com", "bitbucket.org":
		// owner/name/commit; members of the entry contain name and version.
		if parts := strings.Split(inner, "/"); len(parts) > 1 {
			return parts[1], "", scan.OriginGit
		}
		return "", "", scan.OriginGit
	}
	if !absolute && hosted && strings.Contains(host, ".") && !strings.Contains(host, "@") {
		rest = inner
	}
	slashes := 0
	if strings.HasPrefix(rest, "@") {
		slashes = 1
	}
	if name, version = yarnDescriptor(rest); version != "" && strings.Count(name, "/") == slashes {
		if origin = npmOrigin(version); origin != scan.OriginRegistry || strings.Contains(version, "://") {
			version = ""
		}
		return name, version, origin
	}
	// Version 5: name and version are parts of a path, and peers follow "_" or are further parts.
	parts := strings.SplitN(rest, "/", slashes+3)
	if len(parts) < slashes+2 {
		return "", "", scan.OriginRegistry
	}
	version, _, _ = strings.Cut(parts[slashes+1], "_")
	return strings.Join(parts[:slashes+1], "/"), version, scan.OriginRegistry
}
