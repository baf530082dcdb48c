// Package java is the front end for Java: a parser by hand that takes any bytes, and its mode for patterns. The grammar is that of
// https://docs.oracle.com/javase/specs/jls/se24/html/jls-19.html. Package tree says what a front end promises.
//
// Members of classes may stand where statements may, and the other way round: parts of files and patterns of methods can be read.
package java
