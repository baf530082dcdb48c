// Package testdashboard gives tests and pictures a server with its pages, over a made-up Bitbucket whose branches are in every state.
package testdashboard
