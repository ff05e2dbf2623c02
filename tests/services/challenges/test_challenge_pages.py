"""A unit registers, sees, changes and withdraws a challenge in the browser."""

import re
from html import unescape

import pytest
from browsing import browser
from builders import a_contact, a_draft, a_facilitator, a_proposal, an_agent, joined, registered
from emitted import emitted

from schemas.challenges import ChallengeRegistered, ChallengeRevised, ChallengeWithdrawn
from schemas.codes import Visibility
from schemas.reasons import Concept, Reason
from services.challenges import queries
from services.challenges.actions import register_challenge
from services.groups.actions import approve_group
from services.groups.proposals import keep_proposal
from services.matching.tables import KnownPeers, LeftOut

FORM = {
    "title": "Työllistämisehto siivouksessa",
    "text": "Haluamme ottaa työllistämisehdon siivouspalvelujen sopimuksiin.",
    "themes": ["social"],
    "stage": "preparing",
    "urgency": "now",
    "seeks": "",
    "offers": "",
    "maturity": "3",
    "meeting_mode": "remote",
    "until": "",
    "visibility": "my_region",
}


@pytest.fixture
def member(store):
    with store.begin() as session:
        joined(session, "KU837")
        return a_contact(session, "KU837")


def events(store, kind):
    with store.read() as session:
        return emitted(session, kind)


def test_a_plain_form_registers_and_leads_to_the_challenge(web, store, member):
    browse = browser(web, member)
    assert browse.get("/fi/challenges/new").status_code == 200
    sent = browse.post("/fi/challenges", data=FORM)
    (event,) = events(store, ChallengeRegistered)
    assert (sent.status_code, sent.headers["location"]) == (
        303,
        f"/fi/challenges/{event.challenge.id}",
    )
    assert event.challenge.themes == ("social",)
    assert event.challenge.visibility is Visibility.MY_REGION
    page = browse.get(sent.headers["location"])
    assert "Työllistämisehto siivouksessa" in page.text
    assert "Etsimme vertaisia" in page.text


def test_two_answers_are_enough(web, store, member):
    two = {"title": FORM["title"], "text": FORM["text"]}
    assert browser(web, member).post("/fi/challenges", data=two).status_code == 303


def test_what_is_wrong_is_said_beside_what_was_written(web, store, member):
    wrong = FORM | {"title": "Abc", "text": "Soita 040 123 4567, niin kerron lisää asiasta."}
    answer = browser(web, member).post("/fi/challenges", data=wrong)
    assert answer.status_code == 422
    assert 'value="Abc"' in answer.text
    assert "Kirjoita vähintään 5 merkkiä" in answer.text
    assert "Poista tekstistä puhelinnumero" in answer.text
    assert events(store, ChallengeRegistered) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"stage": "someday"}, "Valitse jokin vaihtoehdoista"),
        ({"until": "tomorrow"}, "Anna päivä muodossa"),
        ({"until": "2020-01-01"}, "Valittu viimeinen päivä on jo ohi"),
        ({"themes": "no_such_theme"}, "Valittua teemaa ei enää ole"),
        ({"maturity": "9"}, "Tarkista tämä tieto"),
        ({"surprise": "x"}, "Lomakkeella oli tieto, jota palvelu ei tunne"),
        ({"working_languages": "de"}, "Valitse jokin vaihtoehdoista"),
    ],
)
def test_a_bad_choice_is_told_precisely_and_changes_nothing(web, store, member, more, said):
    answer = browser(web, member).post("/fi/challenges", data=FORM | more)
    assert answer.status_code in (400, 422)
    assert said in answer.text
    assert events(store, ChallengeRegistered) == []


def test_the_same_title_twice_is_a_conflict_told_in_the_form(web, store, member):
    browse = browser(web, member)
    browse.post("/fi/challenges", data=FORM)
    answer = browse.post("/fi/challenges", data=FORM)
    assert answer.status_code == 409
    assert "samanniminen haaste" in answer.text


def test_a_form_that_was_begun_is_found_again_and_forgotten_when_sent(web, store, member):
    browse = browser(web, member)
    begun = {"title": "Kesken jäänyt haaste", "text": "", "themes": ["food", "market"]}
    browse.post("/fi/challenges/peers", data=begun)
    page = browse.get("/fi/challenges/new").text
    assert 'value="Kesken jäänyt haaste"' in page
    assert len(re.findall(r"checked", page)) >= 2
    assert "Kesken jäänyt" not in browser(web, other_of(store)).get("/fi/challenges/new").text
    browse.post("/fi/challenges", data=FORM)
    assert "Kesken jäänyt" not in browse.get("/fi/challenges/new").text


def test_a_draft_can_be_thrown_away(web, member):
    browse = browser(web, member)
    browse.post("/fi/challenges/peers", data={"title": "Turha"})
    assert browse.post("/fi/challenges/draft/drop").status_code == 303
    assert "Turha" not in browse.get("/fi/challenges/new").text


def test_a_hostile_draft_is_kept_as_text_or_not_at_all(web, member):
    browse = browser(web, member)
    assert browse.post("/fi/challenges/peers", data={"title": "a\x00b"}).status_code == 200
    assert 'value="ab"' in browse.get("/fi/challenges/new").text
    assert browse.post("/fi/challenges/peers", data={"text": "x" * 60_000}).status_code == 200
    assert "x" * 100 not in browse.get("/fi/challenges/new").text


def test_only_the_changed_version_is_revised(web, store, member):
    browse = browser(web, member)
    there = browse.post("/fi/challenges", data=FORM | {"seeks": "Malleja"}).headers["location"]
    form = browse.get(f"{there}/edit").text
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    changed = FORM | {"seeks": "", "title": "Työllistämisehto nyt", "version": version}
    assert browse.post(f"{there}/edit", data=changed).headers["location"] == there
    (event,) = events(store, ChallengeRevised)
    assert (event.challenge.title, event.challenge.seeks) == ("Työllistämisehto nyt", "")
    late = browse.post(f"{there}/edit", data=changed | {"title": "Toinen muutos"})
    assert late.status_code == 409
    assert "Joku muokkasi haastetta" in late.text
    assert len(events(store, ChallengeRevised)) == 1
    now = re.search(r'name="version" value="(\d+)"', late.text)[1]
    again = browse.post(f"{there}/edit", data=changed | {"title": "Toinen", "version": now})
    assert again.status_code == 303


def test_what_the_form_does_not_ask_stays_as_it_was(web, store, member):
    with store.begin() as session:
        card = register_challenge(session, member, a_draft(cpv=("90910000",), language="fi"))
    browse = browser(web, member)
    changed = FORM | {"version": str(card.version)}
    assert browse.post(f"/fi/challenges/{card.id}/edit", data=changed).status_code == 303
    (event,) = events(store, ChallengeRevised)
    assert (event.challenge.cpv, event.challenge.language) == (("90910000",), "fi")


def test_a_withdrawn_challenge_is_withdrawn_once(web, store, member):
    browse = browser(web, member)
    there = browse.post("/fi/challenges", data=FORM).headers["location"]
    assert browse.post(f"{there}/withdraw").status_code == 303
    assert "Haaste ei ole enää avoinna" in browse.get(there).text
    assert browse.post(f"{there}/withdraw").status_code == 409
    assert browse.get(f"{there}/edit").status_code == 409
    assert len(events(store, ChallengeWithdrawn)) == 1


def test_of_a_withdrawn_challenge_neither_group_nor_peers_are_told(web, store):
    mine, member = with_peers(store, Visibility.ALL_UNITS)
    with store.begin() as session:
        keep_proposal(session, a_proposal([mine, registered(session, "KU091")]))
    browse = browser(web, member)
    assert "Teille on ehdotettu ryhmää" in browse.get(f"/fi/challenges/{mine.id}").text
    browse.post(f"/fi/challenges/{mine.id}/withdraw")
    page = browse.get(f"/fi/challenges/{mine.id}").text
    assert "Haaste ei ole enää avoinna" in page
    assert "Teille on ehdotettu ryhmää" not in page
    assert "Yksikkö PE0" not in page


def other_of(store, unit_id="KU091"):
    with store.begin() as session:
        joined(session, unit_id, region="01")
        return a_contact(session, unit_id)


def with_peers(store, *visibilities):
    """A challenge of KU837 whose peers have these visibilities."""
    concept = Concept(id="c1", label={"fi": "siivous"}, words=("siivouspalvelujen",))
    with store.begin() as session:
        mine = registered(session, "KU837", "Oma haaste")
        peers = []
        for number, visibility in enumerate(visibilities):
            card = registered(session, f"PE{number}", visibility=visibility)
            reason = Reason(code="shared-concepts", concepts=(concept,), units=(card.unit_id,))
            peers.append({"challenge_id": card.id, "unit_id": card.unit_id, "fit": 0.5})
            peers[-1]["reasons"] = [reason.model_dump(mode="json")]
        session.add(KnownPeers(challenge_id=mine.id, body=peers))
        return mine, a_contact(session, "KU837")


def test_a_peer_is_named_only_where_its_unit_allows_it(web, store):
    mine, member = with_peers(store, "own_unit", "my_region", "all_units", "public")
    page = browser(web, member).get(f"/fi/challenges/{mine.id}").text
    assert "Yksikkö PE0" not in page
    assert "Haaste PE0" not in page
    assert "Yksi organisaatio" in page
    for number in (1, 2, 3):
        assert f"Yksikkö PE{number}" in page
    assert "4 vertaista" in page


def test_a_peer_of_another_region_stays_unnamed_when_it_asks_so(web, store):
    with store.begin() as session:
        joined(session, "KU837")
        joined(session, "PE9", region="01")
        far = register_challenge(
            session, a_contact(session, "PE9"), a_draft(title="Kaukana", visibility="my_region")
        )
        mine = register_challenge(session, a_contact(session, "KU837"), a_draft())
        session.add(
            KnownPeers(
                challenge_id=mine.id,
                body=[{"challenge_id": far.id, "unit_id": "PE9", "fit": 0.4, "reasons": []}],
            )
        )
        member = a_contact(session, "KU837")
    page = browser(web, member).get(f"/fi/challenges/{mine.id}").text
    assert "PE9" not in page
    assert "Uusimaa" in page


def test_words_that_peers_share_are_marked(web, store, member):
    browse = browser(web, member)
    there = browse.post("/fi/challenges", data=FORM).headers["location"]
    key = there.rpartition("/")[2]
    from services.challenges.showing import understand

    shared = next(one for one in understand(FORM["text"], "fi").concepts if one.spans)
    concept = {"id": shared.id, "label": {"fi": shared.label.fi}}
    with store.begin() as session:
        other = registered(session, "PE1")
        reason = {"code": "shared-concepts", "concepts": [concept]}
        peer = {"challenge_id": other.id, "unit_id": "PE1", "fit": 0.4, "reasons": [reason]}
        session.add(KnownPeers(challenge_id=key, body=[peer]))
    start, end = shared.spans[0]
    page = unescape(browse.get(there).text)
    assert f"<mark>{FORM['text'][start:end]}</mark>" in page
    assert re.sub(r"</?mark>", "", page).count(FORM["text"]) == 1


def test_the_shared_words_of_peers_are_marked_where_they_may_be_read(web, store):
    mine, member = with_peers(store, "own_unit", "all_units")
    page = browser(web, member).get(f"/fi/challenges/{mine.id}").text
    _, _, peers = page.partition('id="peers"')
    assert peers.count("<mark>siivouspalvelujen</mark>") == 1


def test_a_challenge_is_understood_by_its_title_too(web, store, member):
    browse = browser(web, member)
    said = FORM | {"title": "Lähiruoka kouluissa", "text": "Miten tämä kannattaa aloittaa?"}
    there = browse.post("/fi/challenges", data=said).headers["location"]
    understood = browse.get(there).text.partition("Kuvauksesta löytyi")[2]
    assert "lähiruoka" in understood


def test_why_there_is_no_group_yet_is_told(web, store, member):
    browse = browser(web, member)
    there = browse.post("/fi/challenges", data=FORM).headers["location"]
    with store.begin() as session:
        reason = Reason(code="too-few-alike").model_dump(mode="json")
        session.add(LeftOut(challenge_id=there.rpartition("/")[2], reason=reason))
    assert "Ryhmää ei vielä löytynyt" in browse.get(there).text
    with store.begin() as session:
        reason = {"code": "being-read"}
        session.merge(LeftOut(challenge_id=there.rpartition("/")[2], reason=reason))
    page = browse.get(there).text
    assert "Tekstiä luetaan vielä" in page
    assert "Ryhmää ei vielä löytynyt" not in page


def test_a_proposal_and_then_an_invitation_is_told(web, store):
    with store.begin() as session:
        cards = [registered(session, f"KU{n}") for n in range(3)]
        keep_proposal(session, a_proposal(cards))
        member = a_contact(session, "KU0")
    browse = browser(web, member)
    page = browse.get(f"/fi/challenges/{cards[0].id}").text
    assert "Teille on ehdotettu ryhmää" in page
    assert "Yksikkö KU1" not in page
    with store.begin() as session:
        approve_group(session, a_facilitator(session), "pr-1")
    page = browse.get(f"/fi/challenges/{cards[0].id}").text
    assert re.search(r'href="/fi/invitations/in-\w+"', page)
    home = browse.get("/fi/home").text
    assert "Vastaa kutsuun" in home
    assert "Kutsu odottaa vastausta" in home


def test_another_unit_s_challenge_exists_only_where_it_may_be_seen(web, store):
    mine, _ = with_peers(store, "own_unit", "public")
    other = browser(web, other_of(store))
    with store.read() as session:
        hidden, public = (queries.cards_of_unit(session, f"PE{n}")[0].id for n in (0, 1))
    assert other.get(f"/fi/challenges/{hidden}").status_code == 404
    assert other.get(f"/fi/challenges/{public}").status_code == 200
    seen = other.get(f"/fi/challenges/{mine.id}")
    assert seen.status_code == 200
    assert "PE0" not in seen.text
    assert "Muokkaa" not in seen.text


def test_another_unit_s_challenge_cannot_be_touched(web, store):
    mine, _ = with_peers(store)
    other = browser(web, other_of(store))
    assert other.get(f"/fi/challenges/{mine.id}/edit").status_code == 404
    changed = FORM | {"version": str(mine.version)}
    assert other.post(f"/fi/challenges/{mine.id}/edit", data=changed).status_code == 404
    assert other.post(f"/fi/challenges/{mine.id}/withdraw").status_code == 403
    assert events(store, ChallengeRevised) == events(store, ChallengeWithdrawn) == []


def test_an_agent_sees_what_everyone_may_see_and_no_more(web, store):
    mine, _ = with_peers(store, "public")
    with store.begin() as session:
        agent = an_agent(session, "06")
        public = queries.cards_of_unit(session, "PE0")[0].id
    browse = browser(web, agent)
    assert browse.get(f"/fi/challenges/{mine.id}").status_code == 404
    assert browse.get(f"/fi/challenges/{public}").status_code == 200


def test_home_shows_only_one_s_own(web, store, member):
    browse = browser(web, member)
    browse.post("/fi/challenges", data=FORM)
    other = browser(web, other_of(store))
    assert FORM["title"] in browse.get("/fi/home").text
    assert FORM["title"] not in other.get("/fi/home").text


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_every_page_speaks_the_three_languages(web, store, member, lang):
    browse = browser(web, member)
    there = browse.post(f"/{lang}/challenges", data=FORM).headers["location"]
    assert there.startswith(f"/{lang}/")
    for path in (there, f"{there}/edit", f"/{lang}/home", f"/{lang}/challenges/new"):
        page = browse.get(path)
        assert page.status_code == 200
        assert f'<html lang="{lang}"' in page.text


def test_a_challenge_in_another_language_says_so_to_screen_readers(web, store, member):
    swedish = "Vi vill ha närproducerad mat i skolorna men får för få anbud."
    sent = {"title": "Närproducerad mat i skolorna", "text": swedish}
    there = browser(web, member).post("/fi/challenges", data=sent).headers["location"]
    page = browser(web, member).get(there).text
    assert re.search(r'<h1[^>]* lang="sv"', page)
