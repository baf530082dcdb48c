package sarif

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// maxRelated is the number of additional places that are named.
const maxRelated = 5

// place fills Path, Position and Related.
func (in *importer) place(f *scan.Finding, r *result, secretive bool) {
	var others []string
	for i := range r.Locations {
		l := &r.Locations[i]
		p, position, words := in.physical(l.PhysicalLocation)
		if i == 0 {
			f.Path, f.Position = p, position
			if p == "" && words == "" && l.PhysicalLocation == nil {
				f.Path, _ = in.bases.resolve(r.AnalysisTarget)
			}
			// A logical name can be the key of the secret's value; for other rules it helps to find the place.
			if !secretive && len(l.LogicalLocations) > 0 {
				logical := l.LogicalLocations[0]
				words = cmp.Or(words, hide(string(cmp.Or(logical.FullyQualifiedName, logical.Name)), f.Path, in.mask))
			}
		} else if p != "" {
			words = p
			if position.StartLine > 0 {
				words += ":" + strconv.Itoa(position.StartLine)
			}
		}
		if words = clean(words, maxName); words == "" {
			continue
		}
		if len(others) == maxRelated {
			others = append(others, fmt.Sprintf("and %d more", len(r.Locations)-i))
			break
		}
		others = append(others, words)
	}
	if len(r.Locations) == 0 {
		f.Path, _ = in.bases.resolve(r.AnalysisTarget)
	}
	f.Related = strings.Join(others, ", ")
}

// physical returns the path and the position, or, for a place outside the tree, its name for people.
func (in *importer) physical(l *physicalLocation) (string, scan.Position, string) {
	if l == nil {
		return "", scan.Position{}, ""
	}
	vague := in.vague()
	p, ok := in.bases.resolve(l.artifact())
	if !ok {
		if p != "" && in.vague() == vague {
			if in.outside == 0 {
				in.example = clean(p, maxName)
			}
			in.outside++
		}
		return "", scan.Position{}, p
	}
	position := positionOf(l.Region)
	if position.StartLine == 0 {
		position = in.offsets.position(p, l.Region)
	}
	return p, position, ""
}

// vague counts the places so far that could be more than one file.
func (in *importer) vague() int {
	if in.bases.tree == nil {
		return 0
	}
	return in.bases.tree.vague
}

// positionOf takes the lines and columns of a region as far as they are consistent.
func positionOf(r *region) scan.Position {
	if r == nil || r.StartLine < 1 {
		return scan.Position{}
	}
	p := scan.Position{
		StartLine: int(r.StartLine), StartColumn: max(int(r.StartColumn), 1),
		EndLine: int(r.EndLine), EndColumn: max(int(r.EndColumn), 0),
	}
	if p.EndLine < p.StartLine {
		p.EndLine = p.StartLine
		if r.EndLine > 0 {
			p.EndColumn = 0
		}
	}
	if p.EndLine == p.StartLine && p.EndColumn < p.StartColumn {
		p.EndColumn = 0
	}
	return p
}
