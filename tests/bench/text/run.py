"""
The development benchmark of text understanding, as one table.

``python -m tests.bench.text.run`` prints it. Parallel sentences are read from the folder
``PIIRI_DEV_DATA`` or ``../shared/data/dev`` when they are there; challenges in three
languages lie beside this file.
"""

import os
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import typer
from scipy.sparse import csr_array

from matcher.text import analyse, encode_texts
from matcher.text.encoders import neural, neural_is_installed
from tests.bench.text.blinding import blind
from tests.bench.text.measures import clusters, mixed_recall, product, recall, reciprocal
from tests.bench.text.methods import Method, methods

LANGS = ("fi", "sv", "en")
CHALLENGES = Path(__file__).parent / "challenges.tsv"
CODES = Path(__file__).parent / "codes.tsv"
PAIRS = ((0, 2), (0, 1), (1, 2))
WORDS = 33
"""Words of a text whose cost is measured, at least."""
HEAD = (
    "| method | fi→en @1 / @10 / MRR | fi→sv @1 / @10 / MRR | sv→en @1 / @10 / MRR | mixed @10 |"
    " challenges: fi→sv @1, mixed @2, V theme, V language |"
)


def parallel_sentences() -> list[list[str]]:
    """Sentences in the three languages, none when the folder is not there."""
    folder = Path(os.environ.get("PIIRI_DEV_DATA", "../shared/data/dev"))
    path = folder / "parallel_sentences.tsv"
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return [blind(line.split("\t")[1:4]) for line in lines]


def challenges() -> tuple[list[list[str]], list[str]]:
    """Challenges in the three languages, and their themes."""
    lines = [line.split("\t") for line in CHALLENGES.read_text(encoding="utf-8").splitlines()[1:]]
    return [line[2:5] for line in lines], [line[1] for line in lines]


def encoded(method: Method, triples: Sequence[Sequence[str]]) -> list[csr_array]:
    """Rows of each language, encoded together as one pool."""
    n = len(triples)
    texts = [triple[at] for at in range(3) for triple in triples]
    rows = csr_array(method(texts, [lang for lang in LANGS for _ in range(n)])).tocsr()
    return [rows[at * n : (at + 1) * n] for at in range(3)]


def line(name: str, method: Method, sentences: Sequence[Sequence[str]]) -> str:
    """One line of the table."""
    cells = ["–"] * 4
    if sentences:
        rows = encoded(method, sentences)
        scores = [product(rows[a], rows[b]) for a, b in PAIRS]
        cells = [f"{recall(s, 1):.3f} / {recall(s, 10):.3f} / {reciprocal(s):.3f}" for s in scores]
        cells.append(f"{mixed_recall(rows):.3f}")
    texts, themes = challenges()
    rows = encoded(method, texts)
    pool = csr_array(method([t for triple in texts for t in triple], list(LANGS) * len(texts)))
    v_theme = clusters(pool, [theme for theme in themes for _ in LANGS], len(set(themes)))
    v_lang = clusters(pool, list(LANGS) * len(texts), len(set(themes)))
    first = recall(product(rows[0], rows[1]), 1)
    cells.append(f"{first:.3f}, {mixed_recall(rows, 2):.3f}, {v_theme:.3f}, {v_lang:.3f}")
    return f"| {name} | {' | '.join(cells)} |"


def different_texts(sentences: Sequence[Sequence[str]], n: int) -> list[str]:
    """Texts of 33 words or more, of sentences in one language put together at random."""
    random = Random(5)  # noqa: S311  # the same texts every time, nothing secret
    by_language = list(zip(*sentences, *challenges()[0], strict=True))
    made = []
    for number in range(n):
        said = random.choice(by_language[number % len(by_language)])
        while len(said.split()) < WORDS:
            said += " " + random.choice(by_language[number % len(by_language)])
        made.append(said)
    return made


def codes() -> str:
    """How often the first, and any, suggested code is in a group that fits, by language."""
    lines = [line.split("\t") for line in CODES.read_text(encoding="utf-8").splitlines()[1:]]
    told = []
    for at, lang in enumerate(LANGS, start=1):
        found = [[code.key for code in analyse(row[at]).cpv] for row in lines]
        fits = [
            [key.startswith(tuple(row[0].split("|"))) for key in keys]
            for row, keys in zip(lines, found, strict=True)
        ]
        first = sum(fit[:1] == [True] for fit in fits)
        told.append(f"{lang} {first} / {sum(map(any, fits))}")
    return f"CPV group right first / among five, of {len(lines)}: {', '.join(told)}"


def cost(sentences: Sequence[Sequence[str]]) -> str:
    """CPU seconds for 10,000 texts, languages not told, and the memory of this process."""
    started = time.process_time()
    encode_texts(["Siivouspalvelut"], [""], encoder="builtin")
    first = time.process_time() - started
    many = different_texts(sentences, 10_000)
    started = time.process_time()
    encode_texts(many, [""] * len(many), encoder="builtin")
    seconds = time.process_time() - started
    words = sum(len(text.split()) for text in many) / len(many)
    return (
        f"{seconds:.1f} CPU s for 10,000 texts of {words:.0f} words, {len(set(many)):,} of them"
        f" different; {first:.1f} for the first; {_peak_mb():.0f} MB at most"
    )


def neural_cost() -> str:
    """CPU time of the neural encoder by language, and the memory it adds to the built-in one."""
    texts, _ = challenges()
    every = [text for triple in texts for text in triple]
    encode_texts(every, [""] * len(every), encoder="builtin")
    before = _peak_mb()
    neural()(every)
    more = _peak_mb() - before
    told = ", ".join(f"{lang} {_ms(texts, at):.0f}" for at, lang in enumerate(LANGS))
    return f"neural: {told} ms of CPU for a text of 40 words; {more:.0f} MB more"


def _ms(texts: Sequence[Sequence[str]], at: int) -> float:
    """Milliseconds of CPU for forty words of a language, the mean over some twenty texts."""
    words = " ".join(triple[at] for triple in texts).split()
    of_forty = [" ".join(words[first : first + 40]) for first in range(0, len(words) - 40, 40)]
    started = time.process_time()
    for text in of_forty:
        neural()([text])
    return (time.process_time() - started) / len(of_forty) * 1000


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(argv: Sequence[str] = ()) -> int:
    """Print the table; names given leave out the other methods, ``cost`` all of them."""
    sentences = parallel_sentences()
    if not sentences:
        typer.echo(
            "no parallel sentences in PIIRI_DEV_DATA or ../shared/data/dev: challenges alone"
        )
    if neural_is_installed():
        typer.echo(neural_cost())
    typer.echo(HEAD + "\n|---|---|---|---|---|---|")
    for name, method in methods().items():
        if not argv or any(wanted in name for wanted in argv):
            typer.echo(line(name, method, sentences))
    typer.echo(codes())
    typer.echo(cost(sentences))
    return 0


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
