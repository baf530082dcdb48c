// Package osv gets advisories from osv.dev: it downloads the databases of whole ecosystems into a file of
// scan/sca/advisory, or asks the API about single packages.
//
// [Store] keeps a file up to date and looks up packages in it; [API] sends a query for each scan. Both implement
// Advisories of scan/sca. [Client] makes the calls; it follows no redirect to another host and limits what it reads.
package osv
