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

	languages
)

var languageNames = [languages]string{
	NoLanguage: "none", Python: "python", JavaScript: "javascript", TypeScript: "typescript", Java: "java", Go: "go",
	PHP: "php", Ruby: "ruby", CSharp: "csharp", Kotlin: "kotlin",
}

// String gives the name that rules use.
func (l Language) String() string {
	if l < languages {
		return languageNames[l]
	}
	return languageNames[NoLanguage]
}
