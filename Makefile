# The targets run the same commands as the CI. `make` without a target prints the list of targets.
.DEFAULT_GOAL := help
VERSION := $(shell sed -n 's/^image: .*://p' pipe.yml)

.PHONY: help build test lint fuzz ci golden bench-peers bench-sca seed-large screenshots noise image
help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
build: ## compile ./sluice, static and with its version
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X github.com/sluice-scan/sluice/internal/cli.version=$(VERSION)" -o sluice .
test: ## run all tests
	go test ./...
lint: ## check the format, and run go vet and the linters
	.ci/run format vet lint
fuzz: ## run every fuzz target for a while (FUZZ_TIME=10s)
	FUZZ_TIME=$${FUZZ_TIME:-10s} .ci/run fuzz
ci: ## run the whole CI, with the race detector
	.ci/run
golden: ## regenerate the golden files, the generated files and the tables of the documents
	go generate ./...
	go test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n 1 dirname | sort -u) -update
bench-peers: ## compare with gitleaks and write the table of docs/performance.md (takes minutes)
	go run ./internal/benchpeers -update docs/performance.md
bench-sca: ## compare with osv-scanner (LOCKFILES=folder ADVISORIES=folder of OSV zips)
	go run ./internal/benchsca -lockfiles "$(LOCKFILES)" -advisories "$(ADVISORIES)"
seed-large: ## fill a database with a large Bitbucket and measure pages and calls on it (DATABASE_URL: also an empty PostgreSQL)
	go run ./internal/benchserver -database "$$(mktemp -d)/large.db"
	test -z "$$DATABASE_URL" || go run ./internal/benchserver -database "$$DATABASE_URL"
screenshots: ## write pictures of every page of the dashboard in both themes and at three widths to ./screenshots (needs chromium)
	go run ./internal/screenshots -to screenshots
noise: build ## list the findings in well-known packages (fetches them)
	scripts/noise.sh "$(CURDIR)/sluice" "$$(mktemp -d)"
image: ## build the container images of the pipe and of the server
	docker build --build-arg VERSION=$(VERSION) --tag sluicescan/sluice:$(VERSION) .
	docker build --build-arg VERSION=$(VERSION) --build-arg PROGRAM=. --tag sluicescan/sluice-server:$(VERSION) .
