package manifest

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// templateFolder matches the names of template folders: those of Maven's archetypes, of Cookiecutter and Copier
// ("{{name}}"), and names that begin or end with a word such as "template".
var templateFolder = syntax.Expression(`(?i)\{[{%]|^archetype-resources$|(?:^|[-_.])(?:templates?|te?mpls?|tpls?|skeletons?|boilerplates?)(?:$|[-_.])`)

// isTemplatePath reports whether the files of a folder are templates. Only the path decides: a file elsewhere is
// installed unchanged, and template marks in it would hide the rest of a broken file.
func isTemplatePath(name string) bool {
	folder := path.Dir(name)
	return strings.Contains(name, "{{") || slices.ContainsFunc(strings.Split(folder, "/"), templateFolder().MatchString)
}

// template reads the readable part of a file that is valid only after it has been filled in. If it cannot read all of
// it, the document says that the file has packages in a form that is not read, which is not a failure. doc and err are
// the result of reading the file unchanged. They stay for a file without template marks: it is broken.
func template(f *document.Format, name string, data []byte, doc *document.Document, err error) (*document.Document, error) {
	plain := withoutDirectives(data)
	if plain == nil && !bytes.Contains(data, []byte("{{")) && !bytes.Contains(data, []byte("${")) {
		return doc, err
	}
	if plain != nil {
		doc, err = once(f, name, plain)
	}
	if err != nil {
		doc.Unread = cmp.Or(string(f.Ecosystem), f.Name)
	}
	return doc, nil
}

// directives are what template languages write between the lines of a file: Jinja's and Liquid's blocks and comments,
// EJS's and ERB's tags, Velocity's lines.
var directives = syntax.Expression(`\{%[^%\n]*%\}|\{#[^#\n]*#\}|\{\{[#/^!][^}\n]*\}\}|<%[^%\n]*%>|(?m)^[ \t]*#(?:set|if|elseif|else|end|foreach|macro|parse)\b.*$`)

// withoutDirectives replaces the directives of a template with spaces, so that offsets stay the same. It returns nil if
// there are none.
func withoutDirectives(data []byte) []byte {
	places := directives().FindAllIndex(data, -1)
	if places == nil {
		return nil
	}
	plain := bytes.Clone(data)
	for _, at := range places {
		for i := at[0]; i < at[1]; i++ {
			if plain[i] != '\r' {
				plain[i] = ' '
			}
		}
	}
	return plain
}
