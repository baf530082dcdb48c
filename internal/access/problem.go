package access

import "fmt"

// Problem is what is wrong with one field of a form, or of the body of a call. Err completes a sentence about the field; it quotes no secret.
type Problem struct {
	Field string
	Err   error
}

// Problems are everything that is wrong, in the order of the fields. Nil means that nothing is.
type Problems []Problem

// add adds a problem of a field; a nil error adds nothing.
func (p *Problems) add(field string, err error) {
	if err != nil {
		*p = append(*p, Problem{field, err})
	}
}

// addf is add for a text.
func (p *Problems) addf(field, format string, args ...any) { p.add(field, fmt.Errorf(format, args...)) }

// Of returns the first problem of a field as a text; "" if it has none.
func (p Problems) Of(field string) string {
	for _, x := range p {
		if x.Field == field {
			return x.Err.Error()
		}
	}
	return ""
}
