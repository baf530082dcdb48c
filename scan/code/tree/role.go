package tree

// Role says what a node is to its parent. The comment of each [Kind] lists the roles of its children.
type Role uint8

// The roles. None is the role of the root.
const (
	NoRole Role = iota
	RoleBody
	RoleItem
	RoleName
	RoleObject
	RoleProperty
	RoleIndex
	RoleLow
	RoleHigh
	RoleStep
	RoleCallee
	RoleArgument
	RoleTypeArgument
	RoleValue
	RoleType
	RoleOperand
	RoleLeft
	RoleRight
	RoleCondition
	RoleThen
	RoleElse
	RoleTarget
	RoleElement
	RolePart
	RoleKey
	RoleClause
	RoleAttribute
	RoleContent
	RoleDecorator
	RoleModifier
	RoleReceiver
	RoleTypeParameter
	RoleParameter
	RoleResult
	RoleThrows
	RoleParent
	RoleImplements
	RoleInit
	RoleUpdate
	RoleCase
	RoleLabel
	RoleGuard
	RoleResource
	RoleCatch
	RoleFinally
	RoleCause
	RoleMessage
	RoleModule
	RoleAlias
	RoleImported

	// Roles is how many roles there are.
	Roles
)

// String gives the name of the role in lower case, as dumps of trees show it.
func (r Role) String() string {
	if r < Roles {
		return roleNames[r]
	}
	return "invalid"
}

var roleNames = [Roles]string{
	NoRole: "", RoleBody: "body", RoleItem: "item", RoleName: "name", RoleObject: "object", RoleProperty: "property",
	RoleIndex: "index", RoleLow: "low", RoleHigh: "high", RoleStep: "step", RoleCallee: "callee", RoleArgument: "argument",
	RoleTypeArgument: "typeargument", RoleValue: "value", RoleType: "type", RoleOperand: "operand", RoleLeft: "left",
	RoleRight: "right", RoleCondition: "condition", RoleThen: "then", RoleElse: "else", RoleTarget: "target",
	RoleElement: "element", RolePart: "part", RoleKey: "key", RoleClause: "clause", RoleAttribute: "attribute",
	RoleContent: "content", RoleDecorator: "decorator", RoleModifier: "modifier", RoleReceiver: "receiver",
	RoleTypeParameter: "typeparameter", RoleParameter: "parameter", RoleResult: "result", RoleThrows: "throws",
	RoleParent: "parent", RoleImplements: "implements", RoleInit: "init", RoleUpdate: "update", RoleCase: "case",
	RoleLabel: "label", RoleGuard: "guard", RoleResource: "resource", RoleCatch: "catch", RoleFinally: "finally",
	RoleCause: "cause", RoleMessage: "message", RoleModule: "module", RoleAlias: "alias", RoleImported: "imported",
}
