package fakebitbucket

import (
	"net/http"
	"strings"
	"time"
)

// cloudReportInput is a report in a Cloud request; nil is a field that was not sent.
type cloudReportInput struct {
	Title             *string      `json:"title"`
	Details           *string      `json:"details"`
	ReportType        *string      `json:"report_type"`
	ExternalID        *string      `json:"external_id"`
	Reporter          *string      `json:"reporter"`
	Link              *string      `json:"link"`
	LogoURL           *string      `json:"logo_url"`
	Result            *string      `json:"result"`
	RemoteLinkEnabled *bool        `json:"remote_link_enabled"`
	Data              *[]dataInput `json:"data"`
}

type cloudReportView struct {
	Type              string          `json:"type"`
	UUID              string          `json:"uuid"`
	ExternalID        string          `json:"external_id"`
	Title             string          `json:"title"`
	Details           string          `json:"details"`
	ReportType        string          `json:"report_type"`
	Reporter          string          `json:"reporter,omitempty"`
	Link              string          `json:"link,omitempty"`
	LogoURL           string          `json:"logo_url,omitempty"`
	Result            string          `json:"result,omitempty"`
	RemoteLinkEnabled bool            `json:"remote_link_enabled"`
	Data              []cloudDataView `json:"data"`
	CreatedOn         string          `json:"created_on"`
	UpdatedOn         string          `json:"updated_on"`
}

type cloudDataView struct {
	Title string `json:"title"`
	Type  string `json:"type,omitempty"`
	Value any    `json:"value"`
}

func viewCloudReport(r *report) cloudReportView {
	view := cloudReportView{
		Type: "report", UUID: r.UUID, ExternalID: r.ExternalID, Title: r.Title, Details: r.Details,
		ReportType: r.ReportType, Reporter: r.Reporter, Link: r.Link, LogoURL: r.LogoURL, Result: r.Result,
		RemoteLinkEnabled: r.RemoteLinkEnabled, Data: viewData(r.Data),
		CreatedOn: timestamp(r.CreatedOn), UpdatedOn: timestamp(r.UpdatedOn),
	}
	return view
}

func viewData(items []DataItem) []cloudDataView {
	view := make([]cloudDataView, len(items))
	for i, item := range items {
		view[i] = cloudDataView(item)
	}
	return view
}

// timestamp formats a time as the report service does, with nanoseconds.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z07:00") }

func (s *Server) listReports(c *call) Answer {
	var rows []any
	for _, r := range s.reportsOf(Cloud, c.repository(), c.route.param["commit"]) {
		rows = append(rows, viewCloudReport(r))
	}
	return s.page(c, rows)
}

func (s *Server) getReport(c *call) Answer {
	found, key, ok := s.report(c)
	if !ok {
		return reportNotFound(key.id)
	}
	return jsonAnswer(http.StatusOK, viewCloudReport(found))
}

func (s *Server) deleteReport(c *call) Answer {
	_, key, ok := s.report(c)
	if !ok {
		return s.deletedNothing(c)
	}
	delete(s.state.reports, key)
	s.note(key, EventDelete, c.record.Number)
	return emptyAnswer(http.StatusNoContent)
}

// deletedNothing answers a DELETE that finds nothing, as configured.
func (s *Server) deletedNothing(c *call) Answer {
	if s.config.behaviour.deleteMissing() == http.StatusNotFound {
		return reportNotFound(c.route.param["report"])
	}
	return emptyAnswer(http.StatusNoContent)
}

func (s *Server) putReport(c *call) Answer {
	if refusal, ok := demandJSON(c); !ok {
		return refusal
	}
	var in cloudReportInput
	if p := decodeBody(c.body, &in); p != nil {
		return badRequest(p.message)
	}
	existing, key, exists := s.report(c)
	switch {
	case !exists && isUUID(key.id):
		return reportNotFound(key.id)
	case !exists && s.reportsFull(key):
		return badRequest("The commit has the maximum number of reports.")
	}
	next := Report{}
	if exists && s.config.behaviour.PutMerges {
		next = existing.Report
	}
	if p := s.readCloudReport(in, key.id, &next); p != nil {
		return badRequest(p.message)
	}

	now := s.config.now().UTC()
	next.Dialect, next.Repository, next.Commit, next.ExternalID = Cloud, key.repository, key.commit, key.id
	next.UUID = uuidOf("report", key.repository, key.commit, key.id)
	next.UpdatedOn = now
	status := http.StatusOK
	if exists {
		next.CreatedOn = existing.CreatedOn
		existing.Report = next
	} else {
		next.CreatedOn = now
		if s.config.behaviour.LateUpdate {
			next.UpdatedOn = now.Add(time.Millisecond)
		}
		existing = &report{Report: next, creator: c.who.name}
		s.state.reports[key] = existing
		if s.config.behaviour.PutCreated {
			status = http.StatusCreated
		}
	}
	s.note(key, EventPut, c.record.Number)
	return jsonAnswer(status, viewCloudReport(existing))
}

func (s *Server) reportsFull(key reportKey) bool {
	limit := s.config.behaviour.ReportLimit
	return limit > 0 && len(s.reportsOf(key.dialect, key.repository, key.commit)) >= limit
}

// readCloudReport checks the input and writes it over report, which contains the fields to keep.
func (s *Server) readCloudReport(in cloudReportInput, id string, report *Report) *problem {
	b := s.config.behaviour
	for _, field := range []struct {
		in  *string
		out *string
	}{
		{in.Title, &report.Title}, {in.Details, &report.Details}, {in.ReportType, &report.ReportType}, {in.Reporter, &report.Reporter},
		{in.Link, &report.Link}, {in.LogoURL, &report.LogoURL}, {in.Result, &report.Result},
	} {
		if field.in != nil {
			*field.out = *field.in
		}
	}
	if in.RemoteLinkEnabled != nil {
		report.RemoteLinkEnabled = *in.RemoteLinkEnabled
	}
	if p := first(
		s.checkID(&id), checkSameID(in.ExternalID, id),
		checkRequired("title", &report.Title), checkText("title", &report.Title, b.titleLimit()),
		checkRequired("details", &report.Details), checkText("details", &report.Details, maxDetails),
		checkRequired("report_type", &report.ReportType), checkEnum("report_type", &report.ReportType, reportTypes),
		checkText("reporter", in.Reporter, maxReporter),
		checkEnum("result", in.Result, reportResults),
		checkLink("link", in.Link, b.LocalLinksAllowed), checkLink("logo_url", in.LogoURL, b.LocalLinksAllowed),
	); p != nil {
		return p
	}
	if in.Data != nil {
		items, p := readData(*in.Data, dataRules{maxCloudData, "text", b.LocalLinksAllowed, b.DateText})
		if p != nil {
			return p
		}
		report.Data = items
	}
	if b.DataRequired && len(report.Data) == 0 {
		return &problem{"data", "The data field is required and cannot be empty."}
	}
	return nil
}

// checkID rejects an external id that a path cannot contain.
func (s *Server) checkID(id *string) *problem {
	if p := first(checkRequired("external_id", id), checkText("external_id", id, s.config.behaviour.externalIDLimit())); p != nil {
		return p
	}
	if strings.Contains(*id, "/") {
		return &problem{"external_id", "The external_id field cannot contain a slash."}
	}
	return nil
}

func checkSameID(inBody *string, inPath string) *problem {
	if inBody == nil || *inBody == inPath {
		return nil
	}
	return &problem{"external_id", "The external_id field must be the id in the path."}
}
