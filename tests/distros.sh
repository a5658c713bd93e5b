#!/bin/bash
# The README's two commands in a fresh Debian 12 and a fresh Ubuntu 24.04, made by debootstrap.
# Needs root and debootstrap. Each root gets a copy of what is committed, and nothing else; packages
# come from the archive in DEBIAN_MIRROR or UBUNTU_MIRROR (default: the ones of this machine's apt,
# then the public ones). DISTROS_MAKE names other targets than demo and test. Ends with the numbers; an archive out of reach is a skip.
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0 skipped=0
work=${DISTROS_DIR:-$(mktemp -d /var/tmp/stoker-distros.XXXXXX)}
[ "$(id -u)" = 0 ] || { echo "test-distros needs root"; exit 1; }
command -v debootstrap >/dev/null || { echo "test-distros needs debootstrap"; exit 1; }

apt_mirror() { # of this machine, for the distribution named
	awk -v d="$1" '/^deb / { for (i = 2; i <= NF; i++) if ($i ~ /:\/\// && $i ~ d && $i !~ /security/) { print $i; exit } }
		/^URIs:/ && $2 ~ d && $2 !~ /security/ { print $2; exit }' \
		/etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1
}
mount_in() { mount --bind /proc "$1/proc"; mount --bind /dev "$1/dev"; }
umount_in() { umount "$1/proc" "$1/dev" 2>/dev/null; }

one() { # name suite mirror keyring components
	local root=$work/$1 log=$work/$1.log script=/usr/share/debootstrap/scripts/$2 rc
	# a debootstrap older than the release: all of Ubuntu's are made alike
	[ -f "$script" ] || [ "$1" != ubuntu ] || script=${script%/*}/gutsy
	if [ ! -f "$script" ]; then
		echo "skip distros-$1: this debootstrap does not know $2"
		skipped=$((skipped + 1))
		return
	fi
	if ! curl -fsI -m 20 "$3/dists/$2/Release" >/dev/null 2>&1; then
		echo "skip distros-$1: its archive cannot be reached"
		skipped=$((skipped + 1))
		return
	fi
	echo "$1: making a root from $2 (log: $log)"
	if ! debootstrap --variant=minbase --include=ca-certificates,git,make --components="$5" \
		${4:+--keyring="$4"} "$2" "$root" "$3" "$script" >"$log" 2>&1; then
		echo "FAIL $1: debootstrap"; tail -5 "$log"; failed=$((failed + 1))
		return
	fi
	# apt inside goes the way it goes here
	cp /etc/resolv.conf "$root/etc/" 2>/dev/null
	cp /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null
	git clone -q . "$root/root/stoker"
	mount_in "$root"
	for what in ${DISTROS_MAKE:-demo test}; do
		chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
			http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
			make -C /root/stoker $what >>"$log" 2>&1 </dev/null
		rc=$?
		if [ $rc -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
		echo "$1: make $what: exit $rc: $(tail -1 "$log")"
	done
	umount_in "$root"
}
trap 'umount_in "$work/debian"; umount_in "$work/ubuntu"' EXIT

debian=${DEBIAN_MIRROR:-$(apt_mirror debian)}
ubuntu=${UBUNTU_MIRROR:-$(apt_mirror ubuntu)}
one debian bookworm "${debian:-http://deb.debian.org/debian}" "" main
one ubuntu noble "${ubuntu:-http://archive.ubuntu.com/ubuntu}" \
	"$(ls /usr/share/keyrings/ubuntu-archive-keyring.gpg 2>/dev/null)" main,universe
echo "$passed passed, $failed failed$([ $skipped -gt 0 ] && echo ", $skipped skipped")"
[ $failed -eq 0 ]
