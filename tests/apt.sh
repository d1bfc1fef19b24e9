# Packages that the machine's own lists leave out, from its own Debian mirror, in lists of our own: nothing of the machine
# changes. To be sourced.
#   mirror                        the address of the mirror; nothing where /etc/apt names none
#   own_lists FOLDER TYPE SUITE   begins lists in FOLDER, of deb or deb-src packages of a suite
#   ask …                         apt-get with these lists alone

keys=/usr/share/keyrings/debian-archive-keyring.gpg

mirror() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        awk '/^URIs:/ {print $2; exit} /^deb / {for (i = 2; i <= NF; i++) if ($i ~ /^https?:/) {print $i; exit}}'
}

own_lists() {
    lists="$1/lists" parts="$1/parts"
    mkdir -p "$lists/partial" "$parts"
    cat >"$parts/one.sources" <<LIST
Types: $2
URIs: $(mirror)
Suites: $3
Components: main
Signed-By: $keys
LIST
}

ask() {
    apt-get -q -o Dir::State::lists="$lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
        -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$parts" "$@"
}
