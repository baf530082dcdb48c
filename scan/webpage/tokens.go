package webpage

import (
	"embed"
	"strings"
)

//go:embed style
var styles embed.FS

// Tokens is the beginning of the style of every page: colours, type and space as custom properties, for light and dark. The system chooses
// between them, unless the page's html element says data-theme="light" or "dark".
var Tokens = tokens()

// tokens writes the dark colours where the system asks for them and where the page does. CSS has no shorter way that browsers older than
// light-dark() of 2024 understand (https://drafts.csswg.org/css-color-5/#light-dark), and reports are opened in older ones.
func tokens() string {
	dark := read("style/dark.css")
	return strings.Join([]string{
		strings.TrimSuffix(read("style/tokens.css"), "\n"),
		"@media (prefers-color-scheme: dark) {\n  :root:not([data-theme=light]) {\n" + dark + "  }\n}",
		":root[data-theme=light] { color-scheme: light; }",
		":root[data-theme=dark] {\n    color-scheme: dark;\n" + dark + "}\n",
	}, "\n")
}

func read(name string) string {
	text, err := styles.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(text)
}
