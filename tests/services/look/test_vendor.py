"""What others made is shipped unchanged, with its licences, and nothing of theirs is missing."""

from hashlib import sha256

from services.look import assets

VENDOR = assets.STATIC / "vendor"


def kept_sums() -> dict[str, str]:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    return {name: checksum for checksum, name in (line.split("  ", 1) for line in lines)}


def test_every_vendored_file_has_its_kept_sum():
    files = [path for path in VENDOR.glob("*/**/*") if path.is_file()]
    found = {str(p.relative_to(VENDOR)): sha256(p.read_bytes()).hexdigest() for p in files}
    assert found == kept_sums()


def test_every_vendored_package_brings_its_licence():
    packages = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert packages
    assert [path.name for path in packages if not (path / "LICENSE").is_file()] == []


def test_every_named_file_is_there():
    assert [name for name in assets.VENDOR.values() if not (assets.STATIC / name).is_file()] == []


def test_no_style_or_template_asks_anything_of_another_host():
    ours = [*assets.STATIC.glob("*.*"), *assets.LOOK.parent.glob("*/templates/**/*.html")]
    calls = ('src="http', "url(http", 'url("http', "@import", '<link href="http')
    assert len(ours) > 5
    asking = [p.name for p in ours if any(call in p.read_text() for call in calls)]
    assert asking == []
