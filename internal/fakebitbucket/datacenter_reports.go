package fakebitbucket

import (
	"cmp"
	"net/http"
	"slices"
)

type dataCenterReportInput struct {
	Title    *string     `json:"title"`
	Details  *string     `json:"details"`
	Reporter *string     `json:"reporter"`
	Result   *string     `json:"result"`
	Link     *string     `json:"link"`
	LogoURL  *string     `json:"logoUrl"`
	Data     []dataInput `json:"data"`
}

type dataCenterReportView struct {
	Key         string          `json:"key"`
	Title       string          `json:"title"`
	Details     string          `json:"details,omitempty"`
	Reporter    string          `json:"reporter,omitempty"`
	Result      string          `json:"result,omitempty"`
	Link        string          `json:"link,omitempty"`
	LogoURL     string          `json:"logoUrl,omitempty"`
	Data        []cloudDataView `json:"data"`
	CreatedDate int64           `json:"createdDate"`
}

func viewDataCenterReport(r *report) dataCenterReportView {
	return dataCenterReportView{
		Key: r.ExternalID, Title: r.Title, Details: r.Details, Reporter: r.Reporter, Result: r.Result, Link: r.Link,
		LogoURL: r.LogoURL, Data: viewData(r.Data), CreatedDate: r.CreatedOn.UnixMilli(),
	}
}

func dataCenterReportNotFound(key reportKey) Answer {
	return dataCenterError(http.StatusNotFound, "", "There is no report "+key.id+" for this commit.")
}

func (s *Server) listDataCenterReports(c *call) Answer {
	all := s.reportsOf(DataCenter, c.repository(), c.route.param["commit"])
	slices.SortFunc(all, func(a, b *report) int { return cmp.Compare(a.ExternalID, b.ExternalID) })
	var rows []any
	for _, r := range all {
		rows = append(rows, viewDataCenterReport(r))
	}
	return dataCenterPage(c, rows)
}

func (s *Server) getDataCenterReport(c *call) Answer {
	found, key, ok := s.report(c)
	if !ok {
		return dataCenterReportNotFound(key)
	}
	return jsonAnswer(http.StatusOK, viewDataCenterReport(found))
}

func (s *Server) deleteDataCenterReport(c *call) Answer {
	if refusal, ok := demandNoCheck(c); !ok {
		return refusal
	}
	found, key, ok := s.report(c)
	if !ok {
		if s.config.behaviour.deleteMissing() == http.StatusNotFound {
			return dataCenterReportNotFound(key)
		}
		return emptyAnswer(http.StatusNoContent)
	}
	if refusal, ok := demandAuthor(c, found); !ok {
		return refusal
	}
	delete(s.state.reports, key)
	s.note(key, EventDelete, c.record.Number)
	return emptyAnswer(http.StatusNoContent)
}

// demandAuthor rejects a change by anybody but the creator of the report, with the status that Data Center uses for it.
func demandAuthor(c *call, r *report) (Answer, bool) {
	if r.creator == c.who.name {
		return Answer{}, true
	}
	return dataCenterError(http.StatusUnauthorized, "", "Only the author of a report may change it."), false
}

func (s *Server) putDataCenterReport(c *call) Answer {
	if refusal, ok := demandJSON(c); !ok {
		return refusal
	}
	found, key, exists := s.report(c)
	if exists {
		if refusal, ok := demandAuthor(c, found); !ok {
			return refusal
		}
	}
	var in dataCenterReportInput
	if p := decodeBody(c.body, &in); p != nil {
		return dataCenterProblem(p)
	}
	if p := first(
		checkText("key", &key.id, s.config.behaviour.dataCenterKeyLimit()),
		checkRequired("title", in.Title), checkText("title", in.Title, maxSummary),
		checkText("details", in.Details, maxDetails), checkText("reporter", in.Reporter, maxReporter),
		checkEnum("result", in.Result, dataCenterResults),
		checkLink("link", in.Link, true), checkLink("logoUrl", in.LogoURL, true),
	); p != nil {
		return dataCenterProblem(p)
	}
	items, p := readData(in.Data, dataRules{max: maxDataCenterData, linkText: "linktext", local: true})
	if p != nil {
		return dataCenterProblem(p)
	}

	now := s.config.now().UTC()
	next := Report{
		Dialect: DataCenter, Repository: key.repository, Commit: key.commit, ExternalID: key.id,
		UUID:  uuidOf("report", string(DataCenter), key.repository, key.commit, key.id),
		Title: *in.Title, Details: text(in.Details), Reporter: text(in.Reporter), Result: text(in.Result),
		Link: text(in.Link), LogoURL: text(in.LogoURL), Data: items, CreatedOn: now, UpdatedOn: now,
	}
	if exists {
		next.CreatedOn = found.CreatedOn
		found.Report = next
	} else {
		found = &report{Report: next, creator: c.who.name}
		s.state.reports[key] = found
	}
	s.note(key, EventPut, c.record.Number)
	return jsonAnswer(http.StatusOK, viewDataCenterReport(found))
}
