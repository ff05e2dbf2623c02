"""One line per event, with its id, and never a person in it."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Final, TextIO

QUIET: Final = (
    "httpx",
    "httpcore",
    "nats",
    "faststream",
    "alembic",
    "uvicorn.access",
    "asyncio",
    "aiosmtplib",
)
"""Libraries that tell of every step; their warnings are enough."""

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_IDENTITY = re.compile(r"\b\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]\b")
_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s@/]*@")
_LINES = re.compile(r"[\r\n\x00-\x1f\x7f\u2028\u2029]+")


def masked(text: str) -> str:
    """Cover e-mail addresses, personal identity codes and passwords in addresses."""
    return _IDENTITY.sub("…", _ADDRESS.sub("…@…", _PASSWORD.sub(r"\1:…@", text)))


class OneLine(logging.Formatter):
    """A record as one line; a line break in a value cannot forge a second one."""

    def format(self, record: logging.LogRecord) -> str:
        """Write time, level, logger and message; an error's place instead of its words."""
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        said = masked(_LINES.sub(" ", record.getMessage()))
        return f"{moment} {record.levelname:<7} {record.name} {said}{_trouble(record)}"


class JsonLine(OneLine):
    """The same as a JSON object, for a collector."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the object in one line."""
        values = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(_LINES.sub(" ", record.getMessage())) + _trouble(record),
        }
        return json.dumps(values, ensure_ascii=False)


def _trouble(record: logging.LogRecord) -> str:
    """Name an exception and where it was raised; its message may hold what a person wrote."""
    if not record.exc_info or record.exc_info[0] is None:
        return ""
    trace = record.exc_info[2]
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
    return f" [{record.exc_info[0].__name__}{where}]"


def set_up(level: str = "INFO", *, stream: TextIO | None = None, as_json: bool = False) -> None:
    """Send every logger's lines to one place, once."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLine() if as_json else OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
