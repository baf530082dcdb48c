package notation

// Operator is the way in which a name gets its value.
type Operator int

const (
	OpNone Operator = iota
	// OpAssign is "=", ":=", "<-", "=>": a value of any form follows.
	OpAssign
	// OpColon is the ":" of YAML, JSON and literals.
	OpColon
	// OpCompare is "==", "!=" and the like: a text follows that an input is compared with.
	OpCompare
	// OpArgument is a quoted text behind "name(" or a quoted name's comma.
	OpArgument
	// OpElement is the text of an XML element.
	OpElement
	// OpAttribute is value="..." behind name="...".
	opAttribute
	// OpFlag is "--name value".
	OpFlag
	// OpDirective is "ENV NAME value" and a configuration's "name value", with nothing else on the line.
	OpDirective
)
