package fakebitbucket

import "net/http"

const (
	cloudRepository  = "repositories/{workspace}/{slug}"
	cloudCommit      = cloudRepository + "/commit/{commit}"
	cloudReports     = cloudCommit + "/reports"
	cloudReport      = cloudReports + "/{report}"
	cloudAnnotations = cloudReport + "/annotations"
	cloudAnnotation  = cloudAnnotations + "/{annotation}"
	cloudPull        = cloudRepository + "/pullrequests/{pull}"
)

// cloudEndpoints is everything below /2.0/.
var cloudEndpoints = []endpoint{
	{http.MethodGet, cloudReports, KindReportList, (*Server).listReports, false},
	{http.MethodPut, cloudReport, KindReportPut, (*Server).putReport, false},
	{http.MethodGet, cloudReport, KindReportGet, (*Server).getReport, false},
	{http.MethodDelete, cloudReport, KindReportDelete, (*Server).deleteReport, false},
	{http.MethodGet, cloudAnnotations, KindAnnotationList, (*Server).listAnnotations, false},
	{http.MethodPost, cloudAnnotations, KindAnnotationBulk, (*Server).bulkAnnotations, false},
	{http.MethodPut, cloudAnnotation, KindAnnotationPut, (*Server).putAnnotation, false},
	{http.MethodGet, cloudAnnotation, KindAnnotationGet, (*Server).getAnnotation, false},
	{http.MethodDelete, cloudAnnotation, KindAnnotationDelete, (*Server).deleteAnnotation, false},
	{http.MethodGet, cloudCommit, KindCommit, (*Server).getCommit, false},
	{http.MethodGet, cloudCommit + "/statuses", KindStatusList, (*Server).listStatuses, false},
	{http.MethodPost, cloudCommit + "/statuses/build", KindStatusPut, (*Server).createStatus, false},
	{http.MethodPut, cloudCommit + "/statuses/build/{key}", KindStatusPut, (*Server).updateStatus, false},
	{http.MethodGet, cloudCommit + "/statuses/build/{key}", KindStatusGet, (*Server).getStatus, false},
	{http.MethodGet, cloudPull, KindPullRequest, (*Server).getPullRequest, false},
	{http.MethodGet, cloudPull + "/comments", KindCommentList, (*Server).listComments, false},
	{http.MethodPost, cloudPull + "/comments", KindCommentCreate, (*Server).createComment, false},
	{http.MethodGet, cloudPull + "/comments/{comment}", KindCommentGet, (*Server).getComment, false},
	{http.MethodPut, cloudPull + "/comments/{comment}", KindCommentUpdate, (*Server).updateComment, false},
	{http.MethodDelete, cloudPull + "/comments/{comment}", KindCommentDelete, (*Server).deleteComment, false},
}

// demandJSON rejects a body without the JSON content type.
func demandJSON(c *call) (Answer, bool) {
	if mediaType(c.Request) == "application/json" {
		return Answer{}, true
	}
	return errorAnswer(c.route.dialect, http.StatusUnsupportedMediaType, "The content type must be application/json."), false
}

func (s *Server) getCommit(c *call) Answer {
	return jsonAnswer(http.StatusOK, map[string]any{"type": "commit", "hash": c.route.param["commit"]})
}
