package connection

import (
	"net/url"
	"strings"
)

// Location is where a connection to a Bitbucket finds a repository. A folder has locations of its own, PROJECT/repository.
type Location struct {
	// Connection is the name of the connection.
	Connection, Project, Slug string
	// ID is the identity of the repository at the server, which a rename keeps.
	ID string
}

// locationScheme begins the text of a Location. No path in a folder of repositories begins with it.
const locationScheme = "bitbucket://"

// String returns bitbucket://CONNECTION/PROJECT/slug#id.
func (l Location) String() string {
	return locationScheme + l.Connection + "/" + url.PathEscape(l.Project) + "/" + url.PathEscape(l.Slug) + "#" + url.PathEscape(l.ID)
}

// ParseLocation reads the text of a Location; ok is false for any other text.
func ParseLocation(text string) (l Location, ok bool) {
	rest, ok := strings.CutPrefix(text, locationScheme)
	if !ok {
		return l, false
	}
	place, id, ok := strings.Cut(rest, "#")
	parts := strings.Split(place, "/")
	if !ok || len(parts) != 3 {
		return l, false
	}
	parts = append(parts, id)
	for i, part := range parts {
		text, err := url.PathUnescape(part)
		if err != nil || text == "" {
			return l, false
		}
		parts[i] = text
	}
	return Location{parts[0], parts[1], parts[2], parts[3]}, true
}
