package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest"
)

func TestWorkflows(t *testing.T) {
	t.Parallel()
	const commit = "8ade135a41bc03ea155e62e844d188df1ea18608"
	files := map[string]string{
		".github/workflows/ci.yml": `on: push
jobs:
  call:
    uses: Group/workflows/.github/workflows/deploy.yml@v2.0.0
  test:
    container: node:18.1
    services:
      db:
        image: "postgres:15.2-alpine"
    steps:
      - uses: actions/checkout@` + commit + ` # v4.1.0
      - uses: "actions/setup-go@v5.0.1"
      - uses: actions/cache@v3
      - uses: github/codeql-action/init@` + commit + ` # tag=v2.3.4
      - uses: owner/plain@` + commit + `
      - uses: owner/branch@main
      - uses: ./local
      - uses: docker://alpine:3.8
      - run: 'echo uses: no/action@v1.0.0'
      - uses: ${{ matrix.action }}@v1.0.0
`,
		"tool/action.yaml":  "runs:\n  using: composite\n  steps:\n    - uses: a/b@1.2.3\n",
		"image/action.yml":  "runs:\n  using: docker\n  image: docker://host.example.org:5000/a/b@sha256:" + strings.Repeat("0", 64) + "\n",
		"local/action.yml":  "runs:\n  using: docker\n  image: Dockerfile\n",
		"workflows/not.yml": "",
	}
	delete(files, "workflows/not.yml")
	files["mono/.github/workflows/a.yaml"] = "jobs: {é: {container: {image: é/ü:1}}, b: {uses: 'a/b/c.yml@v1.0.0'}}"
	packages := tree(t, files)
	require.Equal(t, `.github/workflows/ci.yml:4 Group/workflows 2.0.0 direct
.github/workflows/ci.yml:6 node 18.1 direct
.github/workflows/ci.yml:9 postgres 15.2-alpine direct
.github/workflows/ci.yml:11 actions/checkout 4.1.0 direct
.github/workflows/ci.yml:12 actions/setup-go 5.0.1 direct
.github/workflows/ci.yml:13 actions/cache  direct
.github/workflows/ci.yml:14 github/codeql-action 2.3.4 direct
.github/workflows/ci.yml:15 owner/plain  direct
.github/workflows/ci.yml:16 owner/branch  direct
.github/workflows/ci.yml:18 alpine 3.8 direct
image/action.yml:3 host.example.org:5000/a/b  direct
mono/.github/workflows/a.yaml:1 é/ü 1 direct
mono/.github/workflows/a.yaml:1 a/b 1.0.0 direct
tool/action.yaml:4 a/b 1.2.3 direct
`, listed(packages))
	require.Equal(t, "postgres:15.2-alpine\nactions/checkout@"+commit+"\nactions/setup-go@v5.0.1\n", marked(files, packages[2:5]))
	require.Equal(t, "sha1:"+commit, packages[3].Hash)
	require.Equal(t, "sha256:"+strings.Repeat("0", 64), packages[10].Hash)
	require.Equal(t, scan.EcosystemActions, packages[0].Ecosystem)
	require.Equal(t, scan.EcosystemDocker, packages[9].Ecosystem)
	require.Equal(t, "alpine:3.8\n", marked(files, packages[9:10]))
	require.Equal(t, "é/ü:1\na/b/c.yml@v1.0.0\n", marked(files, packages[11:13]))
	_, ok := manifest.Kind("workflows/not.yml")
	require.False(t, ok)
}

func TestBitbucketPipelines(t *testing.T) {
	t.Parallel()
	files := map[string]string{"bitbucket-pipelines.yml": `image: atlassian/default-image:4
definitions:
  services:
    mysql:
      image: {name: mysql:8.0, username: $USER}
  images:
    - &build {name: maven:3.9}
    - &plain node:20
  steps:
    - step: &deploy
        image: $IMAGE
        script:
          - pipe: atlassian/aws-s3-deploy:1.1.0
            variables:
              image: not-an-image
          - pipe: "docker://acme/pipe:2"
          - pipe: acme/unpinned
          - echo done
pipelines:
  default:
    - step: *deploy
    - parallel:
        - step:
            image:
              name: golang:1.22
        - step: {image: *build}
        - step: {image: *build}
        - step: {image: *plain}
`}
	packages := tree(t, files)
	require.Equal(t, `bitbucket-pipelines.yml:1 atlassian/default-image 4 direct
bitbucket-pipelines.yml:5 mysql 8.0 direct
bitbucket-pipelines.yml:7 maven 3.9 direct
bitbucket-pipelines.yml:8 node 20 direct
bitbucket-pipelines.yml:13 atlassian/aws-s3-deploy 1.1.0 direct
bitbucket-pipelines.yml:16 acme/pipe 2 direct
bitbucket-pipelines.yml:17 acme/unpinned  direct
bitbucket-pipelines.yml:25 golang 1.22 direct
`, listed(packages))
	require.Equal(t, scan.EcosystemPipes, packages[4].Ecosystem)
	require.Equal(t, "node:20\natlassian/aws-s3-deploy:1.1.0\nacme/pipe:2\n", marked(files, packages[3:6]))
}

func TestYAMLThatIsHostile(t *testing.T) {
	t.Parallel()
	var bomb, deep strings.Builder
	bomb.WriteString("packages: &a0 [x, x]\n")
	for i := range 100 {
		fmt.Fprintf(&bomb, "a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	for i := range 300 {
		deep.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	_, err := manifest.Read("pubspec.lock", []byte(bomb.String()))
	require.NoError(t, err)
	_, err = manifest.Read("bitbucket-pipelines.yml", []byte(bomb.String()))
	require.NoError(t, err)
	_, err = manifest.Read("bitbucket-pipelines.yml", []byte(deep.String()))
	require.EqualError(t, err, "nested too deep")
	_, err = manifest.Read("bitbucket-pipelines.yml", []byte("image: 'secret-of-the-file"))
	require.EqualError(t, err, "not valid YAML")
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"Dockerfile": `# syntax=docker/dockerfile:1
ARG GO=1.22.1 BASE="debian"
ARG TAG=${BASE}-slim
FROM --platform=$BUILDPLATFORM golang:${GO} AS Build
ARG GO=1.0
RUN --mount=type=bind,from=tools:1.0,target=/x true
COPY --from=busybox:1.36 /bin/sh /bin/sh
RUN <<EOF
FROM not:an-image
EOF
RUN echo $((x<<y)) <<<z
# a comment
from build as test
FROM host.example.org:5000/${BASE}/x:$TAG@sha256:` + strings.Repeat("a", 64) + `
COPY --from=build \
  # inside
  /a /b
COPY --from=0 --chown=a /a /b
FROM \
  alpine
FROM scratch
FROM ${UNKNOWN}
FROM node:${VERSION}
FROM node:${VERSION:-20.1}
FROM node:${GO:+18}-x
`,
		"docker/web.Dockerfile":      "\ufeff# escape=`\r\nFROM a:1 `\r\n AS x\r\nCOPY --from=X . .\r\n",
		"Containerfile.dev":          "FROM b:2",
		"ci/build.dockerfile":        "FROM c:3\n",
		"empty/Dockerfile":           "",
		"Dockerfile.dockerignore.md": "FROM",
	}
	packages := tree(t, files)
	require.Equal(t, `Containerfile.dev:1 b 2 direct
Dockerfile:4 golang 1.22.1 direct
Dockerfile:6 tools 1.0 direct
Dockerfile:7 busybox 1.36 direct
Dockerfile:14 host.example.org:5000/debian/x debian-slim direct
Dockerfile:20 alpine  direct
Dockerfile:23 node  direct
Dockerfile:24 node 20.1 direct
Dockerfile:25 node 18-x direct
ci/build.dockerfile:1 c 3 direct
docker/web.Dockerfile:2 a 1 direct
`, listed(packages))
	require.Equal(t, "golang:${GO}\ntools:1.0\nbusybox:1.36\n", marked(files, packages[1:4]))
	require.Equal(t, "sha256:"+strings.Repeat("a", 64), packages[4].Hash)
	_, ok := manifest.Kind("Dockerfile.dockerignore")
	require.False(t, ok)
}
