package settings

import (
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
)

// section is an entry of the navigation between the pages of this room.
type section struct {
	page.Link
	Chosen bool
}

// sections are all pages of the room, with what each needs.
var sections = []struct {
	text, path string
	needs      access.Permission
}{
	{"General", "/settings/general", access.Grantee},
	{"Access", accessPath, access.Admin},
	{"Tokens", tokensPath, access.Admin},
	{"Hook", hookPath, access.Grantee},
	{"Schedule", schedulePath, access.Grantee},
	{"Notifications", notificationsPath, access.Grantee},
	{"Connections", connectionsPath, access.Admin},
	{"Forge app", forgePath, access.Admin},
	{"Logging", loggingPath, access.Grantee},
	{"Audit", auditPath, access.Grantee},
}

// sectioned is what every page of this room shows beside its own content.
type sectioned struct {
	Sections []section
	Heading  string
	// Summary says in a sentence what the page is for.
	Summary string
}

// sectioned lists the pages that the caller may open. The page of the visit is chosen, also while it shows one thing of a list.
func newSectioned(v *page.Visit, heading, summary string) sectioned {
	b := sectioned{Heading: heading, Summary: summary}
	path := strings.TrimPrefix(v.Request.URL.Path, v.Core.BasePath)
	for _, s := range sections {
		if v.May(s.needs, access.Place{}) {
			b.Sections = append(b.Sections, section{page.Link{Text: s.text, Path: v.Core.BasePath + s.path}, path == s.path || strings.HasPrefix(path, s.path+"/")})
		}
	}
	return b
}
