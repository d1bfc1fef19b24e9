#!/bin/sh
# Builds kube-apiserver and kube-controller-manager from Debian's source package, once, into a cache outside the checkout:
# ${XDG_CACHE_HOME:-~/.cache}/signalproof/kubernetes-VERSION. As root on Debian it installs the compiler and etcd if they
# are missing. Without effect when the two programs are there. The tests of the Kubernetes strategy look for them there.
set -eu
. "$(dirname "$0")/../../apt.sh"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/signalproof
suite=bookworm
go=golang-1.19-go
version=1.20
programs="$cache/kubernetes-$version"

if [ -x "$programs/kube-apiserver" ] && [ -x "$programs/kube-controller-manager" ] && command -v etcd >/dev/null; then
    exit 0
fi

needed=''
[ -x /usr/lib/go-1.19/bin/go ] || needed="$needed $go"
for pair in etcd:etcd-server rsync:rsync make:make dpkg-source:dpkg-dev gcc:gcc; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || needed="$needed ${pair#*:}"
done
if [ -n "$needed" ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "kubernetes: not on this machine:$needed" >&2
        echo "  help: install the Debian packages of these names" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    # shellcheck disable=SC2086  # a list of packages
    apt-get install -y -q --no-install-recommends $needed >/dev/null ||
        { apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends $needed >/dev/null; }
fi

if [ ! -x "$programs/kube-apiserver" ] || [ ! -x "$programs/kube-controller-manager" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT

    # source packages are not among the machine's lists
    [ -n "$(mirror)" ] || { echo "kubernetes: this machine names no Debian mirror in /etc/apt" >&2; exit 1; }
    mkdir "$work/source"
    own_lists "$work" deb-src "$suite"
    ask update >/dev/null
    (cd "$work/source" && ask source --download-only kubernetes >/dev/null 2>&1)
    dpkg-source --no-check -x "$work"/source/*.dsc "$work/kubernetes" >/dev/null

    cat >"$work/version.sh" <<VERSION
KUBE_GIT_COMMIT=unknown
KUBE_GIT_TREE_STATE=archive
KUBE_GIT_VERSION=v1.20.2
KUBE_GIT_MAJOR=1
KUBE_GIT_MINOR=20
VERSION
    cd "$work/kubernetes"
    mkdir -p "$work/home" .go/src/k8s.io
    [ -L .go/src/k8s.io/kubernetes ] || ln -s ../../.. .go/src/k8s.io/kubernetes
    started=$(date +%s)
    env -i HOME="$work/home" PATH=/usr/lib/go-1.19/bin:/usr/sbin:/usr/bin:/sbin:/bin CGO_ENABLED=0 GOPROXY=off \
        GOCACHE="$work/cache" GOPATH="$work/kubernetes/.go" KUBE_GIT_VERSION_FILE="$work/version.sh" \
        make WHAT="cmd/kube-apiserver cmd/kube-controller-manager" >"$work/log" 2>&1 ||
        { tail -n 20 "$work/log" >&2; exit 1; }
    mkdir -p "$programs"
    for program in kube-apiserver kube-controller-manager; do
        built=$(find "$work/kubernetes/_output" -type f -name "$program" | head -n 1)
        install "$built" "$programs/$program.new"
        mv "$programs/$program.new" "$programs/$program"   # a program that is there is whole
    done
    echo "kubernetes: built in $(($(date +%s) - started)) s: $programs" >&2
    chmod -R u+w "$work" 2>/dev/null || true
fi
