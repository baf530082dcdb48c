// Package ecosystems reads the files of ecosystems that have one or two formats each, such as Cargo, Composer, Conan, Mix
// and RubyGems: one file of code for each. An ecosystem that grows beyond that gets a package beside this one.
package ecosystems
