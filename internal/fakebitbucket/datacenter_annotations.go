package fakebitbucket

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// maxDataCenterID is the longest external id on Data Center: fewer than 450.
const maxDataCenterID = 449

type dataCenterAnnotationInput struct {
	ExternalID *string `json:"externalId"`
	Message    *string `json:"message"`
	Severity   *string `json:"severity"`
	Path       *string `json:"path"`
	Line       *int    `json:"line"`
	Type       *string `json:"type"`
	Link       *string `json:"link"`
}

type dataCenterAnnotationView struct {
	ReportKey  string `json:"reportKey"`
	ExternalID string `json:"externalId,omitempty"`
	Message    string `json:"message"`
	Severity   string `json:"severity"`
	Path       string `json:"path,omitempty"`
	Line       int    `json:"line"`
	Type       string `json:"type,omitempty"`
	Link       string `json:"link,omitempty"`
}

func viewDataCenterAnnotation(key string, a Annotation) dataCenterAnnotationView {
	return dataCenterAnnotationView{key, a.ExternalID, a.Summary, a.Severity, a.Path, a.Line, a.Type, a.Link}
}

func readDataCenterAnnotation(in dataCenterAnnotationInput) (Annotation, *problem) {
	if p := first(
		checkText("externalId", in.ExternalID, maxDataCenterID),
		checkRequired("message", in.Message), checkText("message", in.Message, maxDetails),
		checkRequired("severity", in.Severity), checkEnum("severity", in.Severity, dataCenterSeverities),
		checkText("path", in.Path, 0), checkEnum("type", in.Type, annotationTypes), checkLink("link", in.Link, true),
	); p != nil {
		return Annotation{}, p
	}
	if in.Line != nil && *in.Line < 0 {
		return Annotation{}, &problem{"line", "The line field cannot be negative."}
	}
	return in.annotation(), nil
}

// annotation returns the input as it is stored, unchecked.
func (in dataCenterAnnotationInput) annotation() Annotation {
	a := Annotation{
		ExternalID: text(in.ExternalID), Summary: text(in.Message), Severity: text(in.Severity),
		Path: text(in.Path), Type: text(in.Type), Link: text(in.Link),
	}
	if in.Line != nil {
		a.Line = *in.Line
	}
	return a
}

// addDataCenterAnnotations appends every valid annotation: the server does not compare external ids.
func (s *Server) addDataCenterAnnotations(c *call) Answer {
	if refusal, ok := demandJSON(c); !ok {
		return refusal
	}
	found, key, ok := s.report(c)
	if !ok {
		return dataCenterReportNotFound(key)
	}
	if refusal, ok := demandAuthor(c, found); !ok {
		return refusal
	}
	var in struct {
		Annotations *[]json.RawMessage `json:"annotations"`
	}
	if p := decodeBody(c.body, &in); p != nil {
		return dataCenterProblem(p)
	}
	if in.Annotations == nil {
		return dataCenterProblem(&problem{"annotations", "The annotations field is required."})
	}
	if len(found.annotations)+len(*in.Annotations) > s.config.dataCenterLimit {
		return s.tooManyForDataCenter()
	}
	added := make([]Annotation, 0, len(*in.Annotations))
	for _, element := range *in.Annotations {
		var one dataCenterAnnotationInput
		if p := decodeBody(element, &one); p != nil {
			return dataCenterProblem(p)
		}
		a, p := readDataCenterAnnotation(one)
		if p != nil {
			return dataCenterProblem(p)
		}
		added = append(added, s.stamp(key, a, len(found.annotations)+len(added)))
	}
	found.annotations = append(found.annotations, added...)
	s.note(key, EventAnnotate, c.record.Number)
	return emptyAnswer(http.StatusNoContent)
}

func (s *Server) tooManyForDataCenter() Answer {
	return dataCenterError(http.StatusRequestEntityTooLarge, "",
		"The report cannot contain more than "+strconv.Itoa(s.config.dataCenterLimit)+" annotations.")
}

func (s *Server) stamp(key reportKey, a Annotation, index int) Annotation {
	now := s.config.now().UTC()
	a.UUID = uuidOf("annotation", string(DataCenter), key.repository, key.commit, key.id, a.ExternalID, strconv.Itoa(index))
	a.CreatedOn, a.UpdatedOn = now, now
	return a
}

func (s *Server) putDataCenterAnnotation(c *call) Answer {
	if refusal, ok := demandJSON(c); !ok {
		return refusal
	}
	found, key, ok := s.report(c)
	if !ok {
		return dataCenterReportNotFound(key)
	}
	if refusal, ok := demandAuthor(c, found); !ok {
		return refusal
	}
	var in dataCenterAnnotationInput
	if p := decodeBody(c.body, &in); p != nil {
		return dataCenterProblem(p)
	}
	id := c.route.param["annotation"]
	in.ExternalID = &id
	a, p := readDataCenterAnnotation(in)
	if p != nil {
		return dataCenterProblem(p)
	}
	at := slices.IndexFunc(found.annotations, func(a Annotation) bool { return a.ExternalID == id })
	switch {
	case at >= 0:
		created := found.annotations[at].CreatedOn
		found.annotations[at] = s.stamp(key, a, at)
		found.annotations[at].CreatedOn = created
	case len(found.annotations) >= s.config.dataCenterLimit:
		return s.tooManyForDataCenter()
	default:
		found.annotations = append(found.annotations, s.stamp(key, a, len(found.annotations)))
	}
	s.note(key, EventAnnotate, c.record.Number)
	return emptyAnswer(http.StatusNoContent)
}

func (s *Server) listDataCenterAnnotations(c *call) Answer {
	found, key, ok := s.report(c)
	if !ok {
		return dataCenterReportNotFound(key)
	}
	rows := make([]dataCenterAnnotationView, len(found.annotations))
	for i, a := range found.annotations {
		rows[i] = viewDataCenterAnnotation(key.id, a)
	}
	return jsonAnswer(http.StatusOK, map[string]any{"annotations": rows})
}

// clearDataCenterAnnotations deletes the annotations with the given external ids, or all if none is given.
func (s *Server) clearDataCenterAnnotations(c *call) Answer {
	if refusal, ok := demandNoCheck(c); !ok {
		return refusal
	}
	found, key, ok := s.report(c)
	if !ok {
		return dataCenterReportNotFound(key)
	}
	if refusal, ok := demandAuthor(c, found); !ok {
		return refusal
	}
	ids, some := c.URL.Query()["externalId"]
	found.annotations = slices.DeleteFunc(found.annotations, func(a Annotation) bool {
		return !some || slices.Contains(ids, a.ExternalID)
	})
	s.note(key, EventPrune, c.record.Number)
	return emptyAnswer(http.StatusNoContent)
}

func (s *Server) queryDataCenterAnnotations(c *call) Answer {
	query := c.URL.Query()
	all := s.reportsOf(DataCenter, c.repository(), c.route.param["commit"])
	slices.SortFunc(all, func(a, b *report) int { return a.CreatedOn.Compare(b.CreatedOn) })
	rows := []dataCenterAnnotationView{}
	for _, r := range all {
		for _, a := range r.annotations {
			if asked(query, "key", r.ExternalID) && asked(query, "externalId", a.ExternalID) && asked(query, "path", a.Path) &&
				asked(query, "severity", a.Severity) && asked(query, "type", a.Type) {
				rows = append(rows, viewDataCenterAnnotation(r.ExternalID, a))
			}
		}
	}
	return jsonAnswer(http.StatusOK, map[string]any{"annotations": rows})
}

// asked reports whether a repeatable query parameter includes value; a missing parameter includes every value.
func asked(query url.Values, parameter, value string) bool {
	wanted, given := query[parameter]
	return !given || slices.Contains(wanted, value)
}
