#!/bin/sh
# docker-compose 2, which the tests ask whether compose.yaml is right. Debian has a package of it since the release after
# bookworm, a program that needs no other: it is unpacked into ${XDG_CACHE_HOME:-~/.cache}/signalproof, and nothing of the
# system changes. Where that cannot be done this says so and goes on: the tests that need it are skipped, or fail where
# CI=true. Nothing goes over the network while it is there.
set -eu
. "$(dirname "$0")/apt.sh"

suite=trixie
HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}  # which a service manager may not have set
folder="${XDG_CACHE_HOME:-$HOME/.cache}/signalproof/docker-compose-2"

# version 1, which knows less of the format, says "docker-compose version"
answers() { "$@" version 2>/dev/null | grep -q '^Docker Compose version'; }
if answers docker-compose || answers docker compose || answers "$folder/docker-compose"; then exit 0; fi

if [ ! -e "$keys" ] || [ -z "$(mirror)" ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "tests: not on this machine: docker-compose 2" >&2
    echo "  help: install the Compose plugin of Docker, docker-compose-v2 on Ubuntu" >&2
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"  # apt fetches as a user of its own
mkdir "$work/package"
own_lists "$work" deb "$suite"
echo "tests: fetching docker-compose 2" >&2
fetch() { ask update && cd "$work/package" && ask download docker-compose && dpkg-deb -x ./*.deb "$work/unpacked"; }
if ! (fetch) >"$work/log" 2>&1; then
    tail -n 5 "$work/log" >&2
    echo "tests: could not fetch docker-compose 2" >&2
    echo "  help: install the Compose plugin of Docker" >&2
    exit 0
fi
mkdir -p "$folder"
install -m 755 "$work/unpacked/usr/libexec/docker/cli-plugins/docker-compose" "$folder/docker-compose.new"
mv "$folder/docker-compose.new" "$folder/docker-compose"  # whole or not at all
