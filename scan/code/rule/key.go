package rule

import (
	"fmt"
	"strings"
)

// Key gives a text that two formulas share when they say the same, wherever they stand: under the same options and in the same language they match the
// same ranges with the same bindings. A formula with a comparison shares its key with itself alone.
func Key(f Formula) string {
	var b strings.Builder
	writeKey(&b, f)
	return b.String()
}

// writeKey writes the key of a formula. Each text is quoted, so that no two formulas that differ have one key.
func writeKey(b *strings.Builder, f Formula) {
	switch f := f.(type) {
	case *Pattern:
		_, _ = fmt.Fprintf(b, "pattern %q", f.Text)
	case *RegexPattern:
		_, _ = fmt.Fprintf(b, "regex %q", f.Regex)
	case *And:
		_, _ = fmt.Fprintf(b, "and %q", f.As)
		writeKeys(b, f.Members)
		for _, condition := range f.Where {
			writeConditionKey(b, condition)
		}
		for _, focus := range f.Focus {
			_, _ = fmt.Fprintf(b, "focus %q", focus.Names)
		}
	case *Or:
		b.WriteString("or")
		writeKeys(b, f.Members)
	case *Not:
		b.WriteString("not")
		writeKeys(b, []Formula{f.Formula})
	case *Inside:
		b.WriteString("inside")
		writeKeys(b, []Formula{f.Formula})
	case *Anywhere:
		b.WriteString("anywhere")
		writeKeys(b, []Formula{f.Formula})
	}
}

func writeKeys(b *strings.Builder, list []Formula) {
	b.WriteByte('(')
	for _, f := range list {
		writeKey(b, f)
		b.WriteByte(';')
	}
	b.WriteByte(')')
}

func writeConditionKey(b *strings.Builder, condition Condition) {
	switch c := condition.(type) {
	case *RegexCondition:
		_, _ = fmt.Fprintf(b, "matches %q %q %t", c.Metavariable, c.Regex, c.Constant)
	case *Comparison:
		// Its text does not say how it converts its metavariables.
		_, _ = fmt.Fprintf(b, "compares %p", c.Expression)
	case *SubFormula:
		_, _ = fmt.Fprintf(b, "holds %q %q", c.Metavariable, c.Language)
		writeKeys(b, []Formula{c.Formula})
	case *TypeCondition:
		_, _ = fmt.Fprintf(b, "type %q %q %q", c.Metavariable, c.Language, c.Types)
	case *NameCondition:
		_, _ = fmt.Fprintf(b, "name %q %q", c.Metavariable, c.Modules)
	case *AnalysisCondition:
		_, _ = fmt.Fprintf(b, "analysis %q %q", c.Metavariable, c.Analysis)
	}
}
