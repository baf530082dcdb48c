// Package gradle reads the lock files, version catalogues, verification metadata and build programs of Gradle.
package gradle
