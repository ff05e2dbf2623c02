# Sourced by `make test`: look for Chromium, and install Debian's where that is allowed.
# Without one the browser tests are left out, which is said, and which fails where CI=true.

piiri_chromium() {
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if "$name" --version >/dev/null 2>&1; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

piiri_install_chromium() {
  command -v apt-get >/dev/null 2>&1 || return 1
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || return 1
    as_root="sudo -n"
  fi
  echo "Installing Chromium for the browser tests (once)"
  { $as_root apt-get -qq update &&
    DEBIAN_FRONTEND=noninteractive $as_root apt-get -qq install --yes \
      --no-install-recommends chromium; } >/dev/null 2>&1
}

if ! PIIRI_CHROMIUM=$(piiri_chromium); then
  piiri_install_chromium
  PIIRI_CHROMIUM=$(piiri_chromium) || PIIRI_CHROMIUM=
fi
if [ -n "$PIIRI_CHROMIUM" ]; then
  export PIIRI_CHROMIUM
elif [ "${CI:-}" = true ]; then
  echo "Chromium is missing and could not be installed; the browser tests need it" >&2
  exit 1
else
  echo "Chromium is missing: the browser tests are left out." \
    "To run them: sudo apt install chromium" >&2
  PIIRI_WITHOUT_BROWSER=1
fi
