// Package page is what all pages of the dashboard have in common: a [Route] with its permission, a [Visit] with its caller and its place,
// the session, the frame around each page, templates, and pages of errors.
//
// A room of the dashboard (signin, status, scans ...) is a package with one noun. It embeds its templates, parses each page with [Parse], and
// lists its routes. A handler reads what it needs, fills a body, and calls [Visit.Show]; an action changes something, records it with
// [Visit.Record], and sends the browser on with [Visit.Done] or [Visit.Redirect]. It returns an error for everything else; the visit makes a
// page of it. The parts that all templates may use are in templates/shared; styles are in assets.
package page
