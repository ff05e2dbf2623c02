"""Questions to another process are answered at once, or it is said that they are not."""

import asyncio
import threading
import time

import pytest
from backbones import running
from nats.errors import NoRespondersError
from pydantic import BaseModel

from schemas.errors import Broken, Conflict, Refused, Unavailable
from services.kit.asking import NoAnswer, Questions, answers

SUBJECT = "piiri.ask.matching.double"


class Number(BaseModel):
    value: int


class Taken(Conflict):
    """It is taken."""

    code = "taken"


def double(question: Number) -> Number:
    if question.value == 13:
        raise Taken("13")
    if question.value == 0:
        raise ZeroDivisionError("Matti Meikäläinen")
    if question.value == 99:
        time.sleep(0.6)
    return Number(value=question.value * 2)


def doubling(**options):
    questions = Questions("matching", **options)
    answers(questions, SUBJECT, Number)(double)
    return questions


async def ask(backbone, value, timeout_s=1.0):
    """Ask as a page does, from a thread."""
    asker = backbone.asker
    return await asyncio.to_thread(asker.ask, SUBJECT, Number(value=value), Number, timeout_s)


async def test_a_page_gets_its_answer(settings, store):
    async with running(settings, store, questions=[doubling()]) as backbone:
        assert await ask(backbone, 21) == Number(value=42)
        found = await asyncio.gather(*(ask(backbone, value) for value in range(1, 11)))
    assert [answer.value for answer in found] == [2 * value for value in range(1, 11)]


async def test_a_refusal_keeps_its_family_and_code(settings, store):
    async with running(settings, store, questions=[doubling()]) as backbone:
        with pytest.raises(Conflict, match="It is taken: 13") as refused:
            await ask(backbone, 13)
    assert refused.value.code == "taken"


async def test_a_fault_of_the_answerer_says_nothing_of_its_inside(settings, store):
    async with running(settings, store, questions=[doubling()]) as backbone:
        with pytest.raises(Broken) as broken:
            await ask(backbone, 0)
    assert "Matti" not in str(broken.value)


async def test_a_question_that_does_not_fit_is_refused(settings, store):
    class Words(BaseModel):
        value: str

    async with running(settings, store, questions=[doubling()]) as backbone:
        asker = backbone.asker
        with pytest.raises(Refused, match="got 'x'"):
            await asyncio.to_thread(asker.ask, SUBJECT, Words(value="x"), Number)


async def test_nobody_there_is_told_at_once(settings, store):
    async with running(settings, store) as backbone:
        with pytest.raises(NoAnswer) as told:
            await ask(backbone, 1, timeout_s=30.0)
    assert isinstance(told.value.__cause__, NoRespondersError), "not for lack of time"


async def test_a_slow_answer_is_not_waited_for(settings, store):
    async with running(settings, store, questions=[doubling()]) as backbone:
        with pytest.raises(Unavailable):
            await ask(backbone, 99, timeout_s=0.1)
        assert (await ask(backbone, 4)).value == 8


async def test_the_instance_whose_gate_is_open_answers(settings, store):
    is_open = threading.Event()
    active, standby = doubling(gate=lambda: True), doubling(gate=is_open.is_set)
    async with (
        running(settings, store, questions=[active]),
        running(settings, store, questions=[standby], relay=False) as backbone,
    ):
        for value in range(1, 6):
            assert (await ask(backbone, value)).value == 2 * value


async def test_a_closed_gate_does_not_answer(settings, store):
    async with running(settings, store, questions=[doubling(gate=lambda: False)]) as backbone:
        with pytest.raises(NoAnswer):
            await ask(backbone, 1, timeout_s=0.2)


@pytest.mark.parametrize("subject", ["piiri.matching.x", "piiri.notices.x", "piiri.replay.x"])
def test_a_question_is_not_asked_on_a_stream(subject):
    with pytest.raises(ValueError, match="belongs to a stream"):
        answers(Questions("matching"), subject, Number)


def test_a_subject_is_answered_once():
    questions = doubling()
    with pytest.raises(ValueError, match="answered already"):
        answers(questions, SUBJECT, Number)
