#!/bin/sh
# Put stoker of this source tree into a folder, for CI jobs (ci-templates/github/action.yml, ci-templates/gitlab):
#   install.sh --key    a name for what would be built here: source, system and processor (for a cache)
#   install.sh FOLDER   build it as FOLDER/stoker unless that is there, and the libraries it needs
# Wants Debian 12 or Ubuntu 24.04, as root or with sudo. STOKER_VERSION: what `stoker --version` says where there is no .git.
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)

# what the program is made of; names are part of it, so that a moved file counts
print_key() {
	cd "$source"
	# shellcheck source=/dev/null
	system=$(. /etc/os-release && echo "$ID$VERSION_ID")
	sum=$(find Makefile core cmd lua-lib ci-templates tests/lint -type f ! -name '*.o' | LC_ALL=C sort |
		xargs -d '\n' sha256sum | sha256sum | cut -c 1-40)
	echo "$system-$(uname -m)-$sum"
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_make() {
	command -v make >/dev/null && command -v cc >/dev/null && return
	as_root apt-get -qq update
	DEBIAN_FRONTEND=noninteractive as_root apt-get -qq -y install --no-install-recommends make gcc pkg-config >/dev/null
}

has_libraries() {
	! ldd "$1" | grep -q 'not found'
}

[ $# = 1 ] || { echo "usage: install.sh --key | FOLDER" >&2; exit 2; }
[ "$(uname -s)" = Linux ] || { echo "stoker runs on Linux, this is $(uname -s)" >&2; exit 3; }
[ "$1" != --key ] || { print_key; exit; }
folder=$1
start=$(date +%s)
if [ -x "$folder/stoker" ] && has_libraries "$folder/stoker"; then
	echo "stoker is there already"
else
	install_make
	make -C "$source" --no-print-directory deps
	if [ ! -x "$folder/stoker" ]; then
		make -C "$source" --no-print-directory -j"$(nproc)" all
		mkdir -p "$folder"
		cp "$source/build/stoker" "$folder/stoker.part"
		mv "$folder/stoker.part" "$folder/stoker"
	fi
fi
"$folder/stoker" --version
echo "in $(($(date +%s) - start)) s"
