package manifest

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"
)

// velocity are the variables that Maven's archetypes write where a text must not be replaced
// (https://maven.apache.org/archetype/archetype-models/archetype-descriptor/archetype-descriptor.html).
var velocity = strings.NewReplacer("${symbol_dollar}", "$", "${symbol_pound}", "#", "${symbol_escape}", `\`)

// withoutVelocity gives the text that an archetype would write.
func withoutVelocity(text string) string {
	if !strings.Contains(text, "${symbol_") {
		return text
	}
	return velocity.Replace(text)
}

// templateFolder matches the names that generators give to the folders of what they fill in: those of Maven's archetypes, of
// Cookiecutter and Copier ("{{name}}"), and what begins or ends with a word such as "template".
var templateFolder = expression(`(?i)\{[{%]|^archetype-resources$|(?:^|[-_.])(?:templates?|te?mpls?|tpls?|skeletons?|boilerplates?)(?:$|[-_.])`)

// isTemplatePath reports whether the files of a folder are filled in before anything reads them. The path alone tells: what
// lies elsewhere is installed as it stands, and marks of a template in it would hide the rest of a broken file.
func isTemplatePath(name string) bool {
	folder := path.Dir(name)
	return strings.Contains(name, "{{") || slices.ContainsFunc(strings.Split(folder, "/"), templateFolder().MatchString)
}

// template reads what can be read of a file that is valid only when it has been filled in. When that is not all, the document
// says that the file's packages are in a form that is not read, which is no failure. doc and err are what reading it as it
// stands gave; they stay for a file that has no marks of a template: it is broken.
func (f *format) template(name string, data []byte, doc *Document, err error) (*Document, error) {
	plain := withoutDirectives(data)
	if plain == nil && !bytes.Contains(data, []byte("{{")) && !bytes.Contains(data, []byte("${")) {
		return doc, err
	}
	if plain != nil {
		doc, err = f.once(name, plain)
	}
	if err != nil {
		doc.unread = cmp.Or(string(f.ecosystem), f.name)
	}
	return doc, nil
}

// directives are what the languages of templates write between the lines of a file: Jinja's and Liquid's blocks and comments,
// EJS's and ERB's tags, Velocity's lines.
var directives = expression(`\{%[^%\n]*%\}|\{#[^#\n]*#\}|\{\{[#/^!][^}\n]*\}\}|<%[^%\n]*%>|(?m)^[ \t]*#(?:set|if|elseif|else|end|foreach|macro|parse)\b.*$`)

// withoutDirectives blanks the directives of a template, so that offsets stay. The file is nil when it has none.
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
