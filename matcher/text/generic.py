"""Concepts that explain nothing: true of every procurement, everyday words, senses not meant."""

GENERIC = (
    "kp001",  # public procurement
    "kp003",  # contracting authority
    "kp004",  # invitation to tender
    "kp005",  # tender
    "kp006",  # tenderer
    "kp007",  # competitive tendering
    "kp009",  # procurement procedure
)
"""About any procurement at all: true of every challenge; they count for little, too."""

UNNAMED = frozenset(
    {
        *GENERIC,
        "yso:p1202",  # year
        "yso:p5197",  # parts
        "yso:p9979",  # place
        "yso:p21034",  # time
        "yso:p19450",  # day
        "yso:p1568",  # numbers
        "yso:p1810",  # work
        "yso:p7319",  # world
        "yso:p10100",  # annual rings
        "yso:p2341",  # jubilee years
        "yso:p1187",  # yearbooks
        "yso:p15588",  # turn of the millennium
        "yso:p5396",  # results
        "yso:p13187",  # months
        "yso:p18849",  # human being
        "yso:p18179",  # SAS (computer programmes)
        "yso:p1272",  # persons
        "yso:p1424",  # amount
        "yso:p3993",  # peoples (population groups)
        "yso:p3992",  # people (phenomena)
        "yso:p2423",  # fictional places
        "yso:p261",  # information
        "yso:p2856",  # boundaries
        "yso:p9742",  # I
        "yso:p112",  # ego-consciousness
        "yso:p13812",  # psychology of self
        "yso:p267",  # self image
        "yso:p26983",  # first-person narrator
        "yso:p9644",  # Moon
        "yso:p9030",  # Komi people
        "yso:p1638",  # names
        "yso:p27565",  # models (occupations)
        "yso:p510",  # models (objects)
        "yso:p7272",  # questions
        "yso:p7258",  # good
        "yso:p277",  # change
        "yso:p24947",  # concepts of time
        "yso:p3367",  # time use
        "yso:p14037",  # Victorian era
        "yso:p3168",  # life
        "yso:p4902",  # size
        "yso:p12763",  # level
        "yso:p810",  # hands
        "yso:p1199",  # seasons
        "yso:p10144",  # number (quantity)
        "yso:p2123",  # development (passive)
        "yso:p29369",  # manners and means
        "yso:p1751",  # plans
        "yso:p1736",  # use
        "yso:p19814",  # night
        "yso:p7432",  # space
        "yso:p1044",  # values (cultural objects)
        "yso:p941",  # income
        "yso:p22310",  # alternatives
        "yso:p1127",  # groups
        "yso:p2747",  # objectives
        "yso:p1581",  # marks
        "yso:p3291",  # words
        "yso:p7250",  # form and shape
        "yso:p6752",  # causes
        "yso:p6549",  # choice
        "yso:p4176",  # needs
        "yso:p5541",  # possibility
        "yso:p3392",  # problems
        "yso:p6564",  # challenges
        "yso:p795",  # effects (results)
        "yso:p7302",  # structure
        "yso:p2868",  # decisions
        "yso:p4623",  # ages (periods of time)
        "yso:p18379",  # examples
        "yso:p3482",  # differences
        "yso:p13936",  # evening
        "yso:p16239",  # morning
        "yso:p15923",  # measures (procedures)
        "yso:p23818",  # ideas (thoughts)
        "yso:p2579",  # content
        "yso:p4174",  # desire
        "yso:p26023",  # agents (actors)
        "yso:p22794",  # self
        "yso:p7260",  # bad
        "yso:p24663",  # reception (comprehension)
        "yso:p9613",  # AutoIcon
        "yso:p24815",  # FAST
        "yso:p527",  # psychics
        "yso:p17517",  # masses (compositions)
        "yso:p15214",  # Mass (religion)
        "yso:p13031",  # oneness
        "yso:p13579",  # tables of squares
        "yso:p2564",  # native countries
        "yso:p3356",  # agreements
        "yso:p9978",  # areas and regions
        "yso:p1688",  # towns and cities
        "yso:p10083",  # municipalities
        "yso:p6819",  # counties
        "yso:p358",  # city centres
        "yso:p2538",  # state (public sector entities)
        "yso:p838",  # services
        "yso:p2862",  # products
        "yso:p2156",  # goods
        "yso:p21419",  # clauses
        "yso:p3416",  # options (securities)
        "yso:p2512",  # writing
        "yso:p13500",  # winners
        "yso:p20797",  # south
        "yso:p21104",  # north
        "yso:p21102",  # west
        "yso:p5789",  # growth
        "yso:p9982",  # whales
        "yso:p15137",  # standing
        "yso:p10268",  # falling down
        "yso:p7759",  # falling over
        "yso:p12530",  # sets (mathematics)
        "yso:p20879",  # friends
        "yso:p108",  # back
        "yso:p7887",  # head
        "yso:p8195",  # summer
        "yso:p10283",  # autumn
        "yso:p14162",  # Green parties
        "yso:p3331",  # green movement
        "ev:2254",  # Ecology Party
        "yso:p9786",  # clouds
        "ef:procurement-procedure-type.open",  # Open
        "ef:reserved-execution.not-known",  # Not yet known
        "ef:exclusion-grounds-source.epo-notice",  # Notice
    }
)
"""
Never named as a reason, though they count in the likeness as any other.

Words of every text (year, part, good), whose sharing tells a reader nothing, and labels whose
sense a procurement hardly means (a model as an occupation, the Moon for a month).
"""
