package scan

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// DependencyPolicy has a repository's decisions about its dependencies. The zero value changes nothing.
type DependencyPolicy struct {
	// WithoutDevelopment ignores packages that only development needs.
	WithoutDevelopment bool
	// MinSeverity is the lowest severity that is reported. SeverityNone reports all.
	MinSeverity Severity
	// Ignore lists suppressed advisories and packages.
	Ignore []DependencyIgnore
	// AllowedLicenses, if not empty, are the only licences that a package may have. DeniedLicenses are forbidden. Both are
	// SPDX ids.
	AllowedLicenses, DeniedLicenses []string
}

// DependencyIgnore suppresses findings about dependencies. All conditions that are set must hold; at least one of ID and
// Package is set.
type DependencyIgnore struct {
	// ID is any id of the advisory.
	ID string
	// Package is the normal name. Ecosystem and Version narrow it down.
	Package string
	// Pattern, if set, is the expression in Package. It matches whole names.
	Pattern   *regexp.Regexp
	Ecosystem Ecosystem
	Version   string
	// Dir is the folder whose files the entry covers, "." for the root. Empty means all.
	Dir string
	// License is true if the entry covers licences instead of advisories.
	License bool
	Reason  string
	// Expires is the first day (midnight UTC) on which the entry no longer applies. Zero means never.
	Expires time.Time
	// Source is the place of the entry: ".sluice.yml:8".
	Source string
}

// Expired reports whether the entry no longer applies.
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
		r.problem(item, "dependencies.ignore: %s has no reason; say why, for the readers of the report", &entry)
	default:
		r.policy.Dependencies.Ignore = append(r.policy.Dependencies.Ignore, entry)
	}
}

func (r *policyReader) day(v *yaml.Node, where, text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		r.problem(v, "%s: %q is not a day: write it as 2027-01-31", where, text)
	}
	return day
}
