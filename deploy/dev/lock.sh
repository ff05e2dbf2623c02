#!/bin/sh
# Write the three lock files from pyproject.toml, for every platform, without index addresses.
set -eu
uv=$1
common="--universal --python-version 3.11 --generate-hashes --no-header --no-annotate
  --no-emit-index-url --no-emit-find-links --quiet"

# shellcheck disable=SC2086  # the options are words
{
  "$uv" pip compile $common pyproject.toml --extra neural \
    --output-file requirements.lock
  "$uv" pip compile $common pyproject.toml --extra neural --extra test \
    --constraint requirements.lock --output-file requirements-test.lock
  sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml |
    "$uv" pip compile $common - --constraint requirements-test.lock \
      --output-file requirements-build.lock
}
