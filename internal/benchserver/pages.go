package main

// click is something that a user opens. Paths with /rest are calls of the API, the others are pages.
type click struct {
	name, as, path string
}

// The accounts of the measurement: one that sees everything, and one that sees a few repositories, for which the store counts otherwise.
const (
	admin     = "bench"
	developer = "bench-developer"
	password  = "bench-password"
)

const api = "/rest/security/latest"

// clicks are what is measured. Add a line for each new page.
var clicks = []click{
	{"instance", admin, "/"},
	{"instance by name", admin, "/?name=1&sort=name"},
	{"projects of a developer", developer, "/projects"},
	{"project", admin, "/projects/P007"},
	{"project by last scan, second page", admin, "/projects/P007?sort=scan&page=2"},
	{"project of a developer", developer, "/projects/P008"},
	{"repository", admin, "/projects/P007/repos/repo-00007"},
	{"repository, vulnerable branches", admin, "/projects/P007/repos/repo-00007?status=vulnerable"},
	{"repository of a developer", developer, "/projects/P008/repos/repo-00008"},
	{"rescan everything?", admin, "/rescan"},
	{"queue", admin, "/queue"},
	{"analysis", admin, "/projects/P007/repos/repo-00007/analysis?branch=main"},
	{"findings", admin, "/findings"},
	{"findings of a developer", developer, "/findings"},
	{"findings of a path", admin, "/findings?path=deploy"},
	{"trends", admin, "/trends?days=365"},
	{"dependencies", admin, "/dependencies"},
	{"users of a package", admin, "/dependencies/package?ecosystem=npm&name=lodash"},
	{"reviewed texts", admin, "/reviewed"},
	{"rules", admin, "/rules"},
	{"settings", admin, "/settings/general"},
	{"audit log", admin, "/audit"},
	{"not found", developer, "/projects/P007/repos/repo-00007"},

	{"API: projects", admin, api + "/status/projects"},
	{"API: projects by name", admin, api + "/status/projects?name=1&limit=100"},
	{"API: project", admin, api + "/status/projects/P007"},
	{"API: repositories", admin, api + "/status/projects/P007/repos"},
	{"API: repositories by name", admin, api + "/status/projects/P007/repos?name=00"},
	{"API: repository", admin, api + "/status/projects/P007/repos/repo-00007"},
	{"API: branches", admin, api + "/status/projects/P007/repos/repo-00007/branches?limit=50"},
	{"API: branches by name", admin, api + "/status/projects/P007/repos/repo-00007/branches?name=feature"},
	{"API: queue", admin, api + "/queue"},
	{"API: queue of a developer", developer, api + "/queue"},
}
