// Package hcl is the front end for Terraform and other files in HCL: a parser by hand that takes any bytes, and its mode for patterns.
// The grammar is that of https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md. Package tree says what a front end promises.
//
// A block is a Call of its word; its labels are arguments, and the last argument is an Object of its body: Pairs for attributes, Calls for
// blocks. At the top, a block is a statement. A text with expressions in it is a Template; a heredoc is a text.
package hcl
