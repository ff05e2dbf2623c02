"""What the facilitators' pages ask the warm pool when they are opened."""

from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request

from services.kit.asking import NoAnswer

A = TypeVar("A", bound=BaseModel)
TIMEOUT_S = 2.0


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
