"""Invented values for every template, as the contexts' pages will give them."""

from datetime import UTC, date, datetime

from schemas.base import Names
from schemas.challenges import ChallengeCard, ChallengeStatus
from schemas.codes import MeetingMode, Stage, UnitKind, Urgency, Visibility
from schemas.groups import DeclineReason, Quality, RejectReason
from schemas.notices import Nearness
from schemas.reasons import Concept, Reason
from services.kit.forms import Form
from services.look.geography import Point, spot
from services.look.statement import statement

NOW = datetime(2026, 11, 3, 12, 32, tzinfo=UTC)
DAY = date(2026, 11, 3)
SMALL_LOTS = Concept(
    id="c1", label=Names(fi="osatarjoukset", sv="delanbud", en="partial tenders"), words=("erät",)
)
LOCAL_FOOD = Concept(
    id="c2",
    label=Names(fi="lähiruoka", sv="närproducerad mat", en="local food"),
    words=("lähiruokaa", "lähiruoan", "närproducerad mat"),
)
QUALITY = Quality(groups=3, score=12.0, bound=16.0, envy=0.1, kept=0.9, moved=2)
SHARED = Reason(code="shared-concepts", concepts=(SMALL_LOTS, LOCAL_FOOD), values={"fit": 0.84})
NAMES = {"u-oulu": "Oulun kaupunki", "u-vaasa": "Vasa stad"}
THEMES = [
    ("food", "ruoka"),
    ("market", "toimittajat ja markkinat"),
    ("social", "sosiaalinen vastuu"),
    ("care", "sosiaali- ja terveyspalvelut"),
    ("circular", "kiertotalous"),
    ("climate", "ilmasto"),
    ("innov", "innovaatiot"),
    ("event", "kokoukset ja tapahtumat"),
    ("ict", "ICT"),
]
TEXT = (
    "Haluamme nostaa kotimaisen ja paikallisen ruoan osuuden 40 prosenttiin koulujen ja "
    "hoivakotien aterioissa. Tarjouksia tulee vähän, koska erät ovat pientuottajille liian "
    "suuria. Tarvitsemme kokemuksia osatarjouksista ja markkinavuoropuhelusta."
)


def a_point(label: str, municipality: str, kind: str = "peer") -> Point:
    x, y = spot(municipality) or (0.0, 0.0)
    return Point(label, x, y, kind)


POINTS = [
    a_point("Oulu", "564"),
    a_point("Vaasa", "905"),
    a_point("Mikkeli", "491"),
    a_point("Kokkola (te)", "272", "own"),
]
PEERS = [
    {
        "name": "Vasa stad",
        "region": "15",
        "title": "Närproducerad mat i skolkök: delanbud och marknadsdialog",
        "text": "Vi vill dela upp upphandlingen så att lokala odlare kan lämna anbud.",
        "lang": "sv",
        "fit": 0.84,
        "close": True,
        "reasons": [SHARED],
        "sample": True,
    },
    {
        "name": "Oulun kaupunki",
        "region": "17",
        "title": "Paikallisen kalan ja kasvisten hankinta",
        "text": "Haluamme enemmän lähiruokaa kouluihin.",
        "lang": "fi",
        "fit": 0.71,
        "close": True,
        "reasons": [SHARED],
        "sample": True,
    },
    {
        "name": "",
        "region": "04",
        "title": "",
        "text": "",
        "lang": "",
        "fit": 0.61,
        "close": True,
        "reasons": [SHARED],
        "sample": True,
    },
    {
        "name": "Turun kaupunki",
        "region": "02",
        "title": "Ruokahävikin mittaaminen keittiöissä",
        "text": "Mittaamme hävikkiä, mutta sopimus ei siitä hyödy.",
        "lang": "fi",
        "fit": 0.2,
        "close": False,
        "reasons": [Reason(code="distant-topic")],
        "sample": True,
    },
]
CHALLENGE = ChallengeCard(
    id="ch-1",
    unit_id="u-kokkola",
    title="Lähiruoan osuuden kasvattaminen ruokapalveluhankinnoissa",
    text=TEXT,
    language="fi",
    seeks="Kokemuksia osatarjouksista.",
    offers="Markkinavuoropuhelun runko pientuottajille.",
    registered_at=NOW,
    sample=True,
)
FORM = Form.of(CHALLENGE)
UNIT = {"name": "Kokkolan kaupunki", "region": "16", "kind": UnitKind.MUNICIPALITY}
CHOICES = {
    "themes": THEMES,
    "suggested": ["food", "market"],
    "stages": Stage,
    "urgencies": Urgency,
    "modes": MeetingMode,
    "visibilities": Visibility,
}
PEERS_BESIDE = {
    "answered": True,
    "found": PEERS,
    "map": {"counts": {"15": 1, "17": 1, "04": 1}, "points": POINTS},
    "own": "Lähiruoka kouluihin",
    "lang": "fi",
}
CHALLENGE_PAGE = {
    "challenge": CHALLENGE,
    "unit": UNIT,
    "own": True,
    "themes": ["ruoka"],
    "peers": PEERS,
    "names": NAMES,
    "proposal": {
        "heading": "Teidät on kutsuttu ryhmään",
        "href": "/fi/invitations/in-1",
        "link": "Katso kutsu",
        "members": 4,
        "status": "",
    },
    "left_out": None,
    "concepts": ["lähiruoka", "osatarjoukset"],
    "points": POINTS,
    "counts": {"15": 1, "17": 1, "04": 1},
    "live": True,
    "stretches": [("Haluamme nostaa paikallisen ", False), ("ruoan", True), (" osuutta.", False)],
}


def a_seat(key: str, unit: str, region: str, title: str, lang: str, **more: object) -> dict:
    seat = {"challenge_id": key, "unit": unit, "region": region, "title": title, "lang": lang}
    seat["text"] = f"{title}: haluamme oppia muilta."
    return {**seat, "fit": 0.84, "reasons": [SHARED], "pinned": False, "sample": True, **more}


def a_proposal(key: str, name: str, members: list[dict], **more: object) -> dict:
    proposal = {
        "id": key,
        "version": 1,
        "name": name,
        "title": "",
        "status": "proposed",
        "invited": 0,
    }
    proposal |= {"accepted": 0, "cohesion": 0.84, "languages": ["fi", "sv"], "regions": 3}
    proposal |= {"reasons": [SHARED], "fresh": False, "sample": True, "members": members}
    return {**proposal, "group_id": "", **more}


FOOD = [
    a_seat("ch-1", "Kokkolan kaupunki", "16", "Lähiruoan osuus koulujen aterioissa", "fi"),
    a_seat("ch-2", "Vasa stad", "15", "Närproducerad mat i skolkök", "sv", pinned=True),
    a_seat("ch-3", "Oulun kaupunki", "17", "Paikallisen kalan ja kasvisten hankinta", "fi"),
]
CARE = [
    a_seat("ch-4", "Pirkanmaan hyvinvointialue", "06", "Tulosperusteinen kotihoito", "fi"),
    a_seat("ch-5", "Kainuun hyvinvointialue", "18", "Palvelusetelin ja ostopalvelun mitat", "fi"),
    a_seat(
        "ch-6", "Lapin hyvinvointialue", "19", "Etäpalvelut pitkien välimatkojen alueella", "fi"
    ),
]
ICT = [
    a_seat("ch-7", "Lahden kaupunki", "07", "Käytettyjen kalusteiden puitejärjestely", "fi"),
    a_seat("ch-8", "LUT-yliopisto", "09", "Refurbished laptops: criteria and warranty", "en"),
    a_seat("ch-9", "Turun kaupunki", "02", "ICT-laitteiden takaisinotto ja elinkaari", "fi"),
]
BOARD = {
    "proposals": [
        a_proposal("pr-1", "Lähiruoka ruokapalveluissa", FOOD, fresh=True),
        a_proposal("pr-2", "Asiakaslähtöiset sote-hankinnat", CARE, cohesion=0.71),
        a_proposal(
            "pr-3",
            "Kiertotalous ICT- ja kalustehankinnoissa",
            ICT,
            status="approved",
            invited=3,
            accepted=2,
            cohesion=0.66,
            group_id="gr-1",
        ),
    ],
    "unplaced": [
        a_seat("ch-10", "Joensuun kaupunki", "12", "Vähähiiliset infraurakat", "fi", reason=SHARED),
        a_seat("ch-11", "Ålands landskapsregering", "21", "Gröna kriterier för bygghandel", "sv")
        | {"reason": None},
    ],
    "reject_reasons": RejectReason,
    "names": NAMES,
    "said": "",
    "refused": None,
    "focus": "",
}
PROPOSALS = {
    **BOARD,
    "numbers": {"challenges": 41, "proposals": 8, "unplaced": 3, "regions": 14},
    "figures": {
        "coverage": 38 / 41,
        "cohesion": 0.61,
        "worst_group": 0.44,
        "worst_member": 0.31,
        "least": 5,
        "most": 9,
        "members": 6.3,
        "distance_km": 184.0,
        "language": 8,
        "mixed": 6,
        "groups": 8,
    },
    "themes": THEMES,
    "filters": Form(),
    "live": True,
    "now": NOW,
    "since": NOW.timestamp(),
    "counts": {"16": 1, "15": 1, "17": 1, "06": 1, "18": 1, "19": 1, "07": 1, "09": 1, "02": 1},
    "points": [],
    "export": "/fi/proposals.xlsx",
}
INVITATION = {
    "invitation": {
        "id": "in-1",
        "group": "Lähiruoka ruokapalveluissa",
        "status": "invited",
        "answer_by": date(2026, 11, 20),
        "late": False,
        "sample": True,
    },
    "why": [SHARED],
    "me": {
        "title": CHALLENGE.title,
        "lang": "fi",
        "gives": [SHARED],
        "gets": [SHARED],
        "reasons": [],
    },
    "members": [{**peer, "answer": "accepted" if peer["name"] else ""} for peer in PEERS],
    "terms": {
        "facilitator": "Hankinta-asiantuntija",
        "languages": ["fi", "sv"],
        "mode": MeetingMode.REMOTE,
        "hours": "noin 2 tuntia kuukaudessa",
    },
    "names": NAMES,
    "points": POINTS,
    "counts": {"15": 1, "17": 1, "04": 1},
    "decline_reasons": DeclineReason,
    "form": Form(),
}
GROUP = {
    "group": {
        "id": "gr-1",
        "name": "Kiertotalous ICT- ja kalustehankinnoissa",
        "status": "Kutsuttu",
        "members": 2,
        "accepted": 1,
        "approved_on": DAY,
        "cohesion": 0.66,
        "languages": ["fi", "en"],
        "facilitator": "Fasilitoija",
        "sample": True,
    },
    "why": [SHARED],
    "members": [
        {
            "name": seat["unit"],
            "region": seat["region"],
            "title": seat["title"],
            "lang": seat["lang"],
            "fit": seat["fit"],
            "answer": answer,
            "decline_reason": DeclineReason.NO_TIME if answer == "declined" else None,
            "note": "",
            "contact": "",
            "reasons": [SHARED],
            "sample": True,
        }
        for seat, answer in zip(ICT, ("accepted", "invited", "declined"), strict=True)
    ],
    "full": False,
    "refill": True,
    "late": [
        {
            "challenge_id": "ch-12",
            "name": "Tampereen kaupunki",
            "title": "Kalusteiden kunnostus",
            "lang": "fi",
            "fit": 0.7,
        }
    ],
    "names": NAMES,
    "points": POINTS,
    "counts": {"07": 1, "09": 1, "02": 1},
}
GROUPS = {
    "groups": [
        {
            "id": "gr-1",
            "name": "Kiertotalous ICT- ja kalustehankinnoissa",
            "status": "Kutsuttu",
            "members": 3,
            "accepted": 2,
            "languages": ["fi", "en"],
            "approved_on": DAY,
            "sample": True,
        }
    ]
}


def a_notice(key: str, region: str, **more: object) -> dict:
    notice = {"id": key, "group": "Lähiruoka ruokapalveluissa", "href": "", "regions": [region]}
    notice |= {"distance_km": 0.0, "themes": ["ruoka"], "concepts": ["osatarjoukset"]}
    notice |= {"status": "Kutsut lähetetty", "told_on": DAY, "unread": True, "taken": ""}
    return {**notice, "sample": True, **more}


INBOX = {
    "regions": ["19", "18"],
    "sections": [
        {"nearness": Nearness.OWN, "notices": [a_notice("no-1", "19")]},
        {"nearness": Nearness.NEIGHBOUR, "notices": [a_notice("no-2", "17", taken="mine")]},
        {
            "nearness": Nearness.DISTANCE,
            "notices": [a_notice("no-3", "16", distance_km=212.4, unread=False)],
        },
    ],
    "digest": {"how": "Kerran viikossa, maanantaisin klo 9", "last": DAY, "next": DAY},
    "unmatched": 3,
    "centre": False,
    "feedback": [],
}
AREA = {
    "mine": True,
    "regions": [
        {
            "code": code,
            "units": 22,
            "challenges": 6,
            "unmatched": 2,
            "groups": 1,
            "agent": agent,
        }
        for code, agent in (("19", "Lapin yrittäjät"), ("18", ""))
    ],
    "counts": {"19": 6, "18": 3},
    "held": ["19", "18"],
    "unmatched": [
        {
            "unit": "Rovaniemen kaupunki",
            "region": "19",
            "themes": ["liikenne ja kuljetus"],
            "since": DAY,
            "sample": True,
        },
        {"unit": "", "region": "18", "themes": ["energia"], "since": DAY, "sample": True},
    ],
}
HOME = {
    "unit": UNIT,
    "invitations": [
        {
            "id": "in-1",
            "group": "Lähiruoka ruokapalveluissa",
            "members": 4,
            "answer_by": date(2026, 11, 20),
            "sample": True,
        }
    ],
    "challenges": [
        {
            "id": "ch-1",
            "title": CHALLENGE.title,
            "lang": "fi",
            "status": ChallengeStatus.OPEN,
            "peers": 3,
            "state": "Ryhmäehdotus tehty",
            "registered_at": NOW,
            "sample": True,
        },
        {
            "id": "ch-2",
            "title": "Sähköbussien latausinfran kilpailutus",
            "lang": "fi",
            "status": ChallengeStatus.WITHDRAWN,
            "peers": 1,
            "state": "",
            "registered_at": NOW,
            "sample": True,
        },
    ],
    "groups": [{"id": "gr-1", "name": "Kiertotalous", "members": 3, "sample": True}],
}
LETTERS = {
    "letters": [
        {
            "id": "le-1",
            "to": "Kokkolan kaupunki",
            "subject": "Kutsu kehittäjäryhmään: Lähiruoka ruokapalveluissa",
            "lang": "fi",
            "body": "Hei,\n\nteidät on kutsuttu ryhmään.\n\nVertaispiiri",
            "sent_at": NOW,
            "sample": True,
        }
    ]
}
LANDING = {
    "token": "abc",
    "next": "",
    "roles": [("unit_member:u-1", "Kokkolan kaupunki"), ("facilitator", "Fasilitoija")],
}
DEMO_SIGN_IN = {
    "next": "",
    "search": "",
    "units": [("u-kokkola", "Kokkolan kaupunki"), ("u-oulu", "Oulun kaupunki")],
    "agents": [("ag-lappi", "Lappi ja Kainuu"), ("ag-uusimaa", "Uusimaa")],
}
FRONT = {
    "numbers": {"units": 612, "challenges": 168, "proposals": 21, "groups": 4},
    "counts": {"01": 31, "02": 12, "06": 18, "13": 9, "16": 4, "17": 14, "19": 6, "21": 1},
    "themes": [
        {"label": "sosiaalinen vastuu", "count": 24},
        {"label": "sosiaali- ja terveyspalvelut", "count": 19},
        {"label": "ruoka", "count": 1},
    ],
    "recent": [
        {"id": "ch-2", "title": PEERS[0]["title"], "lang": "sv", "region": "15", "sample": True},
        {"id": "ch-3", "title": PEERS[1]["title"], "lang": "fi", "region": "17", "sample": True},
    ],
}
INTERFACES = {
    "openapi": "/api/openapi.json",
    "asyncapi": "/schemas/asyncapi.json",
    "events": [
        {
            "type": "piiri.challenges.registered.v1",
            "subject": "piiri.challenges.registered.<unit>",
            "what": "A unit registered a challenge.",
            "schema": "/schemas/piiri.challenges.registered.v1.json",
        }
    ],
    "schemas": [
        {
            "name": "ChallengeDraft",
            "what": "What a unit tells.",
            "href": "/schemas/ChallengeDraft.json",
        }
    ],
    "problems": [("not-found", 404), ("same-challenge-open", 409)],
}
ACCESSIBILITY = {"statement": statement()}
PRIVACY = {"controller": {"name": "Hansel Oy", "contact": ""}, "updated": DAY}
SIGN_IN = {"next": "/home", "demo": True, "ways": [], "form": Form(), "sent": False}
