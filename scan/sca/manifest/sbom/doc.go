// Package sbom reads SBOMs that another tool wrote: CycloneDX and SPDX in JSON, XML, YAML, RDF and tag-value form.
package sbom
