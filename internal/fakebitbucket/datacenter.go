package fakebitbucket

import (
	"net/http"
	"strconv"
)

const (
	dataCenterRepository  = "projects/{workspace}/repos/{slug}"
	dataCenterCommit      = "insights/latest/" + dataCenterRepository + "/commits/{commit}"
	dataCenterReports     = dataCenterCommit + "/reports"
	dataCenterReport      = dataCenterReports + "/{report}"
	dataCenterAnnotations = dataCenterReport + "/annotations"
	dataCenterPull        = "api/latest/" + dataCenterRepository + "/pull-requests/{pull}"
)

// dataCenterEndpoints is everything below /rest/. In a path, version 1.0 means latest.
var dataCenterEndpoints = []endpoint{
	{http.MethodGet, "api/latest/application-properties", KindVersion, (*Server).applicationProperties, true},
	{http.MethodGet, dataCenterReports, KindReportList, (*Server).listDataCenterReports, false},
	{http.MethodPut, dataCenterReport, KindReportPut, (*Server).putDataCenterReport, false},
	{http.MethodGet, dataCenterReport, KindReportGet, (*Server).getDataCenterReport, false},
	{http.MethodDelete, dataCenterReport, KindReportDelete, (*Server).deleteDataCenterReport, false},
	{http.MethodPost, dataCenterAnnotations, KindAnnotationBulk, (*Server).addDataCenterAnnotations, false},
	{http.MethodGet, dataCenterAnnotations, KindAnnotationList, (*Server).listDataCenterAnnotations, false},
	{http.MethodDelete, dataCenterAnnotations, KindAnnotationClear, (*Server).clearDataCenterAnnotations, false},
	{http.MethodPut, dataCenterAnnotations + "/{annotation}", KindAnnotationPut, (*Server).putDataCenterAnnotation, false},
	{http.MethodGet, dataCenterCommit + "/annotations", KindAnnotationQuery, (*Server).queryDataCenterAnnotations, false},
	{http.MethodPost, "api/latest/" + dataCenterRepository + "/commits/{commit}/builds", KindStatusPut, (*Server).putBuild, false},
	{http.MethodGet, "api/latest/" + dataCenterRepository + "/commits/{commit}/builds", KindStatusGet, (*Server).getBuild, false},
	{http.MethodGet, dataCenterPull, KindPullRequest, (*Server).getDataCenterPullRequest, false},
	{http.MethodGet, dataCenterPull + "/activities", KindCommentList, (*Server).listActivities, false},
	{http.MethodPost, dataCenterPull + "/comments", KindCommentCreate, (*Server).createDataCenterComment, false},
	{http.MethodGet, dataCenterPull + "/comments/{comment}", KindCommentGet, (*Server).getDataCenterComment, false},
	{http.MethodPut, dataCenterPull + "/comments/{comment}", KindCommentUpdate, (*Server).updateDataCenterComment, false},
	{http.MethodDelete, dataCenterPull + "/comments/{comment}", KindCommentDelete, (*Server).deleteDataCenterComment, false},
}

// dataCenterError returns an error of Data Center; an empty context is null.
func dataCenterError(status int, context, message string) Answer {
	type entry struct {
		Context       *string `json:"context"`
		Message       string  `json:"message"`
		ExceptionName *string `json:"exceptionName"`
	}
	e := entry{Message: message}
	if context != "" {
		e.Context = &context
	}
	if name, ok := exceptions[status]; ok {
		e.ExceptionName = &name
	}
	return jsonAnswer(status, map[string]any{"errors": []entry{e}})
}

var exceptions = map[int]string{
	http.StatusUnauthorized: "com.atlassian.bitbucket.AuthorisationException",
	http.StatusNotFound:     "com.atlassian.bitbucket.NoSuchEntityException",
}

func dataCenterProblem(p *problem) Answer {
	return dataCenterError(http.StatusBadRequest, p.field, p.message)
}

// demandNoCheck rejects a delete without the header that distinguishes a program from a cross-site form.
func demandNoCheck(c *call) (Answer, bool) {
	if c.Header.Get("X-Atlassian-Token") == "no-check" {
		return Answer{}, true
	}
	return textAnswer(http.StatusForbidden, "XSRF check failed"), false
}

// dataCenterPage returns one page by start and limit.
func dataCenterPage(c *call, rows []any) Answer {
	query := c.URL.Query()
	start, errStart := strconv.Atoi(orElse(query.Get("start"), "0"))
	limit, okLimit := positive(query.Get("limit"), 25)
	if errStart != nil || start < 0 || !okLimit {
		return dataCenterError(http.StatusBadRequest, "", "The start and limit parameters must be numbers.")
	}
	limit = min(limit, 1000)
	from := min(start, len(rows))
	to := min(from+limit, len(rows))
	body := map[string]any{
		"values": append([]any{}, rows[from:to]...), "size": to - from, "limit": limit, "start": start,
		"isLastPage": to == len(rows), "nextPageStart": nil,
	}
	if to < len(rows) {
		body["nextPageStart"] = to
	}
	return jsonAnswer(http.StatusOK, body)
}

func (s *Server) applicationProperties(*call) Answer {
	return jsonAnswer(http.StatusOK, map[string]any{"version": s.config.version, "displayName": "Bitbucket"})
}
