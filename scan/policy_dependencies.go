package scan

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// DependencyPolicy is what a repository decides about its dependencies. The zero value decides nothing.
type DependencyPolicy struct {
	// WithoutDevelopment leaves out what only development needs.
	WithoutDevelopment bool
	// MinSeverity is the lowest severity that is reported; SeverityNone reports all.
	MinSeverity Severity
	// Ignore switches advisories and packages off.
	Ignore []DependencyIgnore
	// AllowedLicenses, when there are any, are the only ones that a package may have; DeniedLicenses it must not have. They are
	// SPDX ids.
	AllowedLicenses, DeniedLicenses []string
}

// DependencyIgnore switches findings of dependencies off. Those of its conditions that are set must all hold; at least one
// of ID and Package is set.
type DependencyIgnore struct {
	// ID is any id of the advisory.
	ID string
	// Package is the normal name, Ecosystem and Version narrow it down.
	Package string
	// Pattern, when set, takes the place of Package, which is its text: it matches whole names.
	Pattern   *regexp.Regexp
	Ecosystem Ecosystem
	Version   string
	// Dir is the folder whose files it speaks of, "." for the root; empty means all.
	Dir string
	// License is true when it speaks of licences, and not of advisories.
	License bool
	Reason  string
	// Expires is the first day (midnight UTC) on which it no longer holds; zero means never.
	Expires time.Time
	// Source is where it is written: ".sluice.yml:8".
	Source string
}

// Expired reports whether the entry no longer holds.
func (i *DependencyIgnore) Expired(now time.Time) bool {
	return !i.Expires.IsZero() && !now.Before(i.Expires)
}

func (i *DependencyIgnore) String() string {
	var parts []string
	if i.ID != "" {
		parts = append(parts, i.ID)
	}
	if i.Package != "" {
		noun := "package "
		if i.Pattern != nil {
			noun = "packages like "
		}
		parts = append(parts, strings.TrimSpace(noun+i.Package+" "+i.Version))
	}
	return strings.Join(parts, " in ")
}

func (r *policyReader) readDependencies(v *yaml.Node) {
	d := &r.policy.Dependencies
	known := []string{"development", "min-severity", "ignore", "licenses"}
	r.eachKey(v, "dependencies", known, func(key string, _, v *yaml.Node) {
		switch key {
		case "development":
			d.WithoutDevelopment = !r.boolean(v, "dependencies.development")
		case "min-severity":
			if err := d.MinSeverity.UnmarshalText([]byte(r.scalar(v, "dependencies.min-severity"))); err != nil {
				r.problem(v, "dependencies.min-severity: %v", err)
			}
		case "ignore":
			r.eachItem(v, "dependencies.ignore", r.readDependencyIgnore)
		case "licenses":
			r.eachKey(v, "dependencies.licenses", []string{"allow", "deny"}, func(key string, _, v *yaml.Node) {
				list := &d.AllowedLicenses
				if key == "deny" {
					list = &d.DeniedLicenses
				}
				r.eachItem(v, "dependencies.licenses."+key, func(item *yaml.Node) {
					*list = append(*list, r.scalar(item, "dependencies.licenses."+key))
				})
			})
		}
	})
}

func (r *policyReader) readDependencyIgnore(item *yaml.Node) {
	entry := DependencyIgnore{Source: fmt.Sprintf("%s:%d", r.source, item.Line)}
	before := len(r.problems)
	r.eachKey(item, "dependencies.ignore", []string{"id", "package", "ecosystem", "version", "reason", "expires"}, func(key string, _, v *yaml.Node) {
		text := strings.TrimSpace(r.scalar(v, "dependencies.ignore."+key))
		switch key {
		case "id":
			entry.ID = text
		case "package":
			entry.Package = text
		case "ecosystem":
			entry.Ecosystem = Ecosystem(text)
		case "version":
			entry.Version = text
		case "reason":
			entry.Reason = text
		case "expires":
			entry.Expires = r.day(v, "dependencies.ignore.expires", text)
		}
	})
	if len(r.problems) > before {
		return
	}
	switch {
	case entry.ID == "" && entry.Package == "":
		r.problem(item, "dependencies.ignore: name the id of an advisory or a package")
	case entry.Reason == "":
		r.problem(item, "dependencies.ignore: %s has no reason; say why, for those who read the report", &entry)
	default:
		r.policy.Dependencies.Ignore = append(r.policy.Dependencies.Ignore, entry)
	}
}

// day reads a date.
func (r *policyReader) day(v *yaml.Node, where, text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		r.problem(v, "%s: %q is not a day: write it as 2027-01-31", where, text)
	}
	return day
}
