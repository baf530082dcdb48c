// Package maven reads pom.xml and finds the versions of dependencies through parents, properties, profiles and managed
// dependencies of the tree. It downloads no parents.
package maven
