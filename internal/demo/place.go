package demo

import "strings"

// State is the state that a branch is to have in the end.
type State string

// The states. A branch of StateNew was never scanned. Behind1 and Behind3 have commits after their scan, Rewritten another history, Config
// another version's rules. Queued and Scanning are in the queue.
const (
	StateNew        State = "new"
	StateSecure     State = "secure"
	StateVulnerable State = "vulnerable"
	StateBehind1    State = "behind1"
	StateBehind3    State = "behind3"
	StateRewritten  State = "rewritten"
	StateConfig     State = "config"
	StateIncomplete State = "incomplete"
	StateQueued     State = "queued"
	StateScanning   State = "scanning"
	StateCancelled  State = "cancelled"
	StateError      State = "error"
)

// Project is a made-up project. A key that begins with "~" is that of a personal project.
type Project struct {
	Key, Name    string
	Repositories []Repository
}

// Repository is a made-up repository. Each branch is written as "name=state", the default one first; the name ends at the first "=".
type Repository struct {
	Slug, Name string
	Branches   []string
}

// Branch is a branch and the state that it is to have.
type Branch struct {
	Name  string
	State State
}

// Each calls do for every branch of a repository, the default one first.
func (r *Repository) Each(do func(i int, b Branch)) {
	for i, text := range r.Branches {
		name, state, _ := strings.Cut(text, "=")
		do(i, Branch{name, State(state)})
	}
}

// Projects are the projects of the demo.
var Projects = []Project{
	{"PAY", "Payments", []Repository{
		{"api", "api", []string{"main=vulnerable", "feature/login=behind3", "feature/refunds=scanning", "release/2.4=secure", "release/2.3=behind1", "hotfix/card-token=queued", "feature/old-history=rewritten", "feature/vendor-import=incomplete", "spike/ledger=cancelled", "build/cache=error", "chore/rules=config", "feature/new=new"}},
		{"web", "web", []string{"main=secure", "develop=secure"}},
		{"ledger", "ledger", []string{"main=behind3", "develop=secure", "audit=vulnerable"}},
		{"mobile", "mobile-wallet", []string{"main=incomplete"}},
		{"fraud", "fraud-models", []string{"main=new", "train=new"}},
		{"docs", "docs", nil},
	}},
	{"SHOP", "Storefront", []Repository{
		{"checkout", "checkout", []string{"main=secure", "develop=vulnerable"}}, {"catalog", "catalog", []string{"main=secure"}}, {"search", "search", []string{"main=secure", "tune=vulnerable"}},
		{"images", "image-service", []string{"main=secure"}}, {"mail", "mail-templates", []string{"main=behind1"}},
	}},
	{"DATA", "Data platform", []Repository{
		{"etl", "etl", []string{"main=secure", "nightly=new"}}, {"lake", "lake-tools", []string{"main=secure"}}, {"notebooks", "notebooks", []string{"main=new"}}, {"dbt", "dbt-models", []string{"main=secure"}},
	}},
	{"LEG", "Legacy", []Repository{{"erp", "erp", []string{"main=new"}}, {"cobol", "cobol-bridge", []string{"main=new"}}, {"intranet", "intranet", []string{"main=new"}}}},
	{"OPS", "Operations", []Repository{{"infra", "infrastructure", []string{"main=secure"}}, {"images", "base-images", []string{"main=secure", "next=secure"}}}},
	{"~jdoe", "Jane Doe", []Repository{{"dotfiles", "dotfiles", []string{"main=vulnerable"}}}},
}
