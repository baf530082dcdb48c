package insights

// cloudReport is the JSON form of a report on Cloud.
type cloudReport struct {
	UUID       string      `json:"uuid,omitempty"`
	ExternalID string      `json:"external_id"`
	Title      string      `json:"title"`
	Details    string      `json:"details"`
	Type       ReportType  `json:"report_type"`
	Reporter   string      `json:"reporter,omitempty"`
	Link       string      `json:"link,omitempty"`
	LogoURL    string      `json:"logo_url,omitempty"`
	RemoteLink bool        `json:"remote_link_enabled,omitempty"`
	Result     Result      `json:"result,omitempty"`
	Data       []cloudData `json:"data"`
	Created    string      `json:"created_on,omitempty"`
	Updated    string      `json:"updated_on,omitempty"`
}

type cloudData struct {
	Title string   `json:"title"`
	Type  DataType `json:"type,omitempty"`
	Value any      `json:"value"`
}

// cloudAnnotation is the JSON form of an annotation on Cloud. A line below 1 is left out.
type cloudAnnotation struct {
	UUID       string         `json:"uuid,omitempty"`
	ExternalID string         `json:"external_id"`
	Type       AnnotationType `json:"annotation_type"`
	Summary    string         `json:"summary"`
	Details    string         `json:"details,omitempty"`
	Severity   string         `json:"severity,omitempty"`
	Result     Result         `json:"result,omitempty"`
	Path       string         `json:"path,omitempty"`
	Line       int            `json:"line,omitempty"`
	Link       string         `json:"link,omitempty"`
}

func toCloudReport(r *Report) cloudReport {
	w := cloudReport{
		ExternalID: r.ID, Title: r.Title, Details: r.Details, Type: r.Type, Reporter: r.Reporter, Link: r.Link,
		LogoURL: r.LogoURL, RemoteLink: r.RemoteLink, Result: r.Result, Data: make([]cloudData, len(r.Data)),
	}
	for i, d := range r.Data {
		w.Data[i] = cloudData{Title: d.Title, Type: d.Type, Value: d.Value}
	}
	return w
}

func (w *cloudReport) report() Report {
	r := Report{
		ID: w.ExternalID, Title: w.Title, Details: w.Details, Type: w.Type, Reporter: w.Reporter, Link: w.Link,
		LogoURL: w.LogoURL, RemoteLink: w.RemoteLink, Result: w.Result, UUID: w.UUID, Created: w.Created, Updated: w.Updated,
	}
	for _, d := range w.Data {
		r.Data = append(r.Data, DataItem{Title: d.Title, Type: d.Type, Value: readValue(d.Type, d.Value, "text")})
	}
	return r
}

func toCloudAnnotation(a *Annotation) cloudAnnotation {
	return cloudAnnotation{
		ExternalID: a.ID, Type: a.Type, Summary: a.Summary, Details: a.Details, Severity: a.Severity, Result: a.Result,
		Path: a.Path, Line: max(a.Line, 0), Link: a.Link,
	}
}

func (w *cloudAnnotation) annotation() Annotation {
	return Annotation{
		ID: w.ExternalID, Type: w.Type, Summary: w.Summary, Details: w.Details, Severity: w.Severity, Result: w.Result,
		Path: w.Path, Line: w.Line, Link: w.Link, UUID: w.UUID,
	}
}

// readValue turns the object of a LINK into a Link; text is the product's name of the text field.
func readValue(t DataType, value any, text string) any {
	object, ok := value.(map[string]any)
	if t != DataLink || !ok {
		return value
	}
	label, _ := object[text].(string)
	href, _ := object["href"].(string)
	return Link{Text: label, Href: href}
}
