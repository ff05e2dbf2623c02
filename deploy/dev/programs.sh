# Sourced by `make test`: look for the programs that tests run, and install Debian's where that
# is allowed. What is missing then is said, and its tests are left out; where CI=true they fail.

piiri_chromium() {
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if "$name" --version >/dev/null 2>&1; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

piiri_missing() {
  piiri_chromium >/dev/null || echo chromium
  [ -e /usr/lib/python3/dist-packages/libvoikko.py ] || echo python3-libvoikko voikko-fi
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null ||
    echo postgresql
  command -v openssl >/dev/null || echo openssl
  command -v systemd-analyze >/dev/null || echo systemd
}

piiri_install() {
  command -v apt-get >/dev/null 2>&1 || return 1
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || return 1
    as_root="sudo -n"
  fi
  echo "Installing what the tests run (once): $*"
  { $as_root apt-get -qq update &&
    DEBIAN_FRONTEND=noninteractive $as_root apt-get -qq install --yes \
      --no-install-recommends "$@"; } >/dev/null 2>&1
}

# One word a package: the list is split on purpose.
piiri_wanted=$(piiri_missing)
if [ -n "$piiri_wanted" ]; then
  piiri_install $piiri_wanted || true
  piiri_wanted=$(piiri_missing | tr '\n' ' ')
  [ -z "$piiri_wanted" ] ||
    echo "Tests that need these are left out: $piiri_wanted(sudo apt install ...)" >&2
fi
if PIIRI_CHROMIUM=$(piiri_chromium); then
  export PIIRI_CHROMIUM
elif [ "${CI:-}" = true ]; then
  echo "Chromium is missing and could not be installed; the browser tests need it" >&2
  exit 1
else
  PIIRI_WITHOUT_BROWSER=1
fi
