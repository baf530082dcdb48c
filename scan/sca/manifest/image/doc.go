// Package image reads the files that name container images, actions and pipes: Dockerfiles, GitHub workflows and
// bitbucket-pipelines.yml.
package image
