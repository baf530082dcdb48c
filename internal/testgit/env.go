// Package testgit keeps tests that run git to their own repositories.
//
// Git's hooks, and commands such as "git bisect run", tell child processes in environment variables which repository
// they serve. Tests that are started from there would otherwise commit to that repository instead of their own.
package testgit

import "os"

// local are the variables that "git rev-parse --local-env-vars" of git 2.39 names, and the quarantine's.
var local = []string{
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_DIR",
	"GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_NO_REPLACE_OBJECTS",
	"GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_QUARANTINE_PATH", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
}

// ClearHookEnv removes the variables of a hook from this process. TestMain calls it, except in a process that acts as the
// program: there the test is about those variables.
func ClearHookEnv() {
	for _, name := range local {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
}
