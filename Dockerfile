# The image of the pipe: one static binary, the certificates of public authorities, a folder for temporary files. There
# is no shell and no package in it. Build it with
#
#   docker build --build-arg VERSION=0.1.0 --tag sluicescan/sluice:0.1.0 .
#
# Its program leaves out the server. The image of the server holds the full program:
#
#   docker build --build-arg VERSION=0.1.0 --build-arg PROGRAM=. --tag sluicescan/sluice-server:0.1.0 .

# The compiler runs on the builder's own platform and compiles for the image's, so that no platform is emulated.
FROM --platform=${BUILDPLATFORM:-linux/amd64} golang:1.26.8 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
ARG PROGRAM=./cmd/sluice-pipe
ARG TARGETOS=linux
ARG TARGETARCH
# A pull request whose destination the clone lacks is fetched into a temporary folder: /tmp is writable for everyone.
RUN install -d -m 1777 /image/tmp && \
    install -D -m 644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt && \
    CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} go build -trimpath \
      -ldflags "-s -w -X github.com/sluice-scan/sluice/internal/cli.version=${VERSION}" -o /image/sluice ${PROGRAM}

FROM scratch
LABEL org.opencontainers.image.title="Sluice" \
      org.opencontainers.image.description="The security gate in a Bitbucket pipeline" \
      org.opencontainers.image.source="https://github.com/sluice-scan/sluice" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /image/ /
# Bitbucket mounts the clone, which belongs to root, and runs the pipe as the image says. Reading needs no more than a
# clone that everyone may read; a file that FORMAT or WRITE_BASELINE puts into it needs a folder that everyone may write to.
USER 65532:65532
ENTRYPOINT ["/sluice"]
