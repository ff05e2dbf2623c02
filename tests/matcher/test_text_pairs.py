import json
from pathlib import Path

import pytest

from matcher.text import Analysis, analyse, explain

CASES = Path(__file__).parent / "cases" / "text_pairs.jsonl"
PAIRS = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
SAME = 0.15
"""Score from which two challenges are the same problem, where only the two are known."""


def shown(pair: dict[str, str]) -> str:
    return f"{pair['kind']}: {pair['a'][:30]!r}"


def analysed(pair: dict[str, str]) -> tuple[Analysis, Analysis]:
    return analyse(pair["a"]), analyse(pair["b"])


def test_there_are_pairs_of_every_kind():
    assert len(PAIRS) >= 120
    assert {pair["verdict"] for pair in PAIRS} == {"same", "other", "nothing"}
    assert all(pair["why"].endswith(".") for pair in PAIRS)


@pytest.mark.parametrize("pair", PAIRS, ids=shown)
def test_a_facilitator_would_agree(pair):
    a, b = analysed(pair)
    found = explain(a, b, "fi")
    if pair["verdict"] == "same":
        assert found.score >= SAME, pair["why"]
    elif "nearer" in pair:
        nearer = explain(a, analyse(pair["nearer"]), "fi")
        assert nearer.score > found.score, pair["why"]
        assert nearer.code != "nothing-shared"
    else:
        assert found.score < SAME, pair["why"]
    if pair["verdict"] == "nothing":
        assert found.code == "nothing-shared"
        assert a.lack or b.lack
