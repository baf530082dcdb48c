// Package osv brings advisories from osv.dev: whole databases of ecosystems into a file of scan/sca/advisory, or answers to
// single packages from its API.
//
// [Store] keeps a file fresh and looks packages up in it; [API] asks for each scan. Both are what scan/sca calls
// Advisories. [Client] makes the calls; it follows no redirect to another host and bounds what it takes.
package osv
