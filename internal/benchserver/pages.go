package main

import "github.com/sluice-scan/sluice/internal/store/db"

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

// floor is the page without content: what a session, the head and the frame cost.
const floor = "a page without content"

// noMatch begins the names of lists that nothing matches.
const noMatch = "findings of no "

const api = "/rest/security/latest"

// clicks are what is measured. Add a line for each new page.
var clicks = []click{
	{"instance", admin, "/"},
	{"instance by name", admin, "/?name=1&sort=name"},
	{"projects of a developer", developer, "/projects"},
	{"project", admin, "/projects/P007"},
	{"project by last scan", admin, "/projects/P007?sort=scan"},
	{"project of a developer", developer, "/projects/P008"},
	{"repository", admin, "/projects/P007/repos/repo-00007"},
	{"repository, vulnerable branches", admin, "/projects/P007/repos/repo-00007?status=vulnerable"},
	{"repository of a developer", developer, "/projects/P008/repos/repo-00008"},
	{"rescan everything?", admin, "/rescan"},
	{"queue", admin, "/queue"},
	{"queue of a developer", developer, "/queue"},
	{"menu of the queue", admin, "/queue/menu"},
	{"scan", admin, "/scans/" + db.Key(301)},
	{"analysis, no findings", admin, "/projects/P007/repos/repo-00007/analysis?branch=feature/branch-001"},
	{"analysis, 80 findings", admin, "/projects/P008/repos/repo-00008/analysis?branch=main"},
	{"analysis by path and author", developer, "/projects/P008/repos/repo-00008/analysis?branch=main&path=internal&author=hopper"},
	{"finding", admin, "/findings/" + db.Key(801)},
	{"findings", admin, "/findings"},
	{"findings of a developer", developer, "/findings"},
	{"findings, oldest first", admin, "/findings?sort=oldest"},
	{"findings of an engine and a severity", admin, "/findings?engine=" + string(engineOf(8)) + "&severity=low"},
	{"findings of a rule", admin, "/findings?rule=RULE_03"},
	{"accepted findings", admin, "/findings?state=accepted"},
	{"findings of a repository", admin, "/findings?place=P007/repo-00007"},
	{"findings assigned to somebody", admin, "/findings?assignee=user-7&state=all"},
	{"findings of a rare path", admin, "/findings?path=deploy"},
	{"findings of a common path", admin, "/findings?path=services/"},
	{"findings of a path that some have", admin, "/findings?path=identity-2"},
	{noMatch + "short path", admin, "/findings?path=zz"},
	{noMatch + "path", admin, "/findings?path=nowhere"},
	{"findings of a path by a developer", developer, "/findings?path=identity-2"},
	{"findings of an author", admin, "/findings?author=Barbara+Hopper+0"},
	{noMatch + "author", admin, "/findings?author=nobody@example.com"},
	{"findings of a path and an author", admin, "/findings?path=internal&author=hopper"},
	{"trends", admin, "/trends"},
	{"trends, a year", admin, "/trends?days=365"},
	{"trends of a project, a year", admin, "/trends?days=365&place=P007"},
	{"trends of a repository, a year", admin, "/trends?days=365&place=P007/repo-00007"},
	{"trends of a developer, a year", developer, "/trends?days=365"},
	{"dependencies", admin, "/dependencies"},
	{"dependencies of a developer", developer, "/dependencies"},
	{"dependencies by name", admin, "/dependencies?name=package-10"},
	{"vulnerable dependencies", admin, "/dependencies?vulnerable=true"},
	{"users of a package", admin, "/dependencies/package?ecosystem=npm&name=package-100"},
	{"users of a package that all use", admin, "/dependencies/package?ecosystem=npm&name=package-1"},
	{"users of a package that all use, for a developer", developer, "/dependencies/package?ecosystem=npm&name=package-1"},
	{"reviewed texts", admin, "/reviewed"},
	{"rules", admin, "/rules"},
	{"settings", admin, "/settings/general"},
	{"accounts", admin, "/settings/access"},
	{"roles", admin, "/settings/access/roles"},
	{"hook", admin, "/settings/hook"},
	{"notifications", admin, "/settings/notifications"},
	{"audit log", admin, "/audit"},
	{"audit log by object", admin, "/audit?object=repo-77"},
	{"profile", developer, "/profile"},
	{"not found", developer, "/projects/P007/repos/repo-00007"},
	{floor, admin, "/nowhere"},

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
