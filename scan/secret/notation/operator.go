package notation

// Operator is how a name gets its value.
type Operator int

const (
	OpNone Operator = iota
	// opAssign is "=", ":=", "<-", "=>": a value of any form follows.
	OpAssign
	// opColon is ":" of YAML, JSON and literals.
	OpColon
	// opCompare is "==", "!=" and their kin: a text follows with which an input is compared.
	OpCompare
	// opArgument is a quoted text behind "name(" or a quoted name's comma.
	OpArgument
	// opElement is the text of an XML element.
	OpElement
	// opAttribute is value="..." behind name="...".
	opAttribute
	// opFlag is "--name value".
	OpFlag
	// opDirective is "ENV NAME value" and a configuration's "name value": nothing else stands on the line.
	OpDirective
)
