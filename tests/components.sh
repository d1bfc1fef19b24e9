#!/bin/sh
# The servers that the tests talk to. Installs what is missing where it can (as root on Debian or Ubuntu), otherwise says
# what to install and goes on: a test whose server is missing is skipped, or fails where CI=true.
# Nothing is asked, nothing is started, and nothing goes over the network while everything is there.
set -eu

# command:package, one per line
WANTED='
prometheus:prometheus
promtool:prometheus
prometheus-node-exporter:prometheus-node-exporter
sshd:openssh-server
dockerd:docker.io
busybox:busybox-static
docker-registry:docker-registry
pg_createcluster:postgresql
'

# servers lie where only root looks; SERVER_PATH says where else to look
missing() {
    for pair in $WANTED; do
        PATH="$PATH:${SERVER_PATH-/usr/local/sbin:/usr/sbin:/sbin}" command -v "${pair%%:*}" >/dev/null 2>&1 || echo "${pair#*:}"
    done | sort -u
}

packages=$(missing)
[ -n "$packages" ] || exit 0

list=$(echo "$packages" | tr '\n' ' ')
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "tests: not on this machine: $list" >&2
    echo "  help: install the Debian packages of these names, or what your system calls them; as root on Debian this is done for you" >&2
    exit 0
fi

# A package that brings a service starts it when it is installed, and the tests start their own. On a System V machine,
# and in a container, RUNLEVEL=1 keeps it down; what systemd starts all the same is stopped again below.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
service() { case $1 in openssh-server) echo ssh ;; docker.io) echo docker ;; *) echo "$1" ;; esac; }
running() { command -v systemctl >/dev/null 2>&1 && systemctl is-active --quiet "$(service "$1")" 2>/dev/null; }
install() { apt-get install -y -q --no-install-recommends $packages >"$log" 2>&1; }

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "tests: installing $list" >&2
before=''
for package in $packages; do
    if running "$package"; then before="$before $package "; fi
done
# the package lists may be missing or too old: fetch them only then
if ! install; then
    { apt-get update -q >"$log" 2>&1 && install; } || {
        tail -n 5 "$log" >&2
        echo "tests: could not install $list" >&2
        echo "  help: apt-get install $list" >&2
        exit 0
    }
fi
for package in $packages; do
    case "$before" in *" $package "*) continue ;; esac
    if running "$package"; then systemctl disable --now --quiet "$(service "$package")"; fi
done
