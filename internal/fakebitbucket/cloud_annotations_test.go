package fakebitbucket_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

func TestCloudBulk(t *testing.T) {
	t.Parallel()
	server, c := start(t)
	missing := c.want(404, "POST", annots, bulk(0, 1)).json(t)
	require.Equal(t, "report-service.report.not-found", missing["key"])

	c.want(200, "PUT", report, goodReport)
	var stored []map[string]any
	answer := c.want(200, "POST", annots, "["+
		annotation("b", `"details":"more","severity":"HIGH","result":"FAILED","path":"src/a.go","line":42,"link":"https://example.com"`)+","+annotation("a", "")+"]")
	require.NoError(t, json.Unmarshal([]byte(answer.body), &stored))
	require.Equal(t, "b", stored[0]["external_id"])
	require.Equal(t, "report_annotation", stored[0]["type"])
	require.Equal(t, 42.0, stored[0]["line"])
	require.NotContains(t, stored[1], "line")
	require.NotContains(t, stored[1], "severity")

	c.want(200, "POST", annots, "["+annotation("a", `"severity":"LOW"`)+"]")
	all := server.Annotations(commit, "sluice-security")
	require.Len(t, all, 2, "an upsert makes no duplicate")
	require.Equal(t, "LOW", all[0].Severity)
	require.Equal(t, fakebitbucket.Annotation{
		ExternalID: "b", UUID: all[1].UUID, Type: "VULNERABILITY", Summary: "A secret", Details: "more", Severity: "HIGH", Result: "FAILED",
		Path: "src/a.go", Line: 42, Link: "https://example.com", CreatedOn: all[1].CreatedOn, UpdatedOn: all[1].UpdatedOn,
	}, all[1])
	require.Len(t, server.RequestsOf(fakebitbucket.KindAnnotationBulk)[1].Annotations(), 2)
}

func TestCloudBulkOf101HasTheOldShape(t *testing.T) {
	t.Parallel()
	server, c := start(t)
	c.want(200, "PUT", report, goodReport)
	require.JSONEq(t, `{"code":400,"message":"Bulk upload supports a maximum of /100 annotations."}`, c.want(400, "POST", annots, bulk(0, 101)).body)
	require.Empty(t, server.Annotations(commit, "sluice-security"))
	c.want(200, "POST", annots, bulk(0, 100))
	require.Len(t, server.Annotations(commit, "sluice-security"), 100)
}

func TestCloudAnnotationRefusals(t *testing.T) {
	t.Parallel()
	server, c := start(t)
	c.want(200, "PUT", report, goodReport)
	summary := func(text string) string {
		return `{"external_id":"x","annotation_type":"BUG","summary":"` + text + `"}`
	}
	for name, test := range map[string]struct{ element, message string }{
		"no-external-id":    {`{"annotation_type":"BUG","summary":"s"}`, "The external_id field is required and cannot be empty."},
		"long-external-id":  {annotation(strings.Repeat("x", 451), ""), "The external_id field cannot contain more than 450 characters."},
		"slash-external-id": {annotation("a/b", ""), "The external_id field cannot contain a slash."},
		"no-type":           {`{"external_id":"x","summary":"s"}`, "The annotation_type field is required and cannot be empty."},
		"unknown-type":      {`{"external_id":"x","summary":"s","annotation_type":"SECRET"}`, "The annotation_type field must be one of VULNERABILITY, CODE_SMELL, BUG."},
		"no-summary":        {`{"external_id":"x","annotation_type":"BUG"}`, "The summary field is required and cannot be empty."},
		"empty-summary":     {summary(""), "The summary field is required and cannot be empty."},
		"long-summary":      {summary(strings.Repeat("x", 451)), "The summary field cannot contain more than 450 characters."},
		"emoji-summary":     {summary(strings.Repeat("x", 449) + "\U0001F600"), "The summary field cannot contain more than 450 characters."},
		"long-details":      {annotation("x", `"details":"`+strings.Repeat("x", 2001)+`"`), "The details field cannot contain more than 2000 characters."},
		"info-severity":     {annotation("x", `"severity":"INFO"`), "The severity field must be one of CRITICAL, HIGH, MEDIUM, LOW."},
		"pending-result":    {annotation("x", `"result":"PENDING"`), "The result field must be one of PASSED, FAILED, SKIPPED, IGNORED."},
		"line-zero":         {annotation("x", `"line":0`), "The line field must be greater than or equal to 1."},
		"line-negative":     {annotation("x", `"line":-1`), "The line field must be greater than or equal to 1."},
		"line-text":         {annotation("x", `"line":"1"`), "The line field has the wrong type: string."},
		"line-fraction":     {annotation("x", `"line":1.5`), "The line field has the wrong type: number 1.5."},
		"rooted-path":       {annotation("x", `"path":"/src/a.go"`), "The path field must be relative to the root of the repository."},
		"dotted-path":       {annotation("x", `"path":"./a.go"`), "The path field must be relative to the root of the repository."},
		"empty-path":        {annotation("x", `"path":""`), "The path field must be relative to the root of the repository."},
		"mailto-link":       {annotation("x", `"link":"mailto:a@example.com"`), "The link field must be a valid HTTP or HTTPS URL."},
		"local-link":        {annotation("x", `"link":"http://a.localhost"`), "The link field must be a public URL."},
		"repeated-id":       {annotation("ok", ""), "The external_id ok is repeated in the request."},
		"null":              {`null`, "The external_id field is required and cannot be empty."},
		"string":            {`"x"`, "The root field has the wrong type: string."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.want(400, "POST", annots, "["+annotation("ok", "")+","+test.element+"]").json(t)
			require.Equal(t, "report-service.general.bad-request", got["key"])
			require.Equal(t, test.message, got["message"])
		})
	}
	t.Cleanup(func() { require.Empty(t, server.Annotations(commit, "sluice-security"), "a bulk is rejected whole") })
	c.want(400, "POST", annots, `{"annotations":[]}`)
	c.want(400, "POST", annots, `[]`)
	c.want(400, "POST", annots, `[`)
}

func TestCloudAnnotation1001(t *testing.T) {
	t.Parallel()
	for name, drops := range map[string]bool{"rejects": false, "drops": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, c := start(t, fakebitbucket.WithBehaviour(fakebitbucket.Behaviour{OverLimitDrops: drops}))
			c.want(200, "PUT", report, goodReport)
			for from := 0; from < 950; from += 95 {
				c.want(200, "POST", annots, bulk(from, 95))
			}
			status, count := 400, 950
			if drops {
				status, count = 200, 1000
			}
			c.want(status, "POST", annots, bulk(950, 51))
			require.Len(t, server.Annotations(commit, "sluice-security"), count)
			c.want(200, "POST", annots, bulk(950, 50))
			require.Len(t, server.Annotations(commit, "sluice-security"), 1000)
			c.want(200, "POST", annots, bulk(0, 100))
			single := c.want(400, "PUT", annots+"/one-more", annotation("one-more", "")).json(t)
			require.Equal(t, "The report cannot contain more than 1000 annotations.", single["message"])
		})
	}
}

func TestCloudBehaviourOfAnnotations(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		behaviour fakebitbucket.Behaviour
		body      string
		status    int
		ids       []string
	}{
		"duplicates-allowed": {fakebitbucket.Behaviour{DuplicatesAllowed: true}, "[" + annotation("a", "") + "," + annotation("a", `"severity":"LOW"`) + "]", 200, []string{"a"}},
		"bulk-partial":       {fakebitbucket.Behaviour{BulkPartial: true}, "[" + annotation("a", "") + "," + annotation("b", `"line":-1`) + "," + annotation("c", "") + "]", 400, []string{"a", "c"}},
		"line-zero":          {fakebitbucket.Behaviour{LineZeroAllowed: true}, "[" + annotation("a", `"line":0`) + "]", 200, []string{"a"}},
		"rooted-path":        {fakebitbucket.Behaviour{RootedPathsAllowed: true}, "[" + annotation("a", `"path":"/a"`) + "]", 200, []string{"a"}},
		"local-links":        {fakebitbucket.Behaviour{LocalLinksAllowed: true}, "[" + annotation("a", `"link":"http://localhost"`) + "]", 200, []string{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, c := start(t, fakebitbucket.WithBehaviour(test.behaviour))
			c.want(200, "PUT", report, goodReport)
			c.want(test.status, "POST", annots, test.body)
			var ids []string
			for _, a := range server.Annotations(commit, "sluice-security") {
				ids = append(ids, a.ExternalID)
			}
			require.Equal(t, test.ids, ids)
		})
	}
}

func TestCloudSingleAnnotation(t *testing.T) {
	t.Parallel()
	server, c := start(t)
	one := annots + "/id-1"
	c.want(404, "PUT", one, annotation("id-1", ""))
	c.want(404, "GET", one, "")
	c.want(404, "DELETE", one, "")
	c.want(200, "PUT", report, goodReport)
	require.Equal(t, "report-service.annotation.not-found", c.want(404, "GET", one, "").json(t)["key"])

	stored := c.want(200, "PUT", one, `{"annotation_type":"BUG","summary":"s","line":7}`).json(t)
	require.Equal(t, "id-1", stored["external_id"])
	byUUID := annots + "/" + url.PathEscape(stored["uuid"].(string))
	require.Equal(t, stored, c.want(200, "GET", byUUID, "").json(t))
	c.want(200, "PUT", byUUID, `{"annotation_type":"BUG","summary":"changed"}`)
	require.Equal(t, "changed", c.want(200, "GET", one, "").json(t)["summary"])
	c.want(400, "PUT", one, annotation("id-2", ""))
	c.want(400, "PUT", one, annotation("id-1", `"line":0`))

	c.want(204, "DELETE", byUUID, "")
	c.want(204, "DELETE", one, "")
	server.Set(fakebitbucket.WithBehaviour(fakebitbucket.Behaviour{DeleteMissing: 404}))
	c.want(404, "DELETE", one, "")
	require.Empty(t, server.Annotations(commit, "sluice-security"))
	require.False(t, server.EverMissing(commit, "sluice-security"))
}

func TestCloudSingleAnnotationMerges(t *testing.T) {
	t.Parallel()
	server, c := start(t, fakebitbucket.WithBehaviour(fakebitbucket.Behaviour{PutMerges: true, PutCreated: true}))
	c.want(201, "PUT", report, goodReport)
	c.want(201, "PUT", annots+"/a", annotation("a", `"line":7,"path":"a.go"`))
	c.want(200, "PUT", annots+"/a", `{"severity":"LOW"}`)
	got := server.Annotations(commit, "sluice-security")[0]
	require.Equal(t, fakebitbucket.Annotation{
		ExternalID: "a", UUID: got.UUID, Type: "VULNERABILITY", Summary: "A secret", Severity: "LOW", Path: "a.go", Line: 7,
		CreatedOn: got.CreatedOn, UpdatedOn: got.UpdatedOn,
	}, got)
}

func TestCloudPaging(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	c.want(200, "PUT", report, goodReport)
	for from := 0; from < 250; from += 50 {
		c.want(200, "POST", annots, bulk(from, 50))
	}
	first := c.want(200, "GET", annots, "").json(t)
	require.Equal(t, []any{1.0, 10.0, 250.0}, []any{first["page"], first["pagelen"], first["size"]})
	require.NotContains(t, first, "previous")
	require.Equal(t, "https://api.bitbucket.org"+annots+"?page=2&pagelen=10", first["next"])
	row := first["values"].([]any)[0].(map[string]any)
	require.Equal(t, "Sluice", row["report"].(map[string]any)["title"])

	seen := map[string]bool{}
	pages, path := 0, annots+"?pagelen=100"
	for path != "" {
		page := c.want(200, "GET", path, "").json(t)
		for _, row := range page["values"].([]any) {
			seen[row.(map[string]any)["external_id"].(string)] = true
		}
		next, _ := page["next"].(string)
		path = strings.TrimPrefix(next, "https://api.bitbucket.org")
		pages++
	}
	require.Equal(t, 3, pages)
	require.Len(t, seen, 250)

	require.Empty(t, c.want(200, "GET", annots+"?page=26", "").json(t)["values"])
	c.want(400, "GET", annots+"?pagelen=101", "")
	c.want(400, "GET", annots+"?pagelen=0", "")
	c.want(400, "GET", annots+"?page=x", "")
}

func TestCloudPagingSwitches(t *testing.T) {
	t.Parallel()
	server, c := start(t, fakebitbucket.WithBehaviour(fakebitbucket.Behaviour{PagelenClamped: true}))
	server.Set(fakebitbucket.WithLinkBase(c.base + "/"))
	for i := range 12 {
		c.want(200, "PUT", fmt.Sprintf("%s/report-%d", reports, i), goodReport)
	}
	require.Equal(t, 100.0, c.want(200, "GET", reports+"?pagelen=500", "").json(t)["pagelen"])
	next := c.want(200, "GET", reports, "").json(t)["next"].(string)
	require.Len(t, c.want(200, "GET", next, "").json(t)["values"], 2)
}

func FuzzCloudBodies(f *testing.F) {
	f.Add("["+annotation("a", `"line":3`)+"]", goodReport)
	f.Add(bulk(0, 2), doneReport)
	f.Add(`[{"external_id":null}]`, `{"title":"t","details":"d","report_type":"BUG","data":[{"title":"T","type":"LINK","value":{"text":"x","href":"https://example.com"}}]}`)
	f.Add(`[[]]`, `{"data":[{"value":1e999}]}`)
	f.Add("\xff", `{}`)
	f.Fuzz(func(t *testing.T, bulkBody, reportBody string) {
		server := fakebitbucket.New(fakebitbucket.WithDataCenter(""))
		c := client{t, "https://api.bitbucket.org", httpClient(server.Transport())}
		json := []string{"Content-Type", "application/json"}
		c.want(200, "PUT", report, goodReport)
		for _, r := range []reply{
			c.do("PUT", reports+"/fuzz", reportBody, json...), c.do("POST", annots, bulkBody, json...), c.do("PUT", annots+"/x", bulkBody, json...),
		} {
			require.Contains(t, []int{200, 400}, r.status)
		}
		root := func(path string) string { return "https://git.example.com" + strings.TrimPrefix(path, "/bitbucket") }
		c.want(200, "PUT", root(dcReport), goodDC)
		for _, r := range []reply{
			c.do("PUT", root(dcBase)+"/reports/fuzz", reportBody, json...), c.do("POST", root(dcAnnots), bulkBody, json...),
			c.do("POST", root(dcAnnots), `{"annotations":`+bulkBody+`}`, json...),
		} {
			require.Contains(t, []int{200, 204, 400}, r.status)
		}
		for _, a := range server.Annotations(commit, "sluice-security") {
			require.NotEmpty(t, a.ExternalID)
			require.NotEmpty(t, a.Summary)
			require.GreaterOrEqual(t, a.Line, 0)
		}
		require.NotEmpty(t, server.Dump())
	})
}
