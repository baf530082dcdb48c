package sca

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

// IsVEX reports whether a path names an OpenVEX document: openvex.json, vex.json, NAME.openvex.json or NAME.vex.json.
func IsVEX(name string) bool {
	base := strings.ToLower(name[strings.LastIndexByte(name, '/')+1:])
	return base == "vex.json" || base == "openvex.json" || strings.HasSuffix(base, ".openvex.json") || strings.HasSuffix(base, ".vex.json")
}

// vexDocument is the part of an OpenVEX document that we read (https://github.com/openvex/spec, version 0.2.0; in 0.0.1
// the products and vulnerabilities are plain strings).
type vexDocument struct {
	Context    string `json:"@context"`
	Statements []struct {
		Vulnerability   vexVulnerability `json:"vulnerability"`
		Products        []vexProduct     `json:"products"`
		Status          string           `json:"status"`
		Justification   string           `json:"justification"`
		ImpactStatement string           `json:"impact_statement"`
		StatusNotes     string           `json:"status_notes"`
		Timestamp       time.Time        `json:"timestamp"`
	} `json:"statements"`
}

type vexVulnerability struct {
	ID, Name string
	Aliases  []string
}

func (v *vexVulnerability) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &v.Name) == nil {
		return nil
	}
	var wire struct {
		ID      string   `json:"@id"`
		Name    string   `json:"name"`
		Aliases []string `json:"aliases"`
	}
	err := json.Unmarshal(data, &wire)
	v.ID, v.Name, v.Aliases = wire.ID, wire.Name, wire.Aliases
	return err
}

type vexProduct struct {
	ID            string
	PURL          string
	Subcomponents []vexProduct
}

func (p *vexProduct) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &p.ID) == nil {
		return nil
	}
	var wire struct {
		ID          string `json:"@id"`
		Identifiers struct {
			PURL string `json:"purl"`
		} `json:"identifiers"`
		Subcomponents []vexProduct `json:"subcomponents"`
	}
	err := json.Unmarshal(data, &wire)
	p.ID, p.PURL, p.Subcomponents = wire.ID, wire.Identifiers.PURL, wire.Subcomponents
	return err
}

// ReadVEX reads an OpenVEX document. A statement of not_affected or fixed suppresses an advisory for the packages that
// it names, as products or as subcomponents. A later statement on the same package and advisory replaces an earlier one.
// The warnings name the statements that have no effect.
func ReadVEX(name string, data []byte) (ignore []scan.DependencyIgnore, warnings []string, err error) {
	var doc vexDocument
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, nil, fmt.Errorf("%s: not an OpenVEX document in JSON", name)
	}
	if !strings.Contains(doc.Context, "openvex") {
		return nil, nil, errors.New(name + ": not an OpenVEX document: its @context names another format")
	}
	type key struct{ id, purl string }
	entries := map[key]int{}
	when := map[key]time.Time{}
	for i := range doc.Statements {
		st := &doc.Statements[i]
		source := fmt.Sprintf("%s, statement %d", name, i+1)
		id := st.Vulnerability.Name
		if id == "" {
			id = st.Vulnerability.ID[strings.LastIndexByte(st.Vulnerability.ID, '/')+1:]
		}
		packages := vexPackages(st.Products)
		if id == "" || len(packages) == 0 {
			warnings = append(warnings, source+": names no advisory, or no package by a package URL, and is not used")
			continue
		}
		for _, p := range packages {
			k := key{id, p.PURL()}
			if t, ok := when[k]; ok && st.Timestamp.Before(t) {
				continue
			}
			when[k] = st.Timestamp
			entry := scan.DependencyIgnore{
				ID: id, Package: p.Name, Ecosystem: p.Ecosystem, Version: p.Version, Source: source,
				Reason: strings.Join(strings.Fields(st.Status+" "+st.Justification+" "+st.ImpactStatement+" "+st.StatusNotes), " "),
			}
			off := st.Status == "not_affected" || st.Status == "fixed"
			at, before := entries[k]
			switch {
			case off && before:
				ignore[at] = entry
			case off:
				entries[k] = len(ignore)
				ignore = append(ignore, entry)
			case before:
				ignore[at].Package = "" // withdrawn
				delete(entries, k)
			}
		}
	}
	kept := ignore[:0]
	for _, entry := range ignore {
		if entry.Package != "" {
			kept = append(kept, entry)
		}
	}
	return kept, warnings, nil
}

// vexPackages returns the packages of a statement: the subcomponents of its products, or the products themselves.
func vexPackages(products []vexProduct) []scan.Package {
	var list []scan.Package
	for _, product := range products {
		if len(product.Subcomponents) > 0 {
			list = append(list, vexPackages(product.Subcomponents)...)
			continue
		}
		for _, text := range []string{product.PURL, product.ID} {
			if p, ok := scan.ParsePURL(text); ok {
				list = append(list, p)
				break
			}
		}
	}
	return list
}
