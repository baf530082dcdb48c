package manifest

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// xmlElement is an open element of an XML file. Start and End are the offsets of its start tag.
type xmlElement struct {
	name       string
	start, end int
	attributes []xml.Attr
	// text is the text of the element, if it contains no element.
	text string
}

// readElements calls done for each element of a file when it closes; path are the open elements, the closing one last.
func readElements(s *source, done func(path []*xmlElement) error) error {
	var path []*xmlElement
	return readXML(s, func(x *xmlText) error {
		path = append(path, &xmlElement{name: x.path[len(x.path)-1], start: x.tagStart, end: x.tagEnd, attributes: x.attributes})
		return nil
	}, func(x *xmlText) error {
		path[len(path)-1].text = x.text
		err := done(path)
		path = path[:len(path)-1]
		return err
	})
}

// attribute returns the value of an attribute, ignoring the case of its name; "" if it is missing.
func (e *xmlElement) attribute(name string) string {
	for _, a := range e.attributes {
		if strings.EqualFold(a.Name.Local, name) {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// span returns the offsets of the value of an attribute, or of the tag if it is not found.
func (e *xmlElement) span(s *source, name string) (start, end int) {
	tag := s.data[e.start:e.end]
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
			return e.start + from, e.start + from + length
		}
		at = from + length + 1
	}
	return e.start, e.end
}
