package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// inTag reports whether the quoted name at an offset is an attribute of an XML element.
func inTag(data []byte, first int) bool {
	before := data[ascii.LineStart(data, first, 120):first]
	return bytes.LastIndexByte(before, '<') > bytes.LastIndexByte(before, '>')
}

// siblingValue finds the member "value" behind a member that holds a name, as in Postman's headers and in the
// environment of a container: {"name": "DB_PASSWORD", "value": "x"}. It returns the offset behind the colon, or 0.
func siblingValue(data []byte, at int) int {
	at = ascii.SkipBlank(data, at)
	for _, member := range [...]string{`"value"`, `'value'`, `\"value\"`, "value", `"defaultValue"`} {
		if bytes.HasPrefix(data[at:], []byte(member)) {
			if colon := ascii.SkipSpace(data, at+len(member)); colon < len(data) && data[colon] == ':' {
				return colon + 1
			}
		}
	}
	return 0
}

// plistValue recognises <key>name</key> <string>value</string>.
func plistValue(data []byte, at int) (Operator, int) {
	at += len("</key>")
	for n := 0; at < len(data) && n < 64 && ascii.Is(data[at], ascii.ClassSpace); n++ {
		at++
	}
	if bytes.HasPrefix(data[at:], []byte("<string>")) {
		return OpElement, at + len("<string>")
	}
	return OpNone, 0
}

// nextLine recognises pairs over two lines, as in Kubernetes manifests: "name: NAME", then "value: x".
func nextLine(data []byte, first, at int) (Operator, int) {
	before := data[ascii.LineStart(data, first, 80):first]
	pair := false
	for _, label := range [...]string{"name:", "key:", "name ", "name=", "key=", "key "} {
		pair = pair || bytes.Contains(before, []byte(label))
	}
	if !pair {
		return OpNone, 0
	}
	at = ascii.SkipBlank(data, at)
	if bytes.HasPrefix(data[at:], []byte("value:")) {
		return OpColon, at + len("value:")
	}
	if rest, ok := bytes.CutPrefix(data[at:], []byte("value")); ok {
		// An attribute of an element over several lines, or an argument of a Terraform block.
		if sign := ascii.SkipSpace(rest, 0); sign < len(rest) && rest[sign] == '=' {
			return opAttribute, at + len("value") + sign + 1
		}
	}
	return OpNone, 0
}

// blockDefault recognises Terraform's variable "NAME" { default = "x" }.
func blockDefault(data []byte, first, at int) (Operator, int) {
	if !bytes.Contains(data[ascii.LineStart(data, first, 40):first], []byte("variable")) {
		return OpNone, 0
	}
	block := data[at:min(len(data), at+400)]
	if end := bytes.IndexByte(block, '}'); end >= 0 {
		block = block[:end]
	}
	value := bytes.Index(block, []byte("default"))
	if value < 0 {
		return OpNone, 0
	}
	i := ascii.SkipSpace(data, at+value+len("default"))
	if i < len(data) && data[i] == '=' {
		return OpAssign, i + 1
	}
	return OpNone, 0
}

// elementBehind recognises <name attribute="x">value</name>.
func elementBehind(data []byte, at int) (Operator, int) {
	for n := 0; at < len(data) && n < 100 && data[at] != '\n'; n++ {
		if data[at] == '>' {
			return OpElement, at + 1
		}
		at++
	}
	return OpNone, 0
}

// attributeBehind recognises name="NAME" value="x".
func attributeBehind(data []byte, at int) (Operator, int) {
	for _, attribute := range [...]string{"value=", "default=", "content=", "value:", "defaultValue="} {
		if bytes.HasPrefix(data[at:], []byte(attribute)) {
			return opAttribute, at + len(attribute)
		}
	}
	return OpNone, 0
}
