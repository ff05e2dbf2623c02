"""An event of a committed transaction is heard, once, in order, by a real server."""

import asyncio
import inspect
import threading

import pytest
from backbones import EFFECTS, counting, effects, lapse, note_effect, running, until
from faststream.nats.subscriber.usecases import BatchPullStreamSubscriber
from sqlalchemy import select

from schemas.errors import Broken, Refused, Unavailable
from schemas.groups import GroupProposed, ProposalLapsed
from schemas.notices import RegionTold
from services.kit.bus import Subscribers, hears
from services.kit.envelope import headers_of
from services.kit.outbox import emit
from services.kit.parking import parked, replay


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    monkeypatch.setattr("services.kit.holding.RETRY_S", (0.03, 0.03, 0.03, 0.03))
    monkeypatch.setattr("services.kit.holding.UNAVAILABLE_S", (0.05,))


class NotNow(Unavailable):
    """The oracle sleeps."""


class NotEver(Refused):
    """A rule says no."""


async def test_it_hears_what_was_committed_in_the_order_of_each_key(settings, store):
    keys = [f"pr-{n % 7}" for n in range(300)]
    async with running(settings, store, [counting(store)]):
        await asyncio.to_thread(lapse, store, *keys)
        await until(lambda: len(effects(store)) == 300)
    heard = effects(store)
    for key in set(keys):
        versions = [version for k, version in heard if k == key]
        assert versions == list(range(1, len(versions) + 1))


async def test_it_hears_nothing_of_an_undone_transaction(settings, store):
    def undone():
        with store.begin() as session:
            emit(session, ProposalLapsed(proposal_id="pr-undone", version=1))
            session.rollback()

    async with running(settings, store, [counting(store)]):
        await asyncio.to_thread(undone)
        await asyncio.to_thread(lapse, store, "pr-done")
        await until(lambda: effects(store))
    assert effects(store) == [("pr-done", 1)]


async def test_every_context_hears_the_event_once(settings, store):
    contexts = [counting(store, "groups"), counting(store, "notices")]
    async with running(settings, store, contexts):
        await asyncio.to_thread(lapse, store, "pr-1")
        await until(lambda: effects(store, "groups-v1") and effects(store, "notices-v1"))
    assert effects(store, "groups-v1") == effects(store, "notices-v1") == [("pr-1", 1)]


async def test_a_repeat_has_no_effect(settings, store):
    async with running(settings, store, [counting(store)]) as backbone:
        (event,) = await asyncio.to_thread(lapse, store, "pr-1")
        await until(lambda: effects(store))
        for turn in range(3):
            # Another message id: the server's duplicate window does not help.
            headers = headers_of(event) | {"Nats-Msg-Id": f"again-{turn}"}
            await backbone.jetstream().publish(
                event.subject, event.model_dump_json().encode(), stream="PIIRI", headers=headers
            )
        await until(lambda: backbone.consumers[0].gauges.repeats == 3)
    assert effects(store) == [("pr-1", 1)]


async def test_what_a_handler_announces_names_its_cause(settings, store):
    heard = []
    subscribers = counting(store, "groups")
    answering = Subscribers("matching")

    @hears(answering, ProposalLapsed)
    def answer(event, session):
        if event.version == 1:
            emit(session, ProposalLapsed(proposal_id=event.key, version=2))

    collecting = Subscribers("notices")
    hears(collecting, ProposalLapsed)(lambda event, _session: heard.append(event))
    async with running(settings, store, [subscribers, answering, collecting]):
        await asyncio.to_thread(lapse, store, "pr-1")
        await until(lambda: len(heard) == 2)
    first, second = heard
    assert second.causation_id == second.correlation_id == first.id


async def test_a_poison_event_is_parked_and_its_key_waits_behind_it(settings, store):
    tries = []

    def fail(event, session):
        if (event.key, event.version) == ("pr-bad", 2):
            tries.append(effects_so_far())
            note_effect(session, "undone", event)
            raise ZeroDivisionError("division by zero for matti.meikalainen@example.org")

    def effects_so_far():
        return {key for key, _ in effects(store)}

    subscribers = counting(store, before=fail)
    async with running(settings, store, [subscribers]):
        keys = ["pr-bad"] * 4 + [f"pr-{n}" for n in range(100)]
        await asyncio.to_thread(lapse, store, *keys)
        await until(lambda: len(effects(store)) == 103)
        await asyncio.to_thread(lapse, store, "pr-later")
        await until(lambda: len(effects(store)) == 104)
    assert len(tries) == 5, "five tries, then no more"
    assert len(tries[1] - {"pr-bad"}) == 100, "the others of the batch did not wait for it"
    assert [version for key, version in effects(store) if key == "pr-bad"] == [1, 3, 4]
    (one,) = parked(store)
    assert (one.consumer, one.deliveries) == ("groups-v1", 5)
    assert one.reason == "ZeroDivisionError: division by zero for …@…"
    assert effects(store, "undone") == []


@pytest.mark.parametrize("error", [NotEver("pr-1", "closed"), Broken("a promise")])
async def test_a_refusal_is_parked_at_once(settings, store, error):
    tries = []

    def refuse(event, session):
        tries.append(event)
        raise error

    async with running(settings, store, [counting(store, before=refuse)]):
        await asyncio.to_thread(lapse, store, "pr-1")
        (one,) = await until(lambda: parked(store))
    assert len(tries) == 1
    assert one.reason == str(error)


async def test_what_is_unavailable_is_tried_until_it_is_back(settings, store):
    tries = []

    def wait(event, session):
        if event.key == "pr-waits":
            tries.append(event)
            if len(tries) < 9:
                raise NotNow

    async with running(settings, store, [counting(store, before=wait)]):
        await asyncio.to_thread(lapse, store, "pr-waits", "pr-goes")
        await until(lambda: len(effects(store)) == 2)
    assert effects(store) == [("pr-goes", 1), ("pr-waits", 1)]
    assert parked(store) == []


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        ({}, None, "the header ce-id is missing"),
        ({"ce-type": "piiri.matching.lapsed.v9"}, None, "'piiri.matching.lapsed.v9' is unknown"),
        ({"ce-type": ""}, None, "the type '' is unknown"),
        ({"ce-id": "6f1c1d2e-0000-4000-8000-000000000000"}, None, "not that of the header"),
        ({"ce-type": "piiri.matching.lapsed.v1"}, b"{", "JSON"),
        ({"ce-type": "piiri.matching.lapsed.v1"}, b"\xff", "JSON"),
        ({"ce-type": "piiri.matching.lapsed.v1"}, b'{"version": 1}', "proposal_id: Field"),
    ],
)
async def test_a_message_that_cannot_be_read_is_parked(settings, store, headers, body, reason):
    event = ProposalLapsed(proposal_id="pr-1", version=1)
    sent = {} if not headers else headers_of(event) | headers
    async with running(settings, store, [counting(store)]) as backbone:
        await backbone.jetstream().publish(
            event.subject,
            event.model_dump_json().encode() if body is None else body,
            stream="PIIRI",
            headers=sent,
        )
        (one,) = await until(lambda: parked(store))
        await asyncio.to_thread(lapse, store, "pr-2")
        await until(lambda: effects(store))
    assert reason in one.reason
    assert effects(store) == [("pr-2", 1)]


async def test_when_a_hook_fails_each_event_is_tried_alone(settings, store):
    sizes, undone = [], []
    subscribers = counting(store)

    def after_batch(session):
        bad = [key for key, _ in _effects_in(session) if key == "pr-bad"]
        sizes.append(len(_effects_in(session)))
        if bad:
            raise ValueError("the batch holds a bad one")

    subscribers.after_batch = after_batch
    subscribers.on_batch_failed = lambda: undone.append(1)
    async with running(settings, store, [subscribers]):
        await asyncio.to_thread(lapse, store, "pr-1", "pr-bad", "pr-2")
        await until(lambda: parked(store))
    assert effects(store) == [("pr-1", 1), ("pr-2", 1)]
    assert [one.event_id for one in parked(store)]
    assert len(undone) >= 6, "the whole batch, then five tries of the bad one"


def _effects_in(session):
    return session.connection().execute(select(EFFECTS.c.key, EFFECTS.c.version)).all()


async def test_hooks_run_once_a_batch_and_in_one_thread(settings, store):
    calls = []
    subscribers = counting(store, before=lambda *_: calls.append(("event", _thread())))
    subscribers.after_batch = lambda _: calls.append(("batch", _thread()))
    subscribers.after_commit = lambda: calls.append(("commit", _thread()))
    await asyncio.to_thread(lapse, store, *[f"pr-{n}" for n in range(50)])
    async with running(settings, store, [subscribers]) as backbone:
        await until(lambda: backbone.consumers[0].gauges.heard == 50)
        batches = backbone.consumers[0].gauges.batches
    names = [name for name, _ in calls]
    assert names.count("event") == 50
    assert names.count("batch") == names.count("commit") == batches
    assert names[-2:] == ["batch", "commit"]
    assert len({thread for _, thread in calls}) == 1


def _thread():
    return threading.current_thread().name


async def test_it_pulls_only_while_its_gate_is_open(settings, store):
    is_open = threading.Event()
    subscribers = counting(store)
    subscribers.gate = is_open.is_set
    async with running(settings, store, [subscribers, counting(store, "notices")]):
        await asyncio.to_thread(lapse, store, "pr-1")
        await until(lambda: effects(store, "notices-v1"))
        assert effects(store) == []
        is_open.set()
        await until(lambda: effects(store))
        is_open.clear()
        await asyncio.sleep(0.2)
        await asyncio.to_thread(lapse, store, "pr-2")
        await until(lambda: len(effects(store, "notices-v1")) == 2)
        assert effects(store) == [("pr-1", 1)]


async def test_a_closed_gate_gives_back_what_is_held(settings, store):
    is_open = threading.Event()
    is_open.set()
    sleeping = [True]

    def wait(event, session):
        if sleeping[0]:
            raise NotNow

    subscribers = counting(store, before=wait)
    subscribers.gate = is_open.is_set
    async with running(settings, store, [subscribers]) as backbone:
        await asyncio.to_thread(lapse, store, "pr-1")
        await until(lambda: backbone.consumers[0].gauges.held)
        is_open.clear()
        sleeping[0] = False
        await until(lambda: not len(backbone.consumers[0]._held))
        is_open.set()
        await until(lambda: effects(store))
    assert effects(store) == [("pr-1", 1)]


async def test_a_stopped_process_leaves_its_events_to_the_next(settings, store):
    class Asleep(Unavailable):
        """Later."""

    def wait(event, session):
        raise Asleep

    async with running(settings, store, [counting(store, before=wait)], exclusive=False) as one:
        await asyncio.to_thread(lapse, store, "pr-1", "pr-2")
        await until(lambda: one.consumers[0].gauges.held == 2)
    async with running(settings, store, [counting(store)], exclusive=False):
        await until(lambda: len(effects(store)) == 2, timeout_s=5.0)
    assert effects(store) == [("pr-1", 1), ("pr-2", 1)]


async def test_a_parked_event_is_played_again_for_its_consumer_only(settings, store):
    broken = [True]

    def fail(event, session):
        if broken[0]:
            raise NotEver

    contexts = [counting(store, "groups", before=fail), counting(store, "notices")]
    async with running(settings, store, contexts):
        (event,) = await asyncio.to_thread(lapse, store, "pr-1")
        await until(lambda: parked(store) and effects(store, "notices-v1"))
        await asyncio.to_thread(replay, store)
        await until(lambda: len(parked(store)) == 1 and parked(store)[0].deliveries == 1)
        broken[0] = False
        await until(lambda: parked(store))
        (again,) = await asyncio.to_thread(replay, store, [str(event.id)])
        await until(lambda: effects(store))
    assert again.event_id == str(event.id)
    assert effects(store, "groups-v1") == effects(store, "notices-v1") == [("pr-1", 1)]
    assert parked(store) == []
    assert [one.event_id for one in parked(store, replayed=True)] == [str(event.id)]


def test_what_is_not_parked_cannot_be_played_again(store):
    with pytest.raises(Exception, match="No parked event answers to this: nowhere"):
        replay(store, ["nowhere"])


def test_a_context_hears_a_type_once():
    subscribers = Subscribers("groups")
    hears(subscribers, ProposalLapsed)(print)
    with pytest.raises(ValueError, match=r"groups hears piiri\.matching\.lapsed\.v1 already"):
        hears(subscribers, ProposalLapsed)(print)


def test_what_is_told_to_readers_outside_is_not_heard():
    with pytest.raises(ValueError, match="readers outside"):
        hears(Subscribers("groups"), RegionTold)


def test_a_context_is_named_in_lower_case():
    with pytest.raises(ValueError, match="lower case"):
        Subscribers("Groups.x")


def test_a_consumer_is_given_what_it_hears_and_its_replays():
    subscribers = Subscribers("groups", version=2)
    hears(subscribers, ProposalLapsed)(print)
    hears(subscribers, GroupProposed)(print)
    assert subscribers.filter_subjects == [
        "piiri.matching.lapsed.*",
        "piiri.matching.proposed.*",
        "piiri.replay.groups-v2.*",
    ]


def test_the_librarys_loop_still_stands_where_ours_takes_its_place():
    method = BatchPullStreamSubscriber._consume_pull
    assert inspect.iscoroutinefunction(method)
    assert list(inspect.signature(method).parameters) == ["self"]
    assert "self.add_task(self._consume_pull)" in inspect.getsource(
        BatchPullStreamSubscriber._create_subscription
    )
    assert list(inspect.signature(BatchPullStreamSubscriber.consume).parameters) == ["self", "msg"]
