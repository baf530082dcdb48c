package tree

// Language is a language with a front end, or one that rules name.
type Language uint8

// The languages.
const (
	NoLanguage Language = iota
	Python
	JavaScript
	TypeScript
	Java
	Go
	PHP
	Ruby
	CSharp
	Kotlin
	JSON
	YAML
	Dockerfile
	Terraform
	Bash

	languages
)

var languageNames = [languages]string{
	NoLanguage: "none", Python: "python", JavaScript: "javascript", TypeScript: "typescript", Java: "java", Go: "go",
	PHP: "php", Ruby: "ruby", CSharp: "csharp", Kotlin: "kotlin",
	JSON: "json", YAML: "yaml", Dockerfile: "dockerfile", Terraform: "terraform", Bash: "bash",
}

// String gives the name that rules use.
func (l Language) String() string {
	if l < languages {
		return languageNames[l]
	}
	return languageNames[NoLanguage]
}

// Data reports whether files of the language hold data and no program: a name in them is a key, and stands for no variable.
func (l Language) Data() bool { return l == JSON || l == YAML }
