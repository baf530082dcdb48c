package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/reviews"
)

// addRules adds the rules of the made-up administrators. Scans use them, so add them first.
func addRules(ctx context.Context, st *store.Store) error {
	for _, r := range []policy.Rule{
		{Name: "Ticket system token", DetectorID: "TICKET_SYSTEM_TOKEN", Regexp: `tick_[0-9a-z]{24}`, Enabled: true, Blocking: true},
		{Name: "Internal host name", DetectorID: "INTERNAL_HOST_NAME", Regexp: `[a-z0-9-]+\.internal\.example\.org`, Enabled: true},
		{Name: "Old build server", DetectorID: "OLD_BUILD_SERVER", Regexp: `jenkins-[0-9]+\.example\.com`},
	} {
		if _, err := st.Policy.AddRule(ctx, &r); err != nil {
			return err
		}
	}
	return errors.Join(st.Policy.SwitchBuiltin(ctx, []string{"OPENAI_LEGACY_KEY"}, false),
		record(ctx, st, "jdoe", "rule.added", "", "TICKET_SYSTEM_TOKEN"), record(ctx, st, "admin", "rule.added", "", "OLD_BUILD_SERVER"))
}

func record(ctx context.Context, st *store.Store, actor, action, object, detail string) error {
	return st.Audit.Add(ctx, &audit.Event{Actor: actor, Action: action, Object: object, Detail: detail})
}

// decision is what people decided about the findings of a rule in a repository.
type decision struct {
	place, rule string
	findings.Finding
}

// decide triages findings.
func decide(ctx context.Context, st *store.Store, now time.Time) error {
	list, err := st.Findings.List(ctx, everything, findings.Filter{}, 1000)
	if err != nil {
		return err
	}
	for _, d := range []decision{
		{"PAY/api", "GHSA-j8r2-6x86-q33q", findings.Finding{State: findings.Accepted, Reason: "no proxy between the service and its provider", Comment: "Checked with the network team.", Expires: now.Add(45 * day), ChangedBy: "jdoe"}},
		{"PAY/api", "SLACK_WEBHOOK", findings.Finding{State: findings.InReview, Comment: "Asked who owns the channel.", Assignee: Developer, ChangedBy: "jdoe"}},
		{"PAY/api", "STRIPE_SECRET_KEY", findings.Finding{State: findings.Open, Comment: "Roll the key first, then remove it.", Assignee: Developer, ChangedBy: "mlin"}},
		{"PAY/ledger", "GENERIC_PASSWORD", findings.Finding{State: findings.Fixed, Reason: "rotated", Comment: "The password was changed; the commit stays in the history.", ChangedBy: "jdoe"}},
		{"SHOP/checkout", "GENERIC_SECRET", findings.Finding{State: findings.FalsePositive, Reason: "only on the test system", ChangedBy: "mlin"}},
		{"SHOP/search", "GITHUB_CLASSIC_PAT", findings.Finding{State: findings.InReview, Assignee: "ohaddad", ChangedBy: "mlin"}},
		// An acceptance that has expired counts again.
		{"~jdoe/dotfiles", "SLACK_WEBHOOK", findings.Finding{State: findings.Accepted, Reason: "a private channel", Expires: now.Add(-2 * day), ChangedBy: "jdoe"}},
	} {
		for i := range list {
			f := list[i].Finding
			if list[i].ProjectKey+"/"+list[i].Slug != d.place || f.Rule != d.rule {
				continue
			}
			was := f.State
			f.State, f.Reason, f.Comment, f.Assignee, f.Expires, f.ChangedBy = d.State, d.Reason, d.Comment, d.Assignee, d.Expires, d.ChangedBy
			if err := st.Findings.Triage(ctx, &f); err != nil {
				return err
			}
			if err := record(ctx, st, d.ChangedBy, "finding.triaged", d.place, fmt.Sprintf("finding %s: %s to %s, assignee %q", db.Key(f.ID), was, f.State, f.Assignee)); err != nil {
				return err
			}
		}
	}
	return nil
}

// reviewed is the repository with a leaked password that somebody reviewed.
const reviewed = "~jdoe/dotfiles"

// reviewTexts reviews texts: one for a repository, and one for all.
func (f *Folder) reviewTexts(ctx context.Context, st *store.Store, k reviews.Sealer) error {
	key, slug, _ := strings.Cut(reviewed, "/")
	r, err := st.Catalog.Repository(ctx, everything, key, slug)
	if err != nil {
		return err
	}
	own := reviews.NewReview{Text: f.password, Rule: "GENERIC_PASSWORD", Comment: "The password of a container that each test deletes again."}
	if _, err := st.Reviews.Add(ctx, k, r.ID, "jdoe", []reviews.NewReview{own}); err != nil {
		return err
	}
	global := reviews.NewReview{Text: "change-it-after-" + "setup", Rule: "GENERIC_PASSWORD", Comment: "The installer asks for another one.", Expires: f.now.Add(300 * day)}
	_, err = st.Reviews.Add(ctx, k, 0, "mlin", []reviews.NewReview{global})
	return err
}

// plan sets schedules.
func plan(ctx context.Context, st *store.Store, now time.Time) error {
	for _, s := range []queue.Schedule{{Scope: "", Cron: "0 3 * * 6"}, {Scope: "PAY", Cron: "30 2 * * *", Outdated: true}, {Scope: "SHOP/checkout", Cron: "15 */6 * * *", Outdated: true}} {
		if err := st.Queue.SetSchedule(ctx, &s, now); err != nil {
			return err
		}
	}
	return nil
}

// stickMails leaves mails that could not be sent: one waits, and one was given up.
func stickMails(ctx context.Context, st *store.Store) error {
	r, err := st.Catalog.Repository(ctx, everything, "OPS", "infra")
	if err != nil {
		return err
	}
	for _, address := range []string{"ops@example.com", "former.colleague@example.com"} {
		// Nothing there needs a scan, so the batch has ended, and its mail is due.
		request := queue.Rescan(queue.Scope{RepositoryID: r.ID}, "Operations / infrastructure", Admin, true)
		request.Mail = []string{address}
		if _, err := st.Queue.Enqueue(ctx, request); err != nil {
			return err
		}
		m, err := st.Mails.Take(ctx, true)
		if err != nil {
			return err
		}
		if address == "ops@example.com" {
			err = st.Mails.Retry(ctx, m, 40*time.Minute, "mail.example.com:587: the server did not answer in time")
		} else {
			err = st.Mails.Fail(ctx, m, "550 5.1.1 there is no such mailbox here")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
