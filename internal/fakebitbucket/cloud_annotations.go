package fakebitbucket

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// cloudAnnotationInput is an annotation in a Cloud request; nil is a field that was not sent.
type cloudAnnotationInput struct {
	ExternalID *string `json:"external_id"`
	Type       *string `json:"annotation_type"`
	Summary    *string `json:"summary"`
	Details    *string `json:"details"`
	Result     *string `json:"result"`
	Severity   *string `json:"severity"`
	Path       *string `json:"path"`
	Line       *int    `json:"line"`
	Link       *string `json:"link"`
}

type cloudAnnotationView struct {
	Type           string          `json:"type"`
	UUID           string          `json:"uuid"`
	ExternalID     string          `json:"external_id"`
	AnnotationType string          `json:"annotation_type"`
	Summary        string          `json:"summary"`
	Details        string          `json:"details,omitempty"`
	Result         string          `json:"result,omitempty"`
	Severity       string          `json:"severity,omitempty"`
	Path           string          `json:"path,omitempty"`
	Line           int             `json:"line,omitempty"`
	Link           string          `json:"link,omitempty"`
	CreatedOn      string          `json:"created_on"`
	UpdatedOn      string          `json:"updated_on"`
	Report         *cloudReportRef `json:"report,omitempty"`
}

// cloudReportRef is the reference to its report in a row of a list.
type cloudReportRef struct {
	UUID  string `json:"uuid"`
	Title string `json:"title"`
}

func viewCloudAnnotation(a Annotation) cloudAnnotationView {
	return cloudAnnotationView{
		Type: "report_annotation", UUID: a.UUID, ExternalID: a.ExternalID, AnnotationType: a.Type, Summary: a.Summary,
		Details: a.Details, Result: a.Result, Severity: a.Severity, Path: a.Path, Line: a.Line, Link: a.Link,
		CreatedOn: timestamp(a.CreatedOn), UpdatedOn: timestamp(a.UpdatedOn),
	}
}

func (s *Server) listAnnotations(c *call) Answer {
	found, key, ok := s.report(c)
	if !ok {
		return reportNotFound(key.id)
	}
	sorted := slices.Clone(found.annotations)
	slices.SortFunc(sorted, func(a, b Annotation) int { return cmp.Compare(a.UUID, b.UUID) })
	rows := make([]any, len(sorted))
	for i, a := range sorted {
		row := viewCloudAnnotation(a)
		row.Report = &cloudReportRef{found.UUID, found.Title}
		rows[i] = row
	}
	return s.page(c, rows)
}

func (s *Server) putAnnotation(c *call) Answer {
	if refusal, ok := demandJSON(c); !ok {
		return refusal
	}
	found, key, ok := s.report(c)
	if !ok {
		return reportNotFound(key.id)
	}
	id := c.route.param["annotation"]
	at := found.indexOf(id)
	if isUUID(id) {
		if at < 0 {
			return annotationNotFound(id)
		}
		id = found.annotations[at].ExternalID
	}
	var in cloudAnnotationInput
	if p := decodeBody(c.body, &in); p != nil {
		return badRequest(p.message)
	}
	if p := checkSameID(in.ExternalID, id); p != nil {
		return badRequest(p.message)
	}
	in.ExternalID = &id
	if at >= 0 && s.config.behaviour.PutMerges {
		in = mergeAnnotation(in, found.annotations[at])
	}
	a, p := s.readCloudAnnotation(in)
	if p != nil {
		return badRequest(p.message)
	}
	stored, fits := s.store(found, key, []Annotation{a})
	if !fits || len(stored) == 0 {
		return badRequest("The report cannot contain more than 1000 annotations.")
	}
	s.note(key, EventAnnotate, c.record.Number)
	status := http.StatusOK
	if at < 0 && s.config.behaviour.PutCreated {
		status = http.StatusCreated
	}
	return jsonAnswer(status, viewCloudAnnotation(stored[0]))
}

// mergeAnnotation fills missing fields of in from the stored annotation.
func mergeAnnotation(in cloudAnnotationInput, stored Annotation) cloudAnnotationInput {
	for _, field := range []struct {
		in     **string
		stored string
	}{
		{&in.Type, stored.Type}, {&in.Summary, stored.Summary}, {&in.Details, stored.Details}, {&in.Result, stored.Result},
		{&in.Severity, stored.Severity}, {&in.Path, stored.Path}, {&in.Link, stored.Link},
	} {
		if *field.in == nil && field.stored != "" {
			*field.in = &field.stored
		}
	}
	if in.Line == nil && stored.Line > 0 {
		in.Line = &stored.Line
	}
	return in
}

func (s *Server) getAnnotation(c *call) Answer {
	found, key, ok := s.report(c)
	if !ok {
		return reportNotFound(key.id)
	}
	at := found.indexOf(c.route.param["annotation"])
	if at < 0 {
		return annotationNotFound(c.route.param["annotation"])
	}
	return jsonAnswer(http.StatusOK, viewCloudAnnotation(found.annotations[at]))
}

func annotationNotFound(id string) Answer {
	return reportService(http.StatusNotFound, "annotation.not-found", "There is no annotation "+id+" in this report.")
}

func (s *Server) deleteAnnotation(c *call) Answer {
	found, key, ok := s.report(c)
	if !ok {
		return reportNotFound(key.id)
	}
	at := found.indexOf(c.route.param["annotation"])
	if at < 0 {
		return s.deletedNothing(c)
	}
	found.annotations = slices.Delete(found.annotations, at, at+1)
	s.note(key, EventPrune, c.record.Number)
	return emptyAnswer(http.StatusNoContent)
}

func (s *Server) readCloudAnnotation(in cloudAnnotationInput) (Annotation, *problem) {
	b := s.config.behaviour
	if p := first(
		s.checkID(in.ExternalID),
		checkRequired("annotation_type", in.Type), checkEnum("annotation_type", in.Type, annotationTypes),
		checkRequired("summary", in.Summary), checkText("summary", in.Summary, maxSummary),
		checkText("details", in.Details, maxDetails),
		checkEnum("severity", in.Severity, severities), checkEnum("result", in.Result, annotationResults),
		checkText("path", in.Path, 0), checkPath(in.Path, b.RootedPathsAllowed),
		checkLine(in.Line, b.LineZeroAllowed),
		checkLink("link", in.Link, b.LocalLinksAllowed),
	); p != nil {
		return Annotation{}, p
	}
	return in.annotation(), nil
}

// annotation returns the input as it is stored, unchecked.
func (in cloudAnnotationInput) annotation() Annotation {
	a := Annotation{
		ExternalID: text(in.ExternalID), Type: text(in.Type), Summary: text(in.Summary), Details: text(in.Details),
		Result: text(in.Result), Severity: text(in.Severity), Path: text(in.Path), Link: text(in.Link),
	}
	if in.Line != nil {
		a.Line = *in.Line
	}
	return a
}

func checkPath(path *string, rooted bool) *problem {
	if path != nil && !rooted && (*path == "" || strings.HasPrefix(*path, "/") || strings.HasPrefix(*path, "./")) {
		return &problem{"path", "The path field must be relative to the root of the repository."}
	}
	return nil
}

func checkLine(line *int, zero bool) *problem {
	if line == nil || *line >= 1 || *line == 0 && zero {
		return nil
	}
	return &problem{"line", "The line field must be greater than or equal to 1."}
}

func text(optional *string) string {
	if optional == nil {
		return ""
	}
	return *optional
}
