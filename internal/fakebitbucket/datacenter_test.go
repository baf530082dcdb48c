package fakebitbucket_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

func startDC(t *testing.T, options ...fakebitbucket.Option) (*fakebitbucket.Server, client) {
	t.Helper()
	return start(t, append([]fakebitbucket.Option{fakebitbucket.WithDataCenter("/bitbucket")}, options...)...)
}

var noCheck = []string{"X-Atlassian-Token", "no-check"}

// dcMessage requires the errors[] shape and returns its only message.
func dcMessage(t *testing.T, r reply) string {
	t.Helper()
	list := r.json(t)["errors"].([]any)
	require.Len(t, list, 1)
	entry := list[0].(map[string]any)
	require.Contains(t, entry, "context")
	require.Contains(t, entry, "exceptionName")
	return entry["message"].(string)
}

func TestDataCenterReportLifecycle(t *testing.T) {
	t.Parallel()
	server, c := startDC(t)
	dcMessage(t, c.want(404, "GET", dcReport, ""))
	c.want(200, "PUT", dcReport, `{"title":"Sluice","details":"d","reporter":"sluice","result":"FAIL","link":"http://localhost:8080/x","logoUrl":"https://example.com/l.png",
		"data":[{"title":"Report","type":"LINK","value":{"linktext":"Open","href":"https://example.com"}}]}`)
	got := c.want(200, "GET", dcReport, "").json(t)
	require.Equal(t, "io.sluice", got["key"])
	require.Equal(t, "https://example.com/l.png", got["logoUrl"])
	require.NotContains(t, got, "report_type")
	c.want(200, "PUT", dcReport, `{"title":"Sluice","result":"PASS"}`)
	stored, ok := server.Report(commit, "io.sluice")
	require.True(t, ok)
	require.Equal(t, "SHOP/web", stored.Repository)
	require.Empty(t, stored.Details, "PUT replaces")
	require.Equal(t, []string{"FAIL", "PASS"}, server.States(commit, "io.sluice"))
	require.Equal(t, 2, server.Count(fakebitbucket.KindReportFinal))

	for i := range 30 {
		c.want(200, "PUT", fmt.Sprintf("%s/reports/key-%02d", dcBase, i), goodDC)
	}
	page := c.want(200, "GET", dcBase+"/reports?start=25", "").json(t)
	require.Equal(t, []any{6.0, 25.0, 25.0, true, nil}, []any{page["size"], page["limit"], page["start"], page["isLastPage"], page["nextPageStart"]})
	page = c.want(200, "GET", dcBase+"/reports?limit=10", "").json(t)
	require.Equal(t, []any{false, 10.0}, []any{page["isLastPage"], page["nextPageStart"]})
	c.want(400, "GET", dcBase+"/reports?limit=x", "")

	require.Equal(t, "XSRF check failed", c.want(403, "DELETE", dcReport, "").body)
	c.want(204, "DELETE", dcReport, "", noCheck...)
	c.want(204, "DELETE", dcReport, "", noCheck...)
	server.Set(fakebitbucket.WithBehaviour(fakebitbucket.Behaviour{DeleteMissing: 404}))
	c.want(404, "DELETE", dcReport, "", noCheck...)
}

func TestDataCenterReportRefusals(t *testing.T) {
	t.Parallel()
	_, c := startDC(t)
	for name, test := range map[string]struct{ body, message string }{
		"no-title":       {`{"result":"PASS"}`, "The title field is required and cannot be empty."},
		"cloud-result":   {`{"title":"t","result":"PASSED"}`, "The result field must be one of PASS, FAIL."},
		"pending":        {`{"title":"t","result":"PENDING"}`, "The result field must be one of PASS, FAIL."},
		"seven-data":     {`{"title":"t","data":[` + strings.Repeat(`{"title":"T","value":1},`, 6) + `{"title":"T","value":1}]}`, "The data field cannot contain more than 6 items."},
		"cloud-link":     {`{"title":"t","data":[{"title":"T","type":"LINK","value":{"text":"x","href":"https://example.com"}}]}`, `The value of the LINK "T" must be an object with linktext and href.`},
		"invalid-link":   {`{"title":"t","link":"example.com"}`, "The link field must be a valid HTTP or HTTPS URL."},
		"long-details":   {`{"title":"t","details":"` + strings.Repeat("x", 2001) + `"}`, "The details field cannot contain more than 2000 characters."},
		"wrong-case-url": {`{"title":"t","logoURL":"https://example.com"}`, "The logoURL field is unknown."},
		"no-json":        {`x`, "The request body is not valid JSON."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := c
			c.t = t
			require.Equal(t, test.message, dcMessage(t, c.want(400, "PUT", dcReport, test.body)))
		})
	}
	dcMessage(t, c.want(400, "PUT", strings.Replace(dcReport, commit, commit[:12], 1), goodDC))
	dcMessage(t, c.want(400, "PUT", dcBase+"/reports/"+strings.Repeat("k", 51), goodDC))
	c.want(200, "PUT", dcBase+"/reports/"+strings.Repeat("k", 50), goodDC)
	c.want(415, "PUT", dcReport, goodDC, "Content-Type", "text/plain")
}

func TestDataCenterPaths(t *testing.T) {
	t.Parallel()
	server, c := startDC(t, fakebitbucket.WithDataCenterVersion("8.19.1"))
	c.want(200, "PUT", strings.Replace(dcReport, "latest", "1.0", 1), goodDC)
	c.want(200, "GET", dcReport, "")
	c.want(200, "PUT", "/bitbucket/rest/insights/latest/projects/P/repos/1.0/commits/"+commit+"/reports/k", goodDC)
	c.want(405, "GET", strings.TrimPrefix(dcReport, "/bitbucket"), "")
	require.Contains(t, c.do("POST", dcReport, goodDC).header.Get("Allow"), "PUT")
	for _, path := range []string{"/bitbucket/rest/api/1.0/application-properties", "/bitbucket/rest/api/latest/application-properties"} {
		require.Equal(t, "8.19.1", c.want(200, "GET", path, "").json(t)["version"])
	}
	require.Equal(t, 2, server.Count(fakebitbucket.KindVersion))

	_, root := start(t, fakebitbucket.WithDataCenter("/"))
	root.want(200, "PUT", strings.TrimPrefix(dcReport, "/bitbucket"), goodDC)
	_, cloudOnly := start(t)
	cloudOnly.want(405, "GET", dcReport, "")
}

func TestDataCenterAnnotations(t *testing.T) {
	t.Parallel()
	server, c := startDC(t)
	dcMessage(t, c.want(404, "POST", dcAnnots, dcBulk(0, 1)))
	dcMessage(t, c.want(404, "GET", dcAnnots, ""))
	c.want(200, "PUT", dcReport, goodDC)

	answer := c.want(204, "POST", dcAnnots, `{"annotations":[{"externalId":"a","message":"m","severity":"HIGH","path":"a.go","line":0,"type":"BUG","link":"https://example.com"},
		{"message":"without id","severity":"LOW"}]}`)
	require.Empty(t, answer.body)
	c.want(204, "POST", dcAnnots, `{"annotations":[{"externalId":"a","message":"again","severity":"MEDIUM","path":"b.go","line":3}]}`)
	list := c.want(200, "GET", dcAnnots, "").json(t)
	require.Len(t, list["annotations"], 3, "nothing is de-duplicated")
	require.NotContains(t, list, "next")
	require.Equal(t, map[string]any{
		"reportKey": "io.sluice", "externalId": "a", "message": "m", "severity": "HIGH", "path": "a.go", "line": 0.0, "type": "BUG", "link": "https://example.com",
	}, list["annotations"].([]any)[0])

	c.want(204, "PUT", dcAnnots+"/a", `{"message":"first of two","severity":"LOW"}`)
	c.want(204, "PUT", dcAnnots+"/new", `{"message":"n","severity":"LOW"}`)
	c.want(400, "PUT", dcAnnots+"/new", `{"message":"n","severity":"CRITICAL"}`)
	var summaries []string
	for _, a := range server.Annotations(commit, "io.sluice") {
		summaries = append(summaries, a.ExternalID+" "+a.Summary)
	}
	require.Equal(t, []string{" without id", "a first of two", "a again", "new n"}, summaries)

	c.want(200, "PUT", dcBase+"/reports/other", goodDC)
	c.want(204, "POST", dcBase+"/reports/other/annotations", dcBulk(0, 1))
	for query, count := range map[string]int{
		"": 5, "?key=other": 1, "?externalId=a": 2, "?externalId=a&externalId=new": 3, "?path=b.go": 1,
		"?severity=LOW": 3, "?type=BUG": 0, "?key=io.sluice&severity=MEDIUM": 1,
	} {
		require.Len(t, c.want(200, "GET", dcBase+"/annotations"+query, "").json(t)["annotations"], count, query)
	}

	c.want(403, "DELETE", dcAnnots, "")
	c.want(204, "DELETE", dcAnnots+"?externalId=a&externalId=new", "", noCheck...)
	require.Len(t, server.Annotations(commit, "io.sluice"), 1)
	c.want(204, "DELETE", dcAnnots, "", noCheck...)
	require.Empty(t, server.Annotations(commit, "io.sluice"))
	c.want(404, "DELETE", dcBase+"/reports/none/annotations", "", noCheck...)
}

func TestDataCenterAnnotationRefusals(t *testing.T) {
	t.Parallel()
	server, c := startDC(t)
	c.want(200, "PUT", dcReport, goodDC)
	for name, test := range map[string]struct{ element, message string }{
		"no-message":       {`{"severity":"LOW"}`, "The message field is required and cannot be empty."},
		"long-message":     {`{"message":"` + strings.Repeat("x", 2001) + `","severity":"LOW"}`, "The message field cannot contain more than 2000 characters."},
		"no-severity":      {`{"message":"m"}`, "The severity field is required and cannot be empty."},
		"critical":         {`{"message":"m","severity":"CRITICAL"}`, "The severity field must be one of HIGH, MEDIUM, LOW."},
		"line-negative":    {`{"message":"m","severity":"LOW","line":-1}`, "The line field cannot be negative."},
		"long-external-id": {`{"message":"m","severity":"LOW","externalId":"` + strings.Repeat("x", 450) + `"}`, "The externalId field cannot contain more than 449 characters."},
		"unknown-type":     {`{"message":"m","severity":"LOW","type":"SECRET"}`, "The type field must be one of VULNERABILITY, CODE_SMELL, BUG."},
		"not-an-object":    {`7`, "The root field has the wrong type: number."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := c
			c.t = t
			got := c.want(400, "POST", dcAnnots, `{"annotations":[{"message":"ok","severity":"LOW"},`+test.element+`]}`)
			require.Equal(t, test.message, dcMessage(t, got))
		})
	}
	t.Cleanup(func() { require.Empty(t, server.Annotations(commit, "io.sluice")) })
	require.Equal(t, "The annotations field is required.", dcMessage(t, c.want(400, "POST", dcAnnots, `{}`)))
	c.want(400, "POST", dcAnnots, `[]`)
}

func TestDataCenterLimit(t *testing.T) {
	t.Parallel()
	server, c := startDC(t)
	c.want(200, "PUT", dcReport, goodDC)
	c.want(413, "POST", dcAnnots, dcBulk(0, 1001))
	c.want(204, "POST", dcAnnots, dcBulk(0, 1000))
	require.Equal(t, "The report cannot contain more than 1000 annotations.", dcMessage(t, c.want(413, "POST", dcAnnots, dcBulk(0, 1))))
	c.want(413, "PUT", dcAnnots+"/new", `{"message":"n","severity":"LOW"}`)
	require.Len(t, server.Annotations(commit, "io.sluice"), 1000)
	server.Set(fakebitbucket.WithDataCenterLimit(1001))
	c.want(204, "POST", dcAnnots, dcBulk(0, 1))
}

func TestDataCenterAuthors(t *testing.T) {
	t.Parallel()
	_, c := startDC(t, fakebitbucket.WithBearer("me", "REPO_READ"), fakebitbucket.WithBasic("you", "word"))
	me, you := []string{"Authorization", "Bearer me"}, []string{"Authorization", basic("you", "word")}
	dcMessage(t, c.want(401, "PUT", dcReport, goodDC))
	c.want(200, "PUT", dcReport, goodDC, me...)
	c.want(200, "GET", dcReport, "", you...)
	dcMessage(t, c.want(401, "PUT", dcReport, goodDC, you...))
	dcMessage(t, c.want(401, "POST", dcAnnots, dcBulk(0, 1), you...))
	c.want(401, "DELETE", dcReport, "", append(you, noCheck...)...)
	c.want(401, "DELETE", dcAnnots, "", append(you, noCheck...)...)
	c.want(204, "POST", dcAnnots, dcBulk(0, 1), me...)
}

func TestDataCenterBuilds(t *testing.T) {
	t.Parallel()
	server, c := startDC(t)
	const builds = "/bitbucket/rest/api/latest/projects/SHOP/repos/web/commits/" + commit + "/builds"
	c.want(204, "POST", builds, `{"key":"`+strings.Repeat("k", 255)+`","state":"UNKNOWN","url":"http://ci.internal/1"}`)
	c.want(204, "POST", builds, `{"key":"sluice","state":"INPROGRESS","url":"http://ci.internal/1"}`)
	c.want(204, "POST", builds, `{"key":"sluice","state":"CANCELLED","url":"http://ci.internal/1","ref":"refs/heads/main"}`)
	require.Equal(t, "CANCELLED", c.want(200, "GET", builds+"?key=sluice", "").json(t)["state"])
	c.want(404, "GET", builds+"?key=none", "")
	c.want(400, "POST", builds, `{"key":"`+strings.Repeat("k", 256)+`","state":"FAILED","url":"http://ci.internal/1"}`)
	c.want(400, "POST", builds, `{"key":"k","state":"STOPPED","url":"http://ci.internal/1"}`)
	c.want(400, "POST", builds, `{"key":"k","state":"FAILED","url":"http://ci.internal/`+strings.Repeat("x", 450)+`"}`)
	require.Len(t, server.Statuses(commit), 2)
}

func TestDataCenterComments(t *testing.T) {
	t.Parallel()
	server, c := startDC(t, fakebitbucket.WithPullRequests(pull))
	const pr = "/bitbucket/rest/api/latest/projects/SHOP/repos/web/pull-requests/7"
	require.Equal(t, commit, c.want(200, "GET", pr, "").json(t)["fromRef"].(map[string]any)["latestCommit"])
	c.want(201, "POST", pr+"/comments", `{"text":"one"}`)
	c.want(201, "POST", pr+"/comments", `{"text":"two"}`)
	c.want(400, "POST", pr+"/comments", `{"content":{"raw":"x"}}`)
	c.want(404, "POST", strings.Replace(pr, "/7", "/8", 1)+"/comments", `{"text":"one"}`)

	page := c.want(200, "GET", pr+"/activities", "").json(t)
	require.Equal(t, 2.0, page["size"])
	newest := page["values"].([]any)[0].(map[string]any)
	require.Equal(t, "COMMENTED", newest["action"])
	require.Equal(t, "two", newest["comment"].(map[string]any)["text"])

	c.want(200, "PUT", pr+"/comments/1", `{"text":"changed","version":0}`)
	c.want(409, "PUT", pr+"/comments/1", `{"text":"changed","version":0}`)
	c.want(409, "PUT", pr+"/comments/1", `{"text":"changed"}`)
	require.Equal(t, 1.0, c.want(200, "GET", pr+"/comments/1", "").json(t)["version"])
	c.want(404, "PUT", pr+"/comments/9", `{"text":"x","version":0}`)
	c.want(403, "DELETE", pr+"/comments/1?version=1", "")
	c.want(409, "DELETE", pr+"/comments/1?version=0", "", noCheck...)
	c.want(204, "DELETE", pr+"/comments/1?version=1", "", noCheck...)
	require.Equal(t, 1.0, c.want(200, "GET", pr+"/activities", "").json(t)["size"])
	require.True(t, server.Comments(7)[0].Deleted)
}
