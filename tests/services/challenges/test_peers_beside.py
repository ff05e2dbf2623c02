"""Peers while a challenge is being written: asked over request/reply, within a second."""

import pytest
from browsing import browser
from builders import a_contact, joined, registered

from schemas.asking import PeersAnswer, PeersQuestion
from schemas.errors import Refused
from schemas.groups import Peer
from schemas.reasons import Concept, Reason
from services.kit.asking import NoAnswer

WRITTEN = {"title": "Lähiruoka kouluissa", "text": "Tarjouksia tulee vähän."}


class Answering:
    """An asker whose answer is decided by the test; what it was asked is kept."""

    connected = True

    def __init__(self, answer: PeersAnswer | Exception) -> None:
        self.answer = answer
        self.asked: list[tuple[str, PeersQuestion, float]] = []

    def ask(self, subject, question, _kind, timeout_s):
        self.asked.append((subject, question, timeout_s))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def member(store):
    with store.begin() as session:
        joined(session, "KU837")
        return a_contact(session, "KU837")


def test_nothing_is_asked_before_there_is_something_to_ask(web, member):
    web.state.asker = Answering(PeersAnswer())
    answer = browser(web, member).post("/fi/challenges/peers", data={"title": "Läh"})
    assert answer.status_code == 200
    assert "Kirjoita haaste" in answer.text
    assert web.state.asker.asked == []


def test_it_asks_on_the_documented_subject_for_one_second_at_most(web, member):
    web.state.asker = Answering(PeersAnswer())
    browser(web, member).post("/fi/challenges/peers", data=WRITTEN)
    ((subject, question, timeout_s),) = web.state.asker.asked
    assert (subject, timeout_s) == ("piiri.ask.matching.peers", 1.0)
    assert (question.title, question.unit_id) == (WRITTEN["title"], "KU837")


def test_a_text_longer_than_the_question_is_asked_about_by_its_beginning(web, member):
    web.state.asker = Answering(PeersAnswer())
    browser(web, member).post("/fi/challenges/peers", data={"text": "sana " * 3000})
    assert len(web.state.asker.asked[0][1].text) <= 6000


@pytest.mark.parametrize("silence", [NoAnswer("x"), Refused("x"), None])
def test_silence_is_told_politely_and_nothing_is_lost(web, member, silence):
    web.state.asker = Answering(silence) if silence is not None else None
    browse = browser(web, member)
    answer = browse.post("/fi/challenges/peers", data=WRITTEN)
    assert answer.status_code == 200
    assert "Vertaisten haku ei juuri nyt vastaa" in answer.text
    assert 'value="Lähiruoka kouluissa"' in browse.get("/fi/challenges/new").text


def test_peers_are_named_as_far_as_they_allow_and_themes_are_suggested(web, store, member):
    with store.begin() as session:
        open_one = registered(session, "PE1", "Avoin haaste")
        hidden = registered(session, "PE2", "Salainen haaste", visibility="own_unit")
    food = Concept(id="c", label={"fi": "lähiruoka"})
    reason = Reason(code="shared-concepts", concepts=(food,), units=("PE1", "PE2"))
    peers = [
        Peer(challenge_id=card.id, unit_id=card.unit_id, fit=0.5, reasons=(reason,))
        for card in (open_one, hidden)
    ]
    gone = Peer(challenge_id="gone", unit_id="PE3", fit=0.4)
    web.state.asker = Answering(PeersAnswer(peers=(*peers, gone), themes=("food",)))
    answer = browser(web, member).post("/fi/challenges/peers", data=WRITTEN | {"themes": "social"})
    assert "2 alustavaa vertaista" in answer.text
    assert "Yksikkö PE1" in answer.text
    assert "Avoin haaste" in answer.text
    assert "PE2" not in answer.text
    assert "Salainen" not in answer.text
    assert "(ehdotettu)" in answer.text
    assert 'value="social" checked' in answer.text


def test_who_shares_only_a_little_is_apart_and_not_counted(web, store, member):
    with store.begin() as session:
        near, far = (registered(session, f"PE{n}", f"Haaste {n}") for n in (1, 2))
    little = (Reason(code="distant-topic"),)
    peers = (
        Peer(challenge_id=near.id, unit_id="PE1", fit=0.5),
        Peer(challenge_id=far.id, unit_id="PE2", fit=0.2, reasons=little, close=False),
    )
    web.state.asker = Answering(PeersAnswer(peers=peers, themes=("food",)))
    answer = browser(web, member).post("/fi/challenges/peers", data=WRITTEN).text
    assert "1 alustava vertainen" in answer
    assert answer.count("Yksikkö PE2") == 1  # in the list, not on the map
    assert answer.count("Yksikkö PE1") > 1
    counted, _, apart = answer.partition("Kaukaisempia")
    assert "Haaste 1" in counted
    assert "Haaste 2" not in counted
    assert "Haaste 2" in apart
    assert "Vain vähän yhteistä" in apart
    assert "<details open" not in answer.replace('class="disclose" ', "")

    web.state.asker = Answering(PeersAnswer(peers=peers[1:], themes=("food",)))
    answer = browser(web, member).post("/fi/challenges/peers", data=WRITTEN).text
    assert "Alustavia vertaisia" in answer
    assert "<details open" in answer.replace('class="disclose" ', "")


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_the_words_that_both_texts_share_are_marked_in_both(web, store, member, lang):
    with store.begin() as session:
        open_one = registered(session, "PE1", "Närmat i skolkök")
        hidden = registered(session, "PE2", "Tarjouksia Salaisesta", visibility="own_unit")
    food = Concept(id="c", label={"fi": "lähiruoka"}, words=("Lähiruoka", "närmat", "tarjouksia"))
    reason = Reason(code="shared-concepts", concepts=(food,))
    peers = tuple(
        Peer(challenge_id=card.id, unit_id=card.unit_id, fit=0.5, reasons=(reason,))
        for card in (open_one, hidden)
    )
    web.state.asker = Answering(PeersAnswer(peers=peers, language="fi"))
    answer = browser(web, member).post(f"/{lang}/challenges/peers", data=WRITTEN).text
    assert "<mark>Närmat</mark> i skolkök" in answer
    assert "<mark>Lähiruoka</mark> kouluissa" in answer
    assert "Salaisesta" not in answer


def test_a_text_that_holds_no_concept_is_told_how_to_say_more(web, member):
    web.state.asker = Answering(PeersAnswer())
    answer = browser(web, member).post("/fi/challenges/peers", data={"text": "qwx " * 10})
    assert "Kerro tarkemmin, mitä hankitte" in answer.text
    food = Concept(id="c", label={"fi": "lähiruoka"})
    web.state.asker = Answering(PeersAnswer(concepts=(food,)))
    answer = browser(web, member).post("/fi/challenges/peers", data=WRITTEN)
    assert "Samanlaista haastetta ei vielä ole" in answer.text


def test_it_is_asked_only_for_a_unit(web, store):
    assert browser(web).post("/fi/challenges/peers", data=WRITTEN).status_code == 401
