package settings

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
)

// toggle is a box of a form that somebody ticks.
type toggle struct {
	Name, Label string
	On          bool
}

// connectionForm is the form of a connection's settings.
type connectionForm struct {
	Action string
	// New is true for a connection that does not exist yet.
	New bool
	// Problem is what is wrong with the form as a whole.
	Problem string
	// Basic, Patterns, Credential and More are its fields; Kinds and Does its boxes.
	Basic, Patterns, Credential, More []page.Input
	Kinds, Does                       []toggle
}

// readConnection reads the settings of a form. problem is what cannot be read.
func readConnection(form url.Values, x connected.Settings) (_ connected.Settings, problem string) {
	x.URL = strings.TrimRight(strings.TrimSpace(form.Get("url")), "/")
	x.Include, x.Exclude, x.Authorities = linesOf(form.Get("include")), linesOf(form.Get("exclude")), strings.TrimSpace(form.Get("authorities"))
	on := func(name string) bool { return form.Get(name) != "" }
	x.Archived, x.Forks, x.Personal = on("archived"), on("forks"), on("personal")
	x.Webhooks, x.Reports, x.BuildStatus, x.Comment, x.SignIn = on("webhooks"), on("reports"), on("buildStatus"), on("comment"), on("signIn")
	var problems []string
	if text := strings.TrimSpace(form.Get("every")); text != "" {
		every, err := time.ParseDuration(text)
		if err != nil {
			problems = append(problems, "the time between listings must be like 5m or 1h30m")
		}
		x.Every = connected.Duration(every)
	}
	var err error
	if text := strings.TrimSpace(form.Get("calls")); text != "" {
		if x.Rate, err = strconv.ParseFloat(text, 64); err != nil {
			problems = append(problems, "the calls per second must be a number")
		}
	}
	if text := strings.TrimSpace(form.Get("callsAtOnce")); text != "" {
		if x.Burst, err = strconv.Atoi(text); err != nil {
			problems = append(problems, "the calls at once must be a whole number")
		}
	}
	if text := strings.TrimSpace(form.Get("hourly")); text != "" {
		if x.Hourly, err = strconv.Atoi(text); err != nil {
			problems = append(problems, "the calls per hour must be a whole number")
		}
	}
	if len(problems) > 0 {
		problem = "Nothing is stored: " + strings.Join(problems, "; ") + "."
	}
	return x, problem
}

// linesOf splits a text into its lines, and at commas.
func linesOf(text string) (list []string) {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' }) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// credentialOf is the credential of a form; nil if the form has none.
func credentialOf(form url.Values) *connected.Credential {
	secret := strings.TrimSpace(form.Get("secret"))
	if secret == "" {
		return nil
	}
	return &connected.Credential{User: strings.TrimSpace(form.Get("user")), Consumer: strings.TrimSpace(form.Get("consumer")), Secret: secret}
}

func newConnectionForm(v *page.Visit, x *connected.Settings, problem string) connectionForm {
	number := func(text string) string {
		if text == "0" || text == "0s" {
			return ""
		}
		return text
	}
	f := connectionForm{
		Problem: problem,
		Basic:   []page.Input{{Name: "url", Label: "Address", Value: x.URL, Required: true, Hint: "As people open it, with its path: https://example.com/bitbucket. A workspace of Cloud: https://bitbucket.org/NAME"}},
		Credential: []page.Input{
			{Name: "secret", Label: "Access token or password", Type: "password", Fill: "new-password", Hint: "It is stored encrypted and never shown again"},
			{Name: "user", Label: "User, for a password", Value: v.Request.PostForm.Get("user"), Hint: "Empty for an access token. For an API token of Cloud, an e-mail address"},
			{Name: "consumer", Label: "Key of an OAuth consumer", Value: v.Request.PostForm.Get("consumer"), Hint: "Of Cloud only: its secret then stands above"},
		},
		Patterns: []page.Input{
			{Name: "include", Label: "Include", Rows: 3, Value: strings.Join(x.Include, "\n"), Hint: "Patterns of PROJECT/repository, one a line: PAY/* or */web-*. Empty for all"},
			{Name: "exclude", Label: "Exclude", Rows: 3, Value: strings.Join(x.Exclude, "\n"), Hint: "What does not belong to it. It wins over what is included"},
		},
		More: []page.Input{
			{Name: "every", Label: "Time between listings", Value: number(time.Duration(x.Every).String()), Hint: "Like 5m or 1h. Empty for 5 minutes, or 30 while webhooks are heard"},
			{Name: "calls", Label: "Calls per second", Value: number(strconv.FormatFloat(x.Rate, 'f', -1, 64)), Hint: "Empty for 4, which Bitbucket's own limit allows"},
			{Name: "callsAtOnce", Label: "Calls at once", Value: number(strconv.Itoa(x.Burst)), Hint: "Empty for 40"},
			{Name: "hourly", Label: "Calls per hour", Value: number(strconv.Itoa(x.Hourly)), Hint: "For Cloud. Empty for 1,000, of which listings use at most 80 %"},
			{Name: "authorities", Label: "Authorities", Rows: 3, Value: x.Authorities, Hint: "Certificates in PEM of those who signed the server's; empty for those of this system"},
		},
		Kinds: []toggle{{"archived", "Archived repositories", x.Archived}, {"forks", "Forks", x.Forks}, {"personal", "Personal repositories", x.Personal}},
		Does: []toggle{
			{"webhooks", "Create and repair webhooks, so that pushes are scanned at once: the credential must administer the projects or repositories", x.Webhooks},
			{"reports", "Publish a Code Insights report on each commit that is scanned", x.Reports},
			{"buildStatus", "Publish a build status, which merges can require", x.BuildStatus},
			{"comment", "Keep one comment on the pull request of a branch that is scanned", x.Comment},
			{"signIn", "Let people sign in with their account of this Bitbucket: they see here what they may see there", x.SignIn},
		},
	}
	return f
}
