package syntax

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// XML walks an XML file tag by tag.
type XML struct {
	s *document.Source
	// Path are the names of the open elements, without their namespaces.
	Path       []string
	attributes []xml.Attr
	// TagStart and TagEnd are the offsets of the last start tag.
	TagStart, TagEnd int
	// Text is the text of the element that ends, if it contains no element; TextStart and TextEnd are its offsets, without
	// surrounding white space.
	Text               string
	TextStart, TextEnd int
}

// Is reports whether these are the open elements.
func (x *XML) Is(path ...string) bool { return slices.Equal(x.Path, path) }

// Attribute returns the value of an attribute of the last start tag; "" if it is missing.
func (x *XML) Attribute(name string) string {
	for _, a := range x.attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// ReadXML calls start at each start tag and end before each end tag; both may be nil. It knows only the predefined
// entities, and refuses a file that declares others, because they can make a small file huge.
func ReadXML(s *document.Source, start, end func(x *XML) error) error {
	x := &XML{s: s}
	decoder := xml.NewDecoder(bytes.NewReader(plainXML(s.Data)))
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	leaf := false
	for {
		before := int(decoder.InputOffset())
		token, err := decoder.RawToken()
		after := int(decoder.InputOffset())
		if errors.Is(err, io.EOF) {
			if len(x.Path) > 0 {
				return s.ErrAt(max(len(s.Data)-1, 0), "an element is not closed")
			}
			if x.TagEnd == 0 {
				return s.ErrAt(0, "not XML: it has no element")
			}
			return nil
		}
		if err != nil {
			return s.ErrAt(min(after, len(s.Data)), "not valid XML")
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(x.Path) >= MaxDepth {
				return s.ErrAt(before, "%s", ErrDeep)
			}
			x.Path = append(x.Path, t.Name.Local)
			x.attributes, x.TagStart, x.TagEnd = t.Attr, before, after
			x.Text, leaf = "", true
			if start != nil {
				err = start(x)
			}
		case xml.EndElement:
			if len(x.Path) == 0 || x.Path[len(x.Path)-1] != t.Name.Local {
				return s.ErrAt(before, "an element is closed that is not open")
			}
			if !leaf {
				x.Text = ""
			}
			if end != nil {
				err = end(x)
			}
			x.Path, leaf = x.Path[:len(x.Path)-1], false
		case xml.CharData:
			// A comment splits a text into several; the first non-empty one counts.
			if text := bytes.TrimSpace(t); leaf && x.Text == "" && len(text) > 0 {
				raw := bytes.TrimRight(s.Data[before:after], " \t\r\n")
				x.Text, x.TextEnd = string(text), before+len(raw)
				x.TextStart = x.TextEnd - len(bytes.TrimLeft(raw, " \t\r\n"))
			}
		case xml.Directive:
			if bytes.Contains(t, []byte("<!ENTITY")) {
				return s.ErrAt(before, "it declares entities, which are not read")
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

// AttributePlace returns the offsets of an attribute's value in the last tag, or of the tag if the attribute is not
// found.
func (x *XML) AttributePlace(name string) (start, end int) {
	tag := x.s.Data[x.TagStart:x.TagEnd]
	for at := 0; ; {
		i := bytes.Index(tag[at:], []byte(name))
		if i < 0 {
			return x.TagStart, x.TagEnd
		}
		at += i + len(name)
		before := tag[at-len(name)-1]
		rest := bytes.TrimLeft(tag[at:], " \t\r\n")
		if before > ' ' || len(rest) == 0 || rest[0] != '=' {
			continue
		}
		rest = bytes.TrimLeft(rest[1:], " \t\r\n")
		if len(rest) < 2 {
			return x.TagStart, x.TagEnd
		}
		if length := bytes.IndexByte(rest[1:], rest[0]); length > 0 {
			start = x.TagEnd - len(rest) + 1
			return start, start + length
		}
		return x.TagStart, x.TagEnd
	}
}
