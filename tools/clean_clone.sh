#!/usr/bin/env bash
# Do what the README says as a newcomer would: a fresh clone of HEAD, an empty home folder and
# hardly an environment. Arguments go to the tests. Exits non-zero when anything fails.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
port=${VH_PORT:-5099}
work=$(mktemp -d)
server=

finish() {
  if [[ -n $server ]]; then kill -TERM "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT

newcomer() { # Only in a subshell: it becomes the command, so that a signal reaches it.
  exec env -i HOME="$work/home" PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 \
    VH_PORT="$port" "$@"
}

fetch() {
  python3 - "http://127.0.0.1:$port/" <<'PYTHON'
import sys
import urllib.request

with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1]) as page:
    print("front page:", page.status, len(page.read()), "bytes")
PYTHON
}

mkdir "$work/home"
git clone --quiet --no-hardlinks "$root" "$work/clone"
cd "$work/clone"

echo "== python3 run.py"
started=$SECONDS
newcomer python3 run.py >"$work/served" 2>&1 &
server=$!
until fetch 2>/dev/null; do
  if ! kill -0 "$server" 2>/dev/null || ((SECONDS - started > 300)); then
    cat "$work/served"
    exit 1
  fi
  sleep 0.5
done
echo "served after $((SECONDS - started)) s"
kill -TERM "$server"
wait "$server"
server=
cat "$work/served"
if [[ -n $(git status --porcelain) ]]; then
  echo "the first start left files that git sees:"
  git status --short
  exit 1
fi

echo "== python3 run.py test"
(newcomer python3 run.py test "$@")
