package page

import "time"

// Input is one field of a form, with what is wrong with it.
type Input struct {
	// Name is the field's name in the form, and its id. Label and Hint are for people.
	Name, Label, Hint string
	// Type is HTML's; empty for text. Fill is what browsers may fill in (autocomplete); empty for nothing.
	Type, Fill string
	// Value is what the field holds. A password is never shown again.
	Value    string
	Required bool
	// Rows are the lines of a field for long text; 0 for one line.
	Rows int
	// Choices make it a select.
	Choices []Choice
	// Problem is what is wrong with Value; empty for nothing.
	Problem string
}

// Describedby are the ids of the texts about the field.
func (i Input) Describedby() string {
	words := ""
	if i.Hint != "" {
		words = i.Name + "-hint"
	}
	if i.Problem != "" {
		words += " " + i.Name + "-problem"
	}
	return words
}

// Ask is a button that opens a question, and a form that answers it with yes.
type Ask struct {
	// Word is on the button, Of says what it acts on, Question is what is asked, and Yes is on the button that does it.
	Word, Of, Question, Yes string
	// Action is where the form goes, with these fields.
	Action string
	Fields [][2]string
}

// Decide is the form that decides about the chosen rows of a list of findings.
type Decide struct {
	// Action is the path that it is sent to; Back is where the browser goes afterwards.
	Action, Back string
	// Tomorrow is the first day on which an acceptance can end.
	Tomorrow string
	// Account is the caller, to whom findings can be assigned.
	Account string
}

// DecideAt makes the form that is sent to a path. Ask for the permission first.
func (v *Visit) DecideAt(path string) *Decide {
	return &Decide{Action: path, Back: v.Here(), Tomorrow: v.Now.UTC().AddDate(0, 0, 1).Format(time.DateOnly), Account: v.Account.Name}
}
