// Package npm reads the files of npm, yarn, pnpm, Bun and Deno: package.json, their lock files, catalogs and overrides.
package npm
