package manifest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// xmlElement is an element of an XML file while it is open. Start and End are the offsets of its start tag.
type xmlElement struct {
	name       string
	start, end int
	attributes []xml.Attr
	// text is what stands in it, without that of elements below.
	text strings.Builder
}

var errEntities = errors.New("it defines entities, which no file of this kind needs")

// readXML calls done for each element of a file when it closes; path are the elements that are open, the closing one last. A
// file that defines entities is refused: they can grow without bound.
func readXML(s *source, done func(path []*xmlElement) error) error {
	decoder := xml.NewDecoder(bytes.NewReader(s.data))
	// Whatever a file says of its encoding: names and versions are ASCII.
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	var path []*xmlElement
	seen := false
	for {
		start := int(decoder.InputOffset())
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && seen:
			return nil
		case err != nil:
			// The library's message can quote the file.
			return s.errAt(int(decoder.InputOffset()), "not valid XML")
		}
		switch t := token.(type) {
		case xml.Directive:
			if bytes.Contains(t, []byte("ENTITY")) {
				return s.errAt(start, "%s", errEntities)
			}
		case xml.StartElement:
			if len(path) == maxDepth {
				return s.errAt(start, "%s", errDeep)
			}
			seen = true
			path = append(path, &xmlElement{name: t.Name.Local, start: start, end: int(decoder.InputOffset()), attributes: t.Attr})
		case xml.CharData:
			if len(path) > 0 {
				path[len(path)-1].text.Write(t)
			}
		case xml.EndElement:
			if err := done(path); err != nil {
				return err
			}
			path = path[:len(path)-1]
		}
	}
}

// attribute gives the value of an attribute, whatever the case of its name; "" without it.
func (e *xmlElement) attribute(name string) string {
	for _, a := range e.attributes {
		if strings.EqualFold(a.Name.Local, name) {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// span gives the offsets of the value of an attribute; those of the tag when it is not found.
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
