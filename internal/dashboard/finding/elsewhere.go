package finding

import (
	"net/url"
	"strconv"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
)

// elsewhere lists the branches with the same problem. More is true when there are others that are not listed.
type elsewhere struct {
	Rows []elsewhereRow
	More bool
}

// elsewhereRow is one branch with the same problem. Here is true for the one that is shown.
type elsewhereRow struct {
	Project, Repository page.Link
	Branch              page.Link
	Places              int
	State               string
	Here                bool
}

// mostElsewhere bounds the branches that are listed.
const mostElsewhere = 50

func (s *Pages) elsewhereOf(v *page.Visit, l *looked) (e elsewhere, err error) {
	list, err := s.Findings.Elsewhere(v.Ctx(), v.Visible, &l.Finding, mostElsewhere+1)
	if err != nil {
		return e, err
	}
	e.More = len(list) > mostElsewhere
	for _, x := range list[:min(len(list), mostElsewhere)] {
		e.Rows = append(e.Rows, elsewhereRow{
			Project: page.Link{Text: x.ProjectName, Path: v.ToProject(x.ProjectKey)}, Repository: page.Link{Text: x.RepositoryName, Path: v.ToRepository(x.ProjectKey, x.Slug)},
			Branch: page.Link{Text: x.Branch, Path: v.ToFinding(x.Finding) + "?branch=" + url.QueryEscape(x.Branch)}, Places: x.Places, State: figure.StateWord(x.State),
			Here: x.Finding == l.ID && l.branch != nil && x.Branch == l.branch.Name,
		})
	}
	return e, nil
}

// choiceOf is what the address of a page says about the place that it shows.
func choiceOf(l *looked) url.Values {
	q := url.Values{}
	if l.branch != nil {
		q.Set("branch", l.branch.Name)
	}
	if l.at > 0 {
		q.Set("place", strconv.Itoa(l.at+1))
	}
	return q
}
