package fakebitbucket

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

func (s *Server) bulkAnnotations(c *call) Answer {
	if refusal, ok := demandJSON(c); !ok {
		return refusal
	}
	found, key, ok := s.report(c)
	if !ok {
		return reportNotFound(key.id)
	}
	var elements []json.RawMessage
	if p := decodeBody(c.body, &elements); p != nil {
		return badRequest(p.message)
	}
	switch {
	case len(elements) == 0:
		return badRequest("The annotations are missing: send an array of 1 to 100.")
	case len(elements) > maxBulk:
		return tooManyInBulk()
	}
	valid, p := s.readBulk(elements)
	if p != nil && !s.config.behaviour.BulkPartial {
		return badRequest(p.message)
	}
	stored, fits := s.store(found, key, valid)
	if !fits {
		return badRequest("The report cannot contain more than 1000 annotations.")
	}
	s.note(key, EventAnnotate, c.record.Number)
	if p != nil {
		return badRequest(p.message)
	}
	views := make([]cloudAnnotationView, len(stored))
	for i, a := range stored {
		views[i] = viewCloudAnnotation(a)
	}
	return jsonAnswer(http.StatusOK, views)
}

// readBulk returns the valid elements of a bulk request and the first problem of the others.
func (s *Server) readBulk(elements []json.RawMessage) ([]Annotation, *problem) {
	var problems []*problem
	var valid []Annotation
	at := map[string]int{}
	for _, element := range elements {
		var in cloudAnnotationInput
		if p := decodeBody(element, &in); p != nil {
			problems = append(problems, p)
			continue
		}
		a, p := s.readCloudAnnotation(in)
		if p != nil {
			problems = append(problems, p)
			continue
		}
		before, repeated := at[a.ExternalID]
		switch {
		case repeated && s.config.behaviour.DuplicatesAllowed:
			valid[before] = a
		case repeated:
			problems = append(problems, &problem{"external_id", "The external_id " + a.ExternalID + " is repeated in the request."})
		default:
			at[a.ExternalID] = len(valid)
			valid = append(valid, a)
		}
	}
	return valid, first(problems...)
}

// store adds or replaces annotations by external id and returns them as stored. It stores nothing and returns false if
// the report would have too many, unless the surplus is to be dropped.
func (s *Server) store(into *report, key reportKey, annotations []Annotation) ([]Annotation, bool) {
	at := make(map[string]int, len(into.annotations))
	for i, a := range into.annotations {
		at[a.ExternalID] = i
	}
	next := slices.Clone(into.annotations)
	var stored []Annotation
	now := s.config.now().UTC()
	for _, a := range annotations {
		a.UUID = uuidOf("annotation", key.repository, key.commit, key.id, a.ExternalID)
		a.CreatedOn, a.UpdatedOn = now, now
		i, exists := at[a.ExternalID]
		switch {
		case exists:
			a.CreatedOn = next[i].CreatedOn
			next[i] = a
		case len(next) < maxAnnotations:
			if s.config.behaviour.LateUpdate {
				a.UpdatedOn = now.Add(time.Millisecond)
			}
			next = append(next, a)
		case s.config.behaviour.OverLimitDrops:
			continue
		default:
			return nil, false
		}
		stored = append(stored, a)
	}
	into.annotations = next
	return stored, true
}
