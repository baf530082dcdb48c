package page

import (
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
)

// Link is a text that leads somewhere. Path has the base path in front.
type Link struct{ Text, Path string }

// ToProject is the path of a project's page, with the base path.
func (v *Visit) ToProject(key string) string {
	return v.Core.BasePath + "/projects/" + url.PathEscape(key)
}

// ToRepository is the path of a repository's page, with the base path.
func (v *Visit) ToRepository(key, slug string) string {
	return v.ToProject(key) + "/repos/" + url.PathEscape(slug)
}

// Address is a path with a query.
func Address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Home is where the caller begins: the instance, or the projects that the caller may read.
func (v *Visit) Home() string {
	if v.May(access.Grantee, access.Place{}) {
		return v.Core.BasePath + "/"
	}
	return v.Core.BasePath + "/projects"
}

// toSignIn sends the visitor to the sign-in page, and afterwards back to the page asked for.
func (v *Visit) toSignIn() {
	path := v.Core.BasePath + "/sign-in"
	if next := v.Request.URL.RequestURI(); !v.sends() && next != v.Core.BasePath+"/" {
		path += "?next=" + url.QueryEscape(next)
	}
	v.Redirect(path)
}

// Back is where to go after an action or after signing in: the page that the form names, if it is ours and the caller may begin there;
// otherwise home.
func (v *Visit) Back(next string) string {
	path, _, _ := strings.Cut(next, "?")
	if path == v.Core.BasePath+"/" && path != v.Home() || path == v.Core.BasePath+"/sign-in" || strings.HasPrefix(path, v.Core.BasePath+"/sign-in/") || !v.local(next) {
		return v.Home()
	}
	return next
}

// local reports whether a text is the path of a page of ours, with its query. Browsers read a backslash as a slash, leave out tabs and line
// ends, and take two slashes for the beginning of another host's name (https://url.spec.whatwg.org/#url-parsing).
func (v *Visit) local(path string) bool {
	rest, below := strings.CutPrefix(path, v.Core.BasePath+"/")
	if !below || strings.HasPrefix(rest, "/") || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Host == "" && u.Scheme == ""
}
