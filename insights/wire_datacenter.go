package insights

import (
	"strconv"
	"strings"
)

// dcReport is the JSON form of a report on Data Center.
type dcReport struct {
	Key         string   `json:"key,omitempty"`
	Title       string   `json:"title"`
	Details     string   `json:"details,omitempty"`
	Reporter    string   `json:"reporter,omitempty"`
	Link        string   `json:"link,omitempty"`
	LogoURL     string   `json:"logoUrl,omitempty"`
	Result      string   `json:"result,omitempty"`
	Data        []dcData `json:"data"`
	CreatedDate int64    `json:"createdDate,omitempty"`
}

type dcData struct {
	Title string   `json:"title"`
	Type  DataType `json:"type,omitempty"`
	Value any      `json:"value"`
}

// dcLink is a Link with Data Center's name for the text field.
type dcLink struct {
	LinkText string `json:"linktext"`
	Href     string `json:"href"`
}

// dcAnnotation is the JSON form of an annotation on Data Center. Line 0 means the file.
type dcAnnotation struct {
	ExternalID string         `json:"externalId"`
	Path       string         `json:"path,omitempty"`
	Line       int            `json:"line"`
	Message    string         `json:"message"`
	Severity   string         `json:"severity"`
	Type       AnnotationType `json:"type,omitempty"`
	Link       string         `json:"link,omitempty"`
}

const (
	dcPass = "PASS"
	dcFail = "FAIL"
)

func toDCReport(r *Report) dcReport {
	w := dcReport{Title: r.Title, Details: r.Details, Reporter: r.Reporter, Link: r.Link, LogoURL: r.LogoURL, Data: make([]dcData, len(r.Data))}
	switch r.Result {
	case Passed:
		w.Result = dcPass
	case Failed:
		w.Result = dcFail
	}
	for i, d := range r.Data {
		value := d.Value
		if link, ok := value.(Link); ok {
			value = dcLink{LinkText: link.Text, Href: link.Href}
		}
		w.Data[i] = dcData{Title: d.Title, Type: d.Type, Value: value}
	}
	return w
}

func (w *dcReport) report() Report {
	r := Report{ID: w.Key, Title: w.Title, Details: w.Details, Reporter: w.Reporter, Link: w.Link, LogoURL: w.LogoURL, Type: TypeSecurity}
	switch w.Result {
	case dcPass:
		r.Result = Passed
	case dcFail:
		r.Result = Failed
	default:
		r.Result = Pending
	}
	if w.CreatedDate > 0 {
		r.Created = strconv.FormatInt(w.CreatedDate, 10)
	}
	for _, d := range w.Data {
		r.Data = append(r.Data, DataItem{Title: d.Title, Type: d.Type, Value: readValue(d.Type, d.Value, "linktext")})
	}
	return r
}

func toDCAnnotation(a *Annotation) dcAnnotation {
	message := a.Summary
	if a.Details != "" {
		message += "\n\n" + a.Details
	}
	severity := a.Severity
	switch severity {
	case "CRITICAL":
		severity = "HIGH"
	case "":
		severity = "LOW"
	}
	return dcAnnotation{
		ExternalID: a.ID, Path: a.Path, Line: max(a.Line, 0), Message: Cut(message, MaxDetails), Severity: severity, Type: a.Type, Link: a.Link,
	}
}

func (w *dcAnnotation) annotation() Annotation {
	summary, details, _ := strings.Cut(w.Message, "\n\n")
	return Annotation{ID: w.ExternalID, Type: w.Type, Summary: summary, Details: details, Severity: w.Severity, Path: w.Path, Line: w.Line, Link: w.Link}
}
