"""Questions to another process, over NATS request and reply."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from pydantic import BaseModel, ValidationError

from schemas.answers import FieldFault, NotDone, field_faults
from schemas.errors import Broken, Conflict, NotAllowed, NotFound, PiiriError, Refused, Unavailable
from services.kit.streams import PIIRI, piiri_subjects, stream_of

log = logging.getLogger("piiri.ask")

Q = TypeVar("Q", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)

ERROR_HEADER = "Piiri-Error"
"""Family and code of an error: ``conflict same-challenge-open``."""
FAMILIES: dict[str, type[PiiriError]] = {
    family.code: family for family in (NotFound, NotAllowed, Conflict, Refused, Unavailable, Broken)
}
MISFILLED = "misfilled"
"""The code of a question that is not in order, as of a form."""
ANSWER_THREADS = 4


class NoAnswer(Unavailable):
    """Nobody answered in time."""

    code = "no-answer"


class Questions:
    """
    What one context answers.

    Several processes share the questions by the queue ``context``. With a ``gate`` there is
    no queue: every process hears, and the one whose gate is open answers. ``explain`` puts
    a refusal into the words that the asker gets.
    """

    def __init__(
        self,
        context: str,
        *,
        gate: Callable[[], bool] | None = None,
        explain: Callable[[PiiriError], NotDone] | None = None,
    ) -> None:
        self.context = context
        self.gate = gate
        self.explain = explain or _plainly
        self.answers: dict[str, tuple[type[BaseModel], Callable[[Any], BaseModel]]] = {}
        self._threads: ThreadPoolExecutor | None = None

    @property
    def threads(self) -> ThreadPoolExecutor:
        """The threads that answer, made when first asked."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(ANSWER_THREADS, f"{self.context}-answers")
        return self._threads

    def close(self) -> None:
        """Finish what is being answered."""
        if self._threads is not None:
            self._threads.shutdown()
            self._threads = None


def answers(
    questions: Questions, subject: str, question: type[Q]
) -> Callable[[Callable[[Q], A]], Callable[[Q], A]]:
    """
    Register a plain function that answers a question: ``(Question) -> Answer``.

    It runs in a thread and may raise; ``Refused`` and ``Unavailable`` reach the asker as
    errors of the same family, with their code.

    Raises
    ------
    ValueError
        When the subject belongs to a stream, which would keep every question.
    """
    stems = {one.removesuffix(">") for one in piiri_subjects()}
    if stream_of(subject) != PIIRI or any(subject.startswith(stem) for stem in stems):
        raise ValueError(f"{subject} belongs to a stream; ask on piiri.ask.<context>.<what>")
    if subject in questions.answers:
        raise ValueError(f"{subject} is answered already")

    def register(handler: Callable[[Q], A]) -> Callable[[Q], A]:
        questions.answers[subject] = (question, handler)
        return handler

    return register


async def answer_on(client: Client, questions: Questions) -> None:
    """Begin to answer on a connection; when it returns, the server knows."""
    queue = "" if questions.gate else questions.context
    for subject in questions.answers:

        async def hear(message: Msg) -> None:
            if questions.gate is None or questions.gate():
                task = asyncio.create_task(_answer(client, questions, message))
                _running.add(task)
                task.add_done_callback(_running.discard)

        await client.subscribe(subject, queue=queue, cb=hear)
    # The client writes the ping of a flush past what is queued, so the first proves nothing.
    await client.flush()
    await client.flush()


_running: set[asyncio.Task[None]] = set()
"""The event loop itself holds tasks weakly."""


async def _answer(client: Client, questions: Questions, message: Msg) -> None:
    kind, handler = questions.answers[message.subject]

    def work() -> tuple[bytes, dict[str, str] | None]:
        try:
            question = kind.model_validate_json(message.data)
            return handler(question).model_dump_json().encode(), None
        except ValidationError as error:
            no = NotDone(code=MISFILLED, errors=field_faults(error, kind))
            return no.model_dump_json().encode(), {ERROR_HEADER: f"{Refused.code} {MISFILLED}"}
        except PiiriError as error:
            return questions.explain(error).model_dump_json().encode(), _error(error)
        except Exception:
            log.exception("the answer on %s failed", message.subject)
            return _plainly(Broken()).model_dump_json().encode(), _error(Broken())

    loop = asyncio.get_running_loop()
    with contextlib.suppress(NatsError, RuntimeError):  # the asker waits no longer, or we stop
        body, headers = await loop.run_in_executor(questions.threads, work)
        await client.publish(message.reply, body, headers=headers)


def _plainly(error: PiiriError) -> NotDone:
    return NotDone(code=error.code, errors=(FieldFault(wrong=str(error)),))


def _error(error: PiiriError) -> dict[str, str]:
    family = next(code for code, kind in FAMILIES.items() if isinstance(error, kind))
    return {ERROR_HEADER: f"{family} {error.code}"}


class Asker:
    """Asks from any thread but the event loop's own; pages are plain functions in threads."""

    def __init__(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop

    @property
    def connected(self) -> bool:
        """Whether there is a connection to ask over."""
        return self._client.is_connected

    def ask(self, subject: str, question: BaseModel, answer: type[A], timeout_s: float = 1.0) -> A:
        """
        Ask and wait.

        Raises
        ------
        NoAnswer
            When nobody answers in time, or NATS is away.
        PiiriError
            Of the answerer's family, with its code, when it raised one.
        """
        asked = asyncio.run_coroutine_threadsafe(
            ask(self._client, subject, question, answer, timeout_s), self._loop
        )
        try:
            return asked.result(timeout_s + 0.5)
        except FutureTimeout:
            asked.cancel()
            raise NoAnswer(subject) from None


async def ask(
    client: Client, subject: str, question: BaseModel, answer: type[A], timeout_s: float = 1.0
) -> A:
    """Ask and wait, in the event loop; raises as ``Asker.ask`` does."""
    if not client.is_connected:
        raise NoAnswer(subject)
    try:
        message = await client.request(
            subject, question.model_dump_json().encode(), timeout=timeout_s
        )
    except (NoRespondersError, TimeoutError, NatsError) as error:
        raise NoAnswer(subject) from error
    if said := (message.headers or {}).get(ERROR_HEADER):
        raise _raised(said, NotDone.model_validate_json(message.data))
    return answer.model_validate_json(message.data)


def _raised(said: str, told: NotDone) -> PiiriError:
    """Make the answerer's error again: its family here, its own code."""
    family, _, code = said.partition(" ")
    error = FAMILIES.get(family, Broken)(*(fault.wrong for fault in told.errors))
    error.code = code or family  # type: ignore[misc]  # this one error's, not the family's
    return error
