"""What pages need of a store: when to look again, and a draft that two requests save at once."""

from threading import Thread

from builders import registered

from schemas.people import Member
from services.challenges.drafts import save_draft, saved_draft
from services.kit.changes import Changes

MEMBER = Member(person_id="pe-1", unit_id="KU837")


def test_a_change_is_noticed_and_nothing_else(any_store):
    changes = Changes(any_store, glance_s=0)
    before = changes.number()
    assert changes.number() == before
    with any_store.begin() as session:
        registered(session, "KU837")
    assert changes.number() != before


def test_one_glance_serves_every_page(any_store):
    changes = Changes(any_store, glance_s=3600)
    before = changes.number()
    with any_store.begin() as session:
        registered(session, "KU837")
    assert changes.number() == before


def test_overlapping_requests_save_one_draft(any_store):
    def save(number: int) -> None:
        with any_store.begin() as session:
            save_draft(session, MEMBER, {"title": (f"Otsikko {number}",)})

    threads = [Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with any_store.read() as session:
        (title,) = saved_draft(session, MEMBER)["title"]
    assert title.startswith("Otsikko")
