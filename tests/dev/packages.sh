# The one list of what a fresh Debian 12 lacks.

packages_for_building=(cmake ninja-build gcc libc6-dev pkg-config git libgit2-dev zlib1g-dev libpq-dev libpg-query-dev
    libprotobuf-c-dev libsqlite3-dev libyaml-dev libpcre2-dev libjansson-dev libssl-dev)
packages_for_checking=(clang clang-format binutils shellcheck)
packages_for_testing=(libcriterion-dev postgresql-15 postgresql-client-15 pgbouncer sqlite3 ruby ruby-activerecord
    ruby-pg ruby-sqlite3 zsh fish man-db groff-base ca-certificates jq curl libxml2-utils)

package_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        command -v sudo >/dev/null || die "needs root or sudo for: $*"
        sudo "$@"
    fi
}

apt_quietly() {
    local log
    log=$(mktemp)
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        die "apt-get $1 failed"
    fi
    rm -f "$log"
}

# A server package would make and start a cluster of its own on installation; ours is the only one that runs here.
forbid_main_cluster() {
    package_installed postgresql-common && return
    [ ! -e /etc/postgresql-common/createcluster.conf ] || return 0
    as_root mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
}

# The same for the pooler: installed, it would be started, now and at every boot. The mask is for systemd, the policy for
# what asks invoke-rc.d; one that is there already has its reasons.
forbid_pgbouncer_service() {
    local unit=/etc/systemd/system/pgbouncer.service policy=/usr/sbin/policy-rc.d
    package_installed pgbouncer && return
    if [ ! -e "$unit" ] && [ ! -L "$unit" ]; then
        as_root mkdir -p "${unit%/*}"
        as_root ln -s /dev/null "$unit"
    fi
    [ ! -e "$policy" ] || return 0
    printf '#!/bin/sh\ncase $1 in pgbouncer) exit 101 ;; esac\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    packages_policy=$policy
}

# packages_need NAME...: no network where everything is there.
packages_need() {
    local name missing=()
    for name; do
        package_installed "$name" || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "these Debian packages are missing: ${missing[*]}"
    say "installing ${missing[*]}"
    case " ${missing[*]} " in *" postgresql-15 "*) forbid_main_cluster ;; esac
    case " ${missing[*]} " in *" pgbouncer "*) forbid_pgbouncer_service ;; esac
    apt_quietly update
    apt_quietly install --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}"
    [ -z "${packages_policy:-}" ] || as_root rm -f "$packages_policy"
    packages_policy=
}

# A node from elsewhere is as good as Debian's.
packages_need_node() {
    local missing=()
    command -v node >/dev/null || missing+=(nodejs)
    command -v npm >/dev/null || missing+=(npm)
    [ ${#missing[@]} -eq 0 ] || packages_need "${missing[@]}"
}

# What tests run of npm's, in a folder that outlives the run: drizzle-orm before and after merganser, and the validator
# with the schema of SARIF that @microsoft/jest-sarif ships. Prints the folder.
node_folder() {
    local packages=(drizzle-orm@0.45.4 pg@8.23.1 @microsoft/jest-sarif@1.0.0-beta.0) name cache making
    name=$(printf '%s-' "${packages[@]}")
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/merganser/npm-$(tr -c 'a-z0-9.\n' - <<<"${name%-}")
    if [ ! -d "$cache" ]; then
        say "installing ${packages[*]} into $cache"
        mkdir -p "${cache%/*}"
        making=$(mktemp -d "${cache%/*}/making.XXXXXX")
        echo '{"private": true}' >"$making/package.json"
        (cd "$making" && npm install --no-audit --no-fund --loglevel=error --fetch-retry-maxtimeout=10000 "${packages[@]}" >&2) ||
            { rm -rf "$making"; die "npm could not install ${packages[*]}"; }
        mv -T "$making" "$cache"
    fi
    printf '%s\n' "$cache"
}
