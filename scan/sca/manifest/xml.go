package manifest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"unicode/utf8"
)

// xmlText walks an XML file tag by tag.
type xmlText struct {
	s *source
	// path are the names of the open elements, without their namespaces.
	path       []string
	attributes []xml.Attr
	// tagStart and tagEnd are the offsets of the last start tag.
	tagStart, tagEnd int
	// text is the text of the element that ends, if it contains no element; textStart and textEnd are its offsets, without
	// surrounding white space.
	text               string
	textStart, textEnd int
}

// is reports whether these are the open elements.
func (x *xmlText) is(path ...string) bool { return slices.Equal(x.path, path) }

func (x *xmlText) attribute(name string) string {
	for _, a := range x.attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// readXML calls start at each start tag and end before each end tag; both may be nil. It knows only the predefined
// entities, and refuses a file that declares others, because they can make a small file huge.
func readXML(s *source, start, end func(x *xmlText) error) error {
	x := &xmlText{s: s}
	decoder := xml.NewDecoder(bytes.NewReader(plainXML(s.data)))
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	leaf := false
	for {
		before := int(decoder.InputOffset())
		token, err := decoder.RawToken()
		after := int(decoder.InputOffset())
		if errors.Is(err, io.EOF) {
			if len(x.path) > 0 {
				return s.errAt(max(len(s.data)-1, 0), "an element is not closed")
			}
			if x.tagEnd == 0 {
				return s.errAt(0, "not XML: it has no element")
			}
			return nil
		}
		if err != nil {
			return s.errAt(min(after, len(s.data)), "not valid XML")
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(x.path) >= maxDepth {
				return s.errAt(before, "%s", errDeep)
			}
			x.path = append(x.path, t.Name.Local)
			x.attributes, x.tagStart, x.tagEnd = t.Attr, before, after
			x.text, leaf = "", true
			if start != nil {
				err = start(x)
			}
		case xml.EndElement:
			if len(x.path) == 0 || x.path[len(x.path)-1] != t.Name.Local {
				return s.errAt(before, "an element is closed that is not open")
			}
			if !leaf {
				x.text = ""
			}
			if end != nil {
				err = end(x)
			}
			x.path, leaf = x.path[:len(x.path)-1], false
		case xml.CharData:
			// A comment splits a text into several; the first non-empty one counts.
			if text := bytes.TrimSpace(t); leaf && x.text == "" && len(text) > 0 {
				raw := bytes.TrimRight(s.data[before:after], " \t\r\n")
				x.text, x.textEnd = string(text), before+len(raw)
				x.textStart = x.textEnd - len(bytes.TrimLeft(raw, " \t\r\n"))
			}
		case xml.Directive:
			if bytes.Contains(t, []byte("<!ENTITY")) {
				return s.errAt(before, "it declares entities, which are not read")
			}
		}
		if err != nil {
			return err
		}
	}
}

// plainXML returns valid UTF-8 of the same length: the names that matter are ASCII in any encoding of poms.
func plainXML(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	plain := bytes.Clone(data)
	for i, c := range plain {
		if c >= utf8.RuneSelf {
			plain[i] = '?'
		}
	}
	return plain
}

// attributePlace returns the offsets of an attribute's value in the last tag, or of the tag if the attribute is not
// found.
func (x *xmlText) attributePlace(name string) (start, end int) {
	tag := x.s.data[x.tagStart:x.tagEnd]
	for at := 0; ; {
		i := bytes.Index(tag[at:], []byte(name))
		if i < 0 {
			return x.tagStart, x.tagEnd
		}
		at += i + len(name)
		before := tag[at-len(name)-1]
		rest := bytes.TrimLeft(tag[at:], " \t\r\n")
		if before > ' ' || len(rest) == 0 || rest[0] != '=' {
			continue
		}
		rest = bytes.TrimLeft(rest[1:], " \t\r\n")
		if len(rest) < 2 {
			return x.tagStart, x.tagEnd
		}
		if length := bytes.IndexByte(rest[1:], rest[0]); length > 0 {
			start = x.tagEnd - len(rest) + 1
			return start, start + length
		}
		return x.tagStart, x.tagEnd
	}
}
