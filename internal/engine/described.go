package engine

import (
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/secret"
)

// Described lists what this version says about the rules of its engines, in the order of the table. It leaves out rules of
// users and advisories, which are known only to a scan. It takes some time: keep the list.
func Described() (list []scan.Rule) {
	for _, e := range table() {
		if e.Rules != nil {
			list = append(list, e.Rules()...)
		}
	}
	return list
}

// rulesOfSecrets describes all built-in rules.
func rulesOfSecrets() []scan.Rule {
	d, err := secret.New(secret.Options{})
	if err != nil {
		// A test says that the built-in rules compile.
		panic(err)
	}
	return d.Rules()
}

func rulesOfDependencies() []scan.Rule { return new(sca.Detector).Rules() }
