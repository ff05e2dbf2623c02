"""
The benchmark of searching many texts: recall of exact search, time of a query, memory.

``python -m tests.bench.text.search [texts]`` prints it. Real texts (challenges, CPV labels,
and the parallel sentences when they are there) are encoded; every text of the pool, and every
query, is then a mixture of two of them drawn at random: their rows added with weights between
a half and nine tenths, noise on the vector, three of ten concepts and runs of characters left
out.
"""

import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np
import typer
from numpy.typing import NDArray
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from matcher.data import rows as table
from matcher.text import features, fused_rows
from matcher.text.fusion import CONCEPT_FIRST
from matcher.text.sketch import SAMPLE, Sketcher
from matcher.text.stack import Stack
from tests.bench.text.run import LANGS, challenges, parallel_sentences

TEXTS, QUERIES, K, CHUNK = 1_000_000, 100, 10, 4_096
NOISE, KEPT = 0.01, 0.7
Rows = sparse.csr_array


def real_rows() -> Rows:
    """Rows of real texts, some ten thousand."""
    codes = list(table("cpv.tsv"))
    labels = [
        ". ".join(code[lang] for code in codes[at : at + 4])
        for lang in LANGS
        for at in range(0, len(codes), 4)
    ]
    told = [text for triple in (*challenges()[0], *parallel_sentences()) for text in triple]
    return fused_rows([features(text) for text in (*told, *labels)])


def mixtures(real: Rows, n: int, seed: int) -> Iterator[Rows]:
    """Rows of ``n`` mixtures of two real texts each, in chunks."""
    random = np.random.default_rng(seed)
    for start in range(0, n, CHUNK):
        m = min(CHUNK, n - start)
        one, other = random.integers(real.shape[0], size=(2, m))
        share = random.uniform(0.5, 0.9, m).astype(np.float32)
        mixed = _scaled(real[one], share) + _scaled(real[other], 1 - share)
        mixed.sort_indices()
        dense = mixed.indices < CONCEPT_FIRST
        noise = random.normal(0, NOISE, mixed.nnz)
        kept = random.random(mixed.nnz) < KEPT
        mixed.data = np.where(dense, mixed.data + noise, mixed.data * kept).astype(np.float32)
        mixed.eliminate_zeros()
        lengths = np.sqrt((mixed * mixed).sum(1))
        yield _scaled(mixed, 1 / np.maximum(lengths, 1e-9))


def _scaled(rows: Rows, by: NDArray[np.float32]) -> Rows:
    return Rows(sparse.diags_array(by.astype(np.float32)) @ rows)


def timed(ask: Sequence[Rows] | NDArray[np.float32], answer) -> tuple[list[object], str]:  # type: ignore[no-untyped-def]
    """Ask one by one; answers, and the milliseconds of the process for the median and the 99th."""
    took, found = [], []
    for one in ask:
        started = time.process_time()
        found.append(answer(one))
        took.append(1000 * (time.process_time() - started))
    return found, f"{np.percentile(took, 50):.1f} / {np.percentile(took, 99):.1f}"


def run(argv: Sequence[str] = ()) -> int:
    """Print the table for so many texts."""
    n = int(argv[0]) if argv else TEXTS
    real = real_rows()
    queries = sparse.vstack(list(mixtures(real, QUERIES, seed=1)), format="csr")
    vectors = queries[:, :CONCEPT_FIRST].toarray()
    stack = Stack(Sketcher.learned(next(mixtures(real, SAMPLE, seed=2))))
    best = np.full((QUERIES, K), -1.0, np.float32)
    names = np.full((QUERIES, K), -1, np.int64)
    dense = np.empty((n, CONCEPT_FIRST), np.float32)
    building, at = 0.0, 0
    for rows in mixtures(real, n, seed=3):
        numbers = np.arange(at, at + rows.shape[0])
        dense[numbers] = rows[:, :CONCEPT_FIRST].toarray()
        sparse_part = queries[:, CONCEPT_FIRST:] @ rows[:, CONCEPT_FIRST:].T
        scores = np.hstack([best, vectors @ dense[numbers].T + sparse_part.toarray()])
        both = np.hstack([names, np.broadcast_to(numbers, (QUERIES, len(numbers)))])
        order = np.argpartition(-scores, K, axis=1)[:, :K]
        best = np.take_along_axis(scores, order, 1)
        names = np.take_along_axis(both, order, 1)
        started = time.process_time()
        stack.put([str(number) for number in numbers], rows)
        building += time.process_time() - started
        at += rows.shape[0]
    asked = [queries[[i]] for i in range(QUERIES)]
    stack.nearest(asked[0], K)  # the loops are compiled, or read from the compiler's cache
    typer.echo(f"{n:,} texts, {QUERIES} queries; CPU ms p50 / p99\n")
    typer.echo("| method | recall@10 of exact | ms p50 / p99 | build s | bytes a text |")
    typer.echo("|---|---|---|---|---|")
    found, ms = timed(asked, lambda row: [int(key) for key, _ in stack.nearest(row, K)])
    size = f"{building:.0f} | {stack.nbytes / n:.0f}"
    typer.echo(f"| sketches, then packed rows | {_recall(found, names)} | {ms} | {size} |")
    found, ms = timed(vectors, lambda v: np.argpartition(-(dense @ v), K)[:K].tolist())
    size = f"– | {4 * CONCEPT_FIRST}"
    typer.echo(f"| numpy, vectors alone, every text | {_recall(found, names)} | {ms} | {size} |")
    known = NearestNeighbors(n_neighbors=K, algorithm="brute", metric="cosine").fit(dense)
    found, ms = timed(vectors[:10], lambda v: known.kneighbors(v[None])[1][0].tolist())
    name = "scikit-learn NearestNeighbors, vectors alone, 10 queries"
    typer.echo(f"| {name} | {_recall(found, names)} | {ms} | {size} |")
    return 0


def _recall(found: Sequence[object], names: NDArray[np.int64]) -> str:
    shares = [len(set(f) & set(t.tolist())) / K for f, t in zip(found, names, strict=False)]  # type: ignore[call-overload]
    return f"{np.mean(shares):.3f}"


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
