"""What the facilitators' pages ask the warm pool when they are opened."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from schemas.errors import NotFound
from services.kit.asking import NoAnswer

A = TypeVar("A", bound=BaseModel)
TIMEOUT_S = 2.0


def question_of(kind: type[A], unknown: type[NotFound], **keys: str) -> A:
    """
    Make a question out of keys in an address.

    Raises
    ------
    NotFound
        The one given, when nothing could have such a key.
    """
    try:
        return kind(**keys)
    except ValidationError:
        raise unknown(*keys.values()) from None


def ask_pool(request: Request, subject: str, question: BaseModel, answer: type[A]) -> A:
    """
    Ask and wait.

    Raises
    ------
    PiiriError
        When there is no answer in time; a page says so with 503.
    """
    asker = request.app.state.asker
    if asker is None:
        raise NoAnswer(subject)
    answered: A = asker.ask(subject, question, answer, TIMEOUT_S)
    return answered
