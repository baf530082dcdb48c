// Package dotnet reads .NET projects, with the files that MSBuild imports, and the lock files of NuGet.
package dotnet
