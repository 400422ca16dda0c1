# A PostgreSQL of our own: an unprivileged user, its own data folder, a short socket path, a free port on loopback.

postgres_bin=/usr/lib/postgresql/15/bin

as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    else
        "$@"
    fi
}

# postgres_start FOLDER [SETTING...]: sets postgres_data, postgres_socket and postgres_port.
postgres_start() {
    local folder=$1 try setting
    shift
    postgres_data=$folder/data postgres_socket=$folder/s
    mkdir -p "$postgres_data" "$postgres_socket"
    chmod 755 "$folder"
    [ "$(id -u)" != 0 ] || chown postgres: "$postgres_data" "$postgres_socket"
    (cd / && quietly as_postgres "$postgres_bin/initdb" -A trust -U postgres -E UTF8 --locale=C.UTF-8 \
        --no-sync -D "$postgres_data") || die "initdb failed"
    {
        echo "listen_addresses = '127.0.0.1'"
        echo "unix_socket_directories = '$postgres_socket'"
        echo "log_destination = 'stderr'"
        echo "timezone = 'UTC'"
        for setting; do echo "$setting"; done
    } >>"$postgres_data/postgresql.conf"
    # It trusts everybody but one role, which tests/test_postgres_password.c makes.
    {
        echo "local all mg_scram scram-sha-256"
        echo "host all mg_scram 127.0.0.1/32 scram-sha-256"
        cat "$postgres_data/pg_hba.conf"
    } >"$folder/hba"
    cat "$folder/hba" >"$postgres_data/pg_hba.conf"
    rm "$folder/hba"
    # Below the kernel's own range for outgoing connections, so that only another server can be in the way.
    for try in 1 2 3 4 5 6 7 8; do
        postgres_port=$((20000 + RANDOM % 12000))
        if (cd / && as_postgres "$postgres_bin/pg_ctl" start -s -w -t 60 -D "$postgres_data" \
            -l "$postgres_data/log" -o "-p $postgres_port" >/dev/null 2>&1); then
            postgres_running=1
            return
        fi
    done
    tail -n 20 "$postgres_data/log" >&2
    die "PostgreSQL did not start after $try tries"
}

postgres_stop() {
    [ -n "${postgres_running:-}" ] || return 0
    postgres_running=
    (cd / && as_postgres "$postgres_bin/pg_ctl" stop -s -w -m immediate -D "$postgres_data" >/dev/null 2>&1) || true
}
