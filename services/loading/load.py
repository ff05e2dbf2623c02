"""
A file loaded: looked through, tried out, then stored, a transaction for each batch.

Nothing of a file with a fault is stored, unless the rest is asked for. A load that breaks
off is run again: what it stored is recognised.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

from sqlmodel import Session

from schemas.errors import PiiriError, Refused
from schemas.pool_lines import ChallengeLine
from services.directory.queries import find_unit
from services.entering.refusals import faults_of
from services.kit.store import Store
from services.loading.actions import Outcome, load_line
from services.loading.limits import LIMITS, Limits
from services.loading.lines import BadFile, FileFault, Found
from services.loading.report import Report
from services.loading.survey import Survey, survey

BATCH = 200
Progress = Callable[[str, int, int], None]
"""Told the stage, how many of its rows are done, and how many there are."""


class _TriedOut(Exception):
    """The end of a trial: its transaction is undone."""


def load_file(
    store: Store,
    path: Path,
    *,
    dry_run: bool = False,
    partial: bool = False,
    skip_unknown: bool = False,
    limits: Limits = LIMITS,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Report:
    """
    Load units, agents and challenges from a file.

    Parameters
    ----------
    dry_run
        Look through and try out everything, store nothing.
    partial
        Store the sound rows of a file that has others.
    skip_unknown
        Leave out columns whose heading is unknown instead of refusing the table.
    """
    report = Report(path.name, dry_run)
    try:
        found = survey(path, report, skip_unknown=skip_unknown, limits=limits)
        progress("check", 0, report.rows)
        _try_out(store, found, report, progress)
    except BadFile as bad:
        report.add(bad.fault)
        report.counts.clear()
        return report
    if dry_run or (report.faults and not partial):
        return report
    report.counts.clear()
    _store(store, found, report, progress)
    return report


def _batches(found: Survey) -> Iterator[list[Found]]:
    for challenges in (False, True):
        rows = found.sound(challenges=challenges)
        while batch := list(islice(rows, BATCH)):
            yield batch


def _try_out(store: Store, found: Survey, report: Report, progress: Progress) -> None:
    """Do every batch and undo it, so that the rules speak before anything is stored."""
    done = 0
    for batch in _batches(found):
        with _undone(store) as session:
            _bring_units(session, found, batch)
            for one in batch:
                _try_line(session, one, found, report)
        done += len(batch)
        progress("check", done, report.rows)


@contextmanager
def _undone(store: Store) -> Iterator[Session]:
    with suppress(_TriedOut), store.begin() as session:
        yield session
        raise _TriedOut


def _try_line(session: Session, one: Found, found: Survey, report: Report) -> None:
    try:
        with session.begin_nested():
            report.count(one.line.type, load_line(session, one.line))
    except Refused as refusal:
        found.bad.add((one.sheet, one.row))
        for fault in _faults(one, refusal):
            report.add(fault)


def _bring_units(session: Session, found: Survey, batch: list[Found]) -> None:
    """Let the units of these challenges in, when they are in the file and not yet known."""
    for key in {one.line.unit_id for one in batch if isinstance(one.line, ChallengeLine)}:
        line = found.unit(key)
        if line is None or find_unit(session, key) is not None:
            continue
        try:
            with session.begin_nested():
                load_line(session, line)
        except Refused:
            continue  # told where the unit stands


def _store(store: Store, found: Survey, report: Report, progress: Progress) -> None:
    done = 0
    for batch in _batches(found):
        outcomes: list[tuple[str, Outcome]] = []
        one = batch[0]
        try:
            with store.begin("load") as session:
                for one in batch:
                    outcomes.append((one.line.type, load_line(session, one.line)))
        except PiiriError as error:
            # The rules had agreed, so somebody was faster or the store is away.
            _stop(report, one, error)
            return
        for kind, outcome in outcomes:
            report.count(kind, outcome)
        done += len(batch)
        progress("store", done, report.rows)


def _stop(report: Report, one: Found, error: PiiriError) -> None:
    report.stopped = True
    for fault in _faults(one, error):
        report.add(fault)


def _faults(one: Found, error: PiiriError) -> Iterator[FileFault]:
    for fault in faults_of(error):
        yield FileFault(
            row=one.row,
            sheet=one.sheet,
            column=fault.field,
            wrong=fault.wrong,
            accepted=fault.accepted,
        )
