package fakebitbucket

import "strings"

// Kind names the operation of a request, from general to special with dots: "report.put" covers "report.put.pending" and
// "report.put.final". The empty kind covers everything.
type Kind string

// The kinds of both products.
const (
	KindReport        Kind = "report"
	KindReportList    Kind = "report.list"
	KindReportGet     Kind = "report.get"
	KindReportDelete  Kind = "report.delete"
	KindReportPut     Kind = "report.put"
	KindReportPending Kind = "report.put.pending" // a PUT without result, or with PENDING
	KindReportFinal   Kind = "report.put.final"   // a PUT with any other result

	KindAnnotation       Kind = "annotation"
	KindAnnotationList   Kind = "annotation.list"
	KindAnnotationBulk   Kind = "annotation.bulk"
	KindAnnotationGet    Kind = "annotation.get"
	KindAnnotationPut    Kind = "annotation.put"
	KindAnnotationDelete Kind = "annotation.delete"
	KindAnnotationClear  Kind = "annotation.clear" // Data Center: delete several or all of a report
	KindAnnotationQuery  Kind = "annotation.query" // Data Center: annotations of all reports of a commit

	KindToken Kind = "token"

	KindStatus     Kind = "status"
	KindStatusPut  Kind = "status.put" // created or updated, by POST or PUT
	KindStatusGet  Kind = "status.get"
	KindStatusList Kind = "status.list"

	KindPullRequest   Kind = "pullrequest"
	KindComment       Kind = "comment"
	KindCommentCreate Kind = "comment.create"
	KindCommentList   Kind = "comment.list"
	KindCommentGet    Kind = "comment.get"
	KindCommentUpdate Kind = "comment.update"
	KindCommentDelete Kind = "comment.delete"

	KindCommit  Kind = "commit"
	KindVersion Kind = "version" // Data Center: application-properties
	KindConnect Kind = "connect" // a request for a tunnel through the proxy
	KindUnknown Kind = "unknown" // no such path, or no such method on it
)

// Covers reports whether other is k or a special case of k.
func (k Kind) Covers(other Kind) bool {
	return k == "" || k == other || strings.HasPrefix(string(other), string(k)+".")
}

// Dialect is one of the two products.
type Dialect string

// The dialects.
const (
	Cloud      Dialect = "cloud"
	DataCenter Dialect = "datacenter"
)
