#!/bin/sh
# A Gitea as build/peers/gitea, with the files it reads, from its published Go module (go 1.26, a C compiler; 10 minutes).
set -eu
cd "$(dirname "$0")/../.."
version=v1.26.0
to=$PWD/build/peers
mkdir -p "$to"
from=$(go mod download -json code.gitea.io/gitea@$version | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p')
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cp -r "$from/." "$work"
chmod -R u+w "$work"
# its go.mod replaces modules, so it builds only as the main module
(cd "$work" && go build -tags 'sqlite sqlite_unlock_notify' -ldflags "-X main.Version=${version#v}" -o "$to/gitea" .)
rm -rf "$to/gitea-files"
mkdir "$to/gitea-files"
cp -r "$work/options" "$work/templates" "$to/gitea-files"
mkdir "$to/gitea-files/public"
"$to/gitea" --version
