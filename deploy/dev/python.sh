#!/bin/sh
# Print the first of the given Pythons that is new enough and can make an environment.

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
can_make='import ensurepip, venv'
without_venv=

for python in "$@"; do
  command -v "$python" >/dev/null 2>&1 || continue
  "$python" -c "$new_enough" 2>/dev/null || continue
  if "$python" -c "$can_make" 2>/dev/null; then
    command -v "$python"
    exit 0
  fi
  without_venv=${without_venv:-$python}
done

if [ -n "$without_venv" ]; then
  version=$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  echo "Python's venv module is missing; install it with: sudo apt install python3-venv" \
    "(or python$version-venv)" >&2
else
  echo "Python 3.11 or newer is needed; install it with: sudo apt install python3 python3-venv" \
    "(or name it: make PYTHON=/path/to/python3.12 ...)" >&2
fi
exit 1
