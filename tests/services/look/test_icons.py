"""Icons: one file for all, and a page that only points into it."""

import re
import xml.etree.ElementTree as ET

import pytest
from starlette.testclient import TestClient

from services.look.assets import ICONS, icon, sprite


def test_every_drawing_is_a_symbol_with_its_view_box():
    symbols = ET.fromstring(sprite())  # noqa: S314  # our own file
    found = {one.get("id"): one for one in symbols}
    assert set(found) == {path.stem for path in ICONS.glob("*.svg")}
    assert all(one.get("viewBox") == "0 0 24 24" for one in found.values())
    assert all(len(one) for one in found.values())


def test_a_page_points_at_the_file_that_the_service_gives_out(web):
    address, name = re.search(r'href="(.*?)#(.*?)"', icon("LocationPin")).groups()
    answer = TestClient(web).get(address)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "immutable" in answer.headers["cache-control"]
    assert f'id="{name}"' in answer.text


def test_an_unknown_icon_is_refused():
    with pytest.raises(LookupError, match="NoSuchIcon"):
        icon("NoSuchIcon")
