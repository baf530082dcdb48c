#!/usr/bin/env bash
# Scans the source of well-known Go modules and npm packages and lists every secret at MEDIUM or above: nearly all that
# is listed is a test's key or a false alarm, to be looked at by a person.
#   scripts/noise.sh SLUICE FOLDER
# SLUICE is the program, FOLDER where the packages are kept; both must be absolute. It takes the go and npm clients.
set -euo pipefail
sluice=${1:?usage: noise.sh SLUICE FOLDER}
folder=${2:?usage: noise.sh SLUICE FOLDER}
modules='github.com/gin-gonic/gin github.com/spf13/viper gorm.io/gorm github.com/golang-jwt/jwt/v5 github.com/labstack/echo/v4
	github.com/redis/go-redis/v9 github.com/prometheus/prometheus k8s.io/client-go golang.org/x/oauth2 github.com/minio/minio-go/v7'
packages='express axios lodash passport jsonwebtoken mongoose webpack typeorm aws-sdk firebase @pulumi/aws docsify aws-cdk-lib ioredis sails'
mkdir -p "$folder"
cd "$folder"

list() {
	FAIL_ON=NONE "$sluice" scan "$2" --worktree --engines secrets --format csv | grep -E 'CRITICAL|HIGH|MEDIUM' | sed "s|^|$1: |" || true
}

for module in $modules; do
	source=$(go mod download -json "$module@latest" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",$/\1/p')
	list "$module" "$source"
done
for package in $packages; do
	if [ ! -d "$package" ]; then
		mkdir -p "$package"
		tar -xzf "$(npm pack "$package" --silent)" -C "$package"
	fi
	list "$package" "$folder/$package"
done
