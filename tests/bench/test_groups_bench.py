"""The benchmark of group forming runs, on populations so small that it takes seconds."""

import signal
import subprocess

import numpy as np
import pytest

from matcher import metrics
from tests.bench.groups import full, live, registrations, special, stability
from tests.bench.groups.cases import case_of, exact_inside
from tests.bench.groups.child import NO_MEMORY
from tests.bench.groups.graph import EXACT_UP_TO, every_pair, graph
from tests.bench.groups.methods import METHODS
from tests.bench.groups.people import drawn_people, group_score, pair_scores, people_case
from tests.bench.groups.populations import population
from tests.bench.groups.run import run
from tests.bench.groups.running import Limits, why
from tests.bench.groups.scores import scored


@pytest.fixture(scope="module")
def case():
    return case_of(30, 0, 0.05, changed=False)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "cp-sat"])
def test_every_method_keeps_the_rules(case, method):
    found = scored(case, METHODS[method](case, 0, 5.0, None))
    assert found["wrong_size"] == 0
    assert found["objective"] > 0
    assert found["unit_twice"] == 0


def test_swaps_leave_nobody_who_would_swap(case):
    assert scored(case, METHODS["greedy-swaps"](case, 0, 5.0, None))["blocking"] == 0.0


def test_the_objective_is_the_sum_over_all_pairs(case):
    label = METHODS["ours"](case, 0, 5.0, None)
    every = metrics.objective(case.affinity, label)
    assert scored(case, label)["objective"] == pytest.approx(every, rel=1e-5)


def test_the_graph_of_many_holds_the_nearest_of_each():
    people = population(900)
    assert people.n > EXACT_UP_TO
    near, every = graph(people), every_pair(people)
    i, j = near.nonzero()
    true = np.asarray(every[i, j]).ravel()
    assert (near.data <= true + 1e-5).all()
    some = np.arange(0, people.n, 37)
    best = -np.sort(-every[some].toarray(), axis=1)[:, :16]
    found = -np.sort(-near[some].toarray(), axis=1)[:, :16]
    assert found.sum() / best.sum() > 0.99
    assert exact_inside(people, i[:50], j[:50]) == pytest.approx(true[:50], rel=1e-5)


def test_it_prints_a_table_with_a_line_for_each_method(capsys):
    wanted = ["--sizes", "24", "--methods", "ours", "--cases", "-", "--markdown"]
    assert run(wanted) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "### 24 units, 82 challenges"
    assert len([one for one in lines if one.startswith("| ")]) == 2
    assert not [one for one in lines if "failed" in one or "no result" in one]


def test_a_full_run_tells_its_parts_and_what_a_longer_search_comes_to(capfd):
    assert full.run(["40", "--longer", "3", "--workers", "1"]) == 0
    line = capfd.readouterr().out.splitlines()[-1]
    parts = [part.strip() for part in line.strip("|").split("|")]
    assert parts[0] == "40, 133"
    assert len(parts) == 7
    peak, before = (float(mb.replace(",", "")) for mb in parts[3].split(", "))
    assert 0 < before <= peak
    assert 0.9 < float(parts[6].split("%")[0]) / 100 < 1.1


@pytest.mark.parametrize(
    ("status", "told", "said"),
    [
        (-signal.SIGXCPU, "", "no result in 60 s"),
        (NO_MEMORY, "", "out of memory (6 GB)"),
        (-signal.SIGABRT, "terminate called: std::bad_alloc", "out of memory (6 GB)"),
        (1, "Traceback\nValueError: no", "failed: ValueError: no"),
    ],
)
def test_a_method_without_an_answer_says_why(status, told, said):
    done = subprocess.CompletedProcess([], status, "", told)
    assert why(done, Limits(60.0, 6.0)) == said


@pytest.mark.parametrize("wrong", ["--sizes=a", "--methods=guess", "--cases=none"])
def test_it_refuses_what_it_does_not_know(wrong, capsys):
    with pytest.raises(SystemExit):
        run([wrong])
    assert wrong.split("=")[1] in capsys.readouterr().err


def test_the_further_cases_print_a_line_for_each_run():
    assert len(special.change_case(0, units=60).splitlines()) == 3 + len(special.PENALTIES)
    assert len(special.language_case(0, units=60).splitlines()) == 4
    assert len(special.clustering_case(0, seconds=0.02, repeats=1).splitlines()) == 4
    assert len(people_case(0, sizes=(36,)).splitlines()) == 5


def test_the_stability_table_leaves_nobody_out_in_silence():
    lines = stability.table(60, penalties=(2.0,)).splitlines()
    assert len(lines) == 2 + 3
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]
    low, high = (float(end) for end in cells[0][2].replace("%", "").split(" to "))
    assert low <= 0.0 <= high
    assert cells[1][5].endswith("; 0")
    assert cells[2][6] == "0.00%"
    assert {row[7] for row in cells} == {"100.0%"}
    kept = [float(row[3].rstrip("%")) for row in cells]
    assert kept[0] < kept[2]


def test_single_registrations_are_measured_by_processor_and_clock(capsys):
    assert registrations.run(["300"]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    assert line.startswith("300: processor p50 ")
    assert "; clock p50 " in line


def test_the_live_pool_is_measured_part_by_part(capsys):
    assert live.run(["30", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[-4:]] == ["analysis", "add", "propose", "peers"]


def test_few_challenges_reach_what_is_proven_best():
    last = special.proven_case(0, number=2).splitlines()[-1]
    assert last.startswith("| 2 | 2 | 2 |")


def test_a_mix_is_of_the_whole_group_and_alike_is_of_its_pairs():
    one, other = np.zeros(8), np.ones(8)
    # A span of the whole range (2) and two of two kinds that a pair could have (1) of 18.
    assert group_score(np.array([one, other])) == pytest.approx(3 / 18)
    assert group_score(np.array([one, one])) == pytest.approx(15 / 18)
    # Of three, two kinds of three; of two thirds of the pairs, one in three is equal.
    assert group_score(np.array([one, one, other])) == pytest.approx((2 + 1 / 2 + 15 / 3) / 18)


def test_a_pair_is_worth_to_its_affinity_what_it_scores_as_a_group():
    values = drawn_people(12, 3)
    full = pair_scores(values)
    for i in range(11):
        assert full[i, i + 1] == pytest.approx(group_score(values[[i, i + 1]]))
