"""What nobody else caught is answered, and a reader who leaves is no fault of ours."""

import logging

import pytest
from starlette.requests import Request

from services.kit.refusing import Shield

SCOPE = {"type": "http", "method": "POST", "path": "/fi/challenges/peers", "headers": []}


async def read_it_all(scope, receive, send):
    await Request(scope, receive).body()


@pytest.mark.parametrize(
    "before", [[], [{"type": "http.request", "body": b"x", "more_body": True}]]
)
async def test_a_reader_who_leaves_while_sending_is_no_fault(caplog, before):
    messages = iter([*before, {"type": "http.disconnect"}])
    sent = []

    async def receive():
        return next(messages)

    async def send(message):
        sent.append(message)

    with caplog.at_level(logging.INFO):
        await Shield(read_it_all)(SCOPE, receive, send)
    assert sent == []
    assert caplog.records == []
