#!/usr/bin/env bash
# Pin what pyproject.toml asks for. Arguments go to uv: --upgrade, or --upgrade-package NAME.
# The files hold names, versions and hashes and no addresses, so that any index can serve them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pin() {
  uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
    --no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml "$@"
}

pin --output-file requirements.txt "$@"
pin --extra postgresql --constraint requirements.txt \
  --output-file requirements-postgresql.txt "$@"
pin --extra postgresql --group dev --constraint requirements-postgresql.txt \
  --output-file requirements-dev.txt "$@"
