"""``piiri text``: what is understood of a text, and why two texts match."""

import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from scipy.sparse import csr_array

from matcher.text import Analysis, Explanation, SeenToken, analyse, encode_texts, explain
from matcher.text.background import percentile
from schemas.base import Schema
from schemas.codes import Language, TextLanguage
from services.commands.place import with_vocabulary

app = typer.Typer(help="What is understood of a text.", no_args_is_help=True)

BLOCK = 5_000
"""Lines that share centres and rarity by default; some 60 MB of text and rows."""
FAULTY = 1
"""Exit status when lines were left out."""


class TextLine(Schema):
    """A line of JSON Lines: a text with its id and language."""

    id: str | int
    lang: TextLanguage = ""
    text: str


LangOption = Annotated[
    str, typer.Option(help="Language of the labels shown, and of the reader: fi, sv or en.")
]


@app.command("explain")
def explain_texts(
    texts: Annotated[list[str] | None, typer.Argument(help="One text, or two to compare.")] = None,
    lang: LangOption = "fi",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    lines: Annotated[
        bool,
        typer.Option("--lines", help='Read JSON Lines {"id","lang","text"}, write one a line.'),
    ] = False,
) -> None:
    """
    Show the language, lemmas, compounds, concepts, themes and CPV codes of a text.

    Of two texts it also shows why they match: the concepts both share, with their words.
    """
    reader = _language(lang)
    with_vocabulary()
    if lines:
        _explain_lines(reader)
        return
    if not texts or len(texts) > 2:
        raise typer.BadParameter("give one text or two, each in quotes", param_hint="TEXTS")
    found = [analyse(text) for text in texts]
    match = explain(found[0], found[1], reader) if len(found) == 2 else None
    if as_json:
        shown: dict[str, Any] = {"texts": [_shown(one, reader) for one in found]}
        if match is not None:
            shown["match"] = _match(match, found, reader)
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    for one in found:
        _print(one, reader)
    if match is not None:
        _print_match(_match(match, found, reader), match, reader)


@app.command()
def encode(
    encoder: Annotated[
        str, typer.Option(help="builtin, neural, auto, or the folder of a model.")
    ] = "auto",
    block: Annotated[
        int,
        typer.Option(min=1, help="Lines that share centres and rarity; 1 answers line by line."),
    ] = BLOCK,
) -> None:
    """
    Encode JSON Lines {"id","lang","text"} from standard input, one {"id","sparse"} a line.

    The products of two lines' sparse weights are how alike their texts are. Lines are read,
    encoded and written block by block, so that any number of them passes through.
    """
    with_vocabulary()
    faults = 0
    numbered = enumerate(sys.stdin.buffer, 1)
    while lines := list(islice(numbered, block)):
        good = [line for number, raw in lines if (line := _line(number, raw)) is not None]
        faults += len(lines) - len(good)
        try:
            rows = encode_texts([g.text for g in good], [g.lang for g in good], encoder=encoder)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--encoder") from None
        for line, weights in zip(good, _weights(rows), strict=True):
            typer.echo(json.dumps({"id": line.id, "sparse": weights}))
        sys.stdout.flush()
    if faults:
        raise typer.Exit(FAULTY)


def _language(lang: str) -> Language:
    for known in ("fi", "sv", "en"):
        if lang == known:
            return known
    raise typer.BadParameter(f"a language is fi, sv or en, got {lang!r}", param_hint="--lang")


def _weights(rows: csr_array) -> Iterator[dict[str, float]]:
    for start, end in zip(rows.indptr[:-1], rows.indptr[1:], strict=True):
        pairs = zip(rows.indices[start:end], rows.data[start:end], strict=True)
        yield {str(column): round(float(weight), 6) for column, weight in pairs}


def _line(number: int, raw: bytes) -> TextLine | None:
    """Read a line; a faulty one is named on standard error and left out."""
    try:
        return TextLine.model_validate_json(raw)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            where = ".".join(map(str, fault["loc"])) or "line"
            typer.echo(f"line {number}, {where}: {fault['msg']}", err=True)
        return None


def _explain_lines(reader: Language) -> None:
    faults = 0
    for number, raw in enumerate(sys.stdin.buffer, 1):
        line = _line(number, raw)
        if line is None:
            faults += 1
            continue
        shown = {"id": line.id, **_shown(analyse(line.text, line.lang), reader)}
        typer.echo(json.dumps(shown, ensure_ascii=False))
        sys.stdout.flush()
    if faults:
        raise typer.Exit(FAULTY)


def _shown(one: Analysis, reader: Language) -> dict[str, Any]:
    return {
        "language": one.language,
        "lack": one.lack,
        "tokens": [
            {"text": t.text, "start": t.start, "end": t.end, "lemma": t.lemma, "parts": t.parts}
            for t in one.tokens
        ],
        "concepts": [
            {
                "id": c.id,
                "label": c.label.text(reader),
                "weight": round(c.weight, 4),
                "spans": c.spans,
                "theme": c.theme,
            }
            for c in one.concepts
        ],
        "themes": [_suggested(theme, reader) for theme in one.themes],
        "cpv": [_suggested(code, reader) for code in one.cpv],
        "unknown": one.unknown,
    }


def _suggested(suggestion: Any, reader: Language) -> dict[str, Any]:
    return {
        "key": suggestion.key,
        "label": suggestion.label.text(reader),
        "strength": round(suggestion.strength, 4),
    }


def _match(match: Explanation, found: list[Analysis], reader: Language) -> dict[str, Any]:
    return {
        "score": round(match.score, 4),
        "percentile": percentile(match.score, found[0].language, found[1].language),
        "code": match.code,
        "shared": [
            {
                "id": one.concept.id,
                "label": one.concept.label.text(reader),
                "kind": one.kind,
                "weight": round(one.share, 4),
                "words": one.words,
                "spans": one.spans,
            }
            for one in match.shared
        ],
        "nearest": [one.label.text(reader) for one in match.nearest or ()],
        "only": [[one.label.text(reader) for one in side] for side in match.only],
    }


def _print(one: Analysis, reader: Language) -> None:
    typer.echo(f"language  {one.language or 'unknown'}{f' ({one.lack})' if one.lack else ''}")
    typer.echo(f"lemmas    {' '.join(map(_lemma, one.tokens))}")
    for seen in one.concepts[:8]:
        words = ", ".join(seen.words)
        typer.echo(f"concept   {seen.weight:5.2f}  {seen.label.text(reader)}  <- {words}")
    for name, suggestions in (("theme", one.themes), ("cpv", one.cpv)):
        for suggestion in suggestions:
            label = suggestion.label.text(reader)
            typer.echo(f"{name:9} {suggestion.strength:5.2f}  {suggestion.key} {label}")
    typer.echo()


def _lemma(token: SeenToken) -> str:
    return f"{token.lemma} ({'+'.join(token.parts)})" if token.parts else token.lemma


def _print_match(shown: dict[str, Any], match: Explanation, reader: Language) -> None:
    typer.echo(
        f"match     {shown['score']:.3f}, stronger than {shown['percentile']:.1f} % of pairs"
    )
    for one in match.shared:
        words = " <-> ".join(", ".join(side) for side in one.words)
        typer.echo(f"shared    {one.share:.3f}  {one.concept.label.text(reader)}  {words}")
    if match.nearest:
        typer.echo(f"similar topic: {' ~ '.join(shown['nearest'])}")
    if match.code == "nothing-shared":
        typer.echo("nothing shared")
