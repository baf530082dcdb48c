package code

import (
	"cmp"
	"context"
	"crypto/sha256"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/project"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// across follows the data of all taint rules through the files of the tree. The findings are ordered by path and place.
func (p *pass) across(ctx context.Context, t *scan.Tree) ([]scan.Finding, error) {
	if !p.flows {
		return nil, nil
	}
	if err := p.absentees(ctx, t); err != nil {
		return nil, err
	}
	var list []*member
	for _, m := range p.members.by {
		if m != nil {
			list = append(list, m)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	slices.SortFunc(list, func(a, b *member) int { return strings.Compare(a.file.Path, b.file.Path) })
	files := make([]project.File, len(list))
	for i, m := range list {
		files[i] = project.File{Path: m.file.Path, Facts: m.facts}
	}
	index := project.NewIndex(files, p.manifests(t))
	graph := index.Graph()
	digests := graph.Digests(func(i int) (sum [16]byte) {
		if blob := list[i].file.Blob; blob != "" {
			full := sha256.Sum256([]byte(list[i].file.Path + "\x00" + blob))
			copy(sum[:], full[:])
		}
		return sum
	})
	var all []*crossings
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(cmp.Or(p.options.Jobs, runtime.GOMAXPROCS(0)))
	for _, family := range []tree.Language{tree.Python, tree.JavaScript, tree.Java, tree.Go} {
		c := newCrossings(p, t, list, index, graph, digests, family)
		all = append(all, c)
		group.Go(func() error { return c.run(groupCtx) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	byPath := map[string][]found{}
	for _, c := range all {
		for _, r := range c.results {
			for _, f := range r.findings {
				byPath[f.Path] = append(byPath[f.Path], f)
			}
		}
		c.tell()
	}
	var findings []scan.Finding
	for _, path := range sortedKeys(byPath) {
		findings = append(findings, p.withoutWeaker(distinct(byPath[path]))...)
	}
	return findings, nil
}

// manifests reads the files that say how others are found.
func (p *pass) manifests(t *scan.Tree) (list []project.Manifest) {
	for _, f := range t.Files() {
		if f.Mode != scan.ModeRegular || !project.IsManifest(f.Path) || f.Size > project.MaxManifest || foreignFolder(f.Path) != "" && !p.options.IncludeGenerated {
			continue
		}
		if content, err := t.Read(f); err == nil && len(content.Data) <= project.MaxManifest {
			list = append(list, project.Manifest{Path: f.Path, Text: string(content.Data)})
		}
	}
	return list
}
