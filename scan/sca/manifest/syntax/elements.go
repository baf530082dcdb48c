package syntax

import (
	"bytes"
	"encoding/xml"
	"strings"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// Element is an open element of an XML file. Start and End are the offsets of its start tag.
type Element struct {
	Name       string
	Start, End int
	attributes []xml.Attr
	// Text is the text of the element, if it contains no element.
	Text string
}

// ReadElements calls done for each element of a file when it closes; path are the open elements, the closing one last.
func ReadElements(s *document.Source, done func(path []*Element) error) error {
	var path []*Element
	return ReadXML(s, func(x *XML) error {
		path = append(path, &Element{Name: x.Path[len(x.Path)-1], Start: x.TagStart, End: x.TagEnd, attributes: x.attributes})
		return nil
	}, func(x *XML) error {
		path[len(path)-1].Text = x.Text
		err := done(path)
		path = path[:len(path)-1]
		return err
	})
}

// Attribute returns the value of an attribute, ignoring the case of its name; "" if it is missing.
func (e *Element) Attribute(name string) string {
	for _, a := range e.attributes {
		if strings.EqualFold(a.Name.Local, name) {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// Span returns the offsets of the value of an attribute, or of the tag if it is not found.
func (e *Element) Span(s *document.Source, name string) (start, end int) {
	tag := s.Data[e.Start:e.End]
	for at := 0; at < len(tag); {
		equals := bytes.IndexByte(tag[at:], '=')
		if equals < 0 {
			break
		}
		before := bytes.TrimRight(tag[at:at+equals], " \t\r\n")
		value := bytes.TrimLeft(tag[at+equals+1:], " \t\r\n")
		from := len(tag) - len(value) + 1
		if len(value) == 0 || value[0] != '"' && value[0] != '\'' {
			break
		}
		length := bytes.IndexByte(value[1:], value[0])
		if length < 0 {
			break
		}
		if space := bytes.LastIndexAny(before, " \t\r\n") + 1; strings.EqualFold(string(before[space:]), name) {
			return e.Start + from, e.Start + from + length
		}
		at = from + length + 1
	}
	return e.Start, e.End
}
