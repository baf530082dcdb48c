package manifest

// mavenProject is what a pom.xml says of itself.
type mavenProject struct{}
