# Helpers of the set-up scripts. Nothing here skips: what is missing is installed where that is allowed, and otherwise
# the script stops and names the one command to type.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

say() { printf '\n\033[1m── %s\033[0m\n' "$*"; }

stop() {
  printf '\n%s\nType:  %s\n' "$1" "$2" >&2
  exit 1
}

# Installs Debian packages where this user may; else says what to type.
packages() {
  local why=$1
  shift
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing $* ($why) …"
    (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@") >/dev/null 2>&1 ||
      stop "$why could not be installed." "apt-get update && apt-get install $*"
  else
    stop "$why is missing." "sudo apt-get install $*"
  fi
}

need_rust() {
  command -v cargo >/dev/null || stop "Rust is missing." "see https://rustup.rs, then: rustup toolchain install stable"
  command -v cc >/dev/null || packages "a C compiler (SQLite and ring are built from C)" build-essential
}

need_node() {
  command -v node >/dev/null || packages "Node.js 20 or newer" nodejs npm
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || stop "Node.js 20 or newer is needed; this is $(node --version)." "install Node.js 20 from https://nodejs.org"
}

need_chromium() {
  CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
  if [ -z "$CHROMIUM" ]; then
    packages "Chromium (the browser tests drive it)" chromium
    CHROMIUM=$(command -v chromium)
  fi
  export CHROMIUM
}

# A database server of our own for the tests, in a temporary folder, unless TEST_DATABASE_URL names one.
need_postgres() {
  [ -n "${TEST_DATABASE_URL:-}" ] && return
  local bin
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
  if [ -z "$bin" ] && command -v initdb >/dev/null; then bin=$(dirname "$(command -v initdb)"); fi
  if [ -z "$bin" ]; then
    packages "PostgreSQL (the second database that everything is tested on)" postgresql
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
    [ -n "$bin" ] || stop "PostgreSQL's programs were not found." "set TEST_DATABASE_URL to a server whose user may create databases"
  fi
  postgres_home=$(mktemp -d)
  local as="" port
  if [ "$(id -u)" = 0 ]; then as="runuser -u postgres --" && chown postgres "$postgres_home"; fi
  port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
  (cd "$postgres_home" && $as "$bin/initdb" -D "$postgres_home/data" -A trust -U postgres -E UTF8 --locale=C >/dev/null &&
    $as "$bin/pg_ctl" -D "$postgres_home/data" -w -l "$postgres_home/log" \
      -o "-p $port -k $postgres_home -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=400" start >/dev/null) ||
    stop "PostgreSQL did not start: $(tail -n 3 "$postgres_home/log" 2>/dev/null)" "set TEST_DATABASE_URL to a server whose user may create databases"
  postgres_stop="cd / && $as $bin/pg_ctl -D $postgres_home/data -m immediate stop >/dev/null; rm -rf $postgres_home"
  export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
}

# A Python environment with what the conformance check needs, and HubSpot's own SDK.
need_python() {
  command -v python3 >/dev/null || packages "Python 3 (the conformance check is written in it)" python3 python3-venv
  local venv=target/venv
  if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv" 2>/dev/null || { packages "Python's venv" python3-venv && python3 -m venv "$venv"; }
  fi
  "$venv/bin/python" -c 'import jsonschema, hubspot_sdk' 2>/dev/null ||
    "$venv/bin/pip" install --quiet jsonschema hubspot-sdk==0.1.0a9 ||
    stop "The Python packages could not be installed." "$venv/bin/pip install jsonschema hubspot-sdk==0.1.0a9"
}
