import pytest
import typer
from typer.testing import CliRunner

from services.cli import app
from services.commands.bench import benchmark

run = CliRunner()


def test_it_finds_the_benchmarks_of_the_source():
    for name in ("text", "search", "groups", "registrations", "stability", "live"):
        assert callable(benchmark(name))


def test_it_says_so_where_there_is_no_source(tmp_path):
    with pytest.raises(typer.BadParameter, match="checkout of the source"):
        benchmark("text", tmp_path)


def test_it_names_the_benchmarks_there_are():
    refused = run.invoke(app, ["bench", "speed"])
    assert refused.exit_code == 2
    assert "text, search, groups" in " ".join(refused.output.replace("│", " ").split())


def test_options_are_the_benchmarks_own(capfd):
    found = run.invoke(app, ["bench", "groups", "--sizes", "nought"])
    assert found.exit_code == 2
    assert "--sizes" in found.output + capfd.readouterr().err
    assert "No such option" not in found.output
