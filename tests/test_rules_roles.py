"""Who does it to whom: what a careful reader says of hits (in [brackets])."""

import pytest
from conftest import ALIASES
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.roles import Roles, source_and_target

WHO_TO_WHOM = [
    ("The [threat] from Russia to Iran is growing.", "partner", "self"),
    ("America [threatens] Iran.", "adversary", "self"),
    ("Iran is [threatened] by America.", "adversary", "self"),
    ("America's [threats] against Iran continue.", "adversary", "self"),
    ("The United States [attacked our country].", "adversary", "self"),
    ("Our country [was attacked] by the United States.", "adversary", "self"),
    ("American [aggression] against Iran must end.", "adversary", "self"),
    ("The Americans want to [overthrow our government].", "adversary", "self"),
    ("The [overthrow] of our government is America's aim.", "", "self"),
    ("Moscow [sells us advanced weapons].", "partner", "self"),
    ("We [buy] advanced weapons from Russia.", "partner", "self"),
    ("Iran must [defend itself] against American aggression.", "adversary", "self"),
    ("We will [defend our country] against the United States.", "adversary", "self"),
    ("The [defence] of Iran against American threats is our duty.", "adversary", "self"),
    ("America, which [imposed sanctions] on Iran, will fail.", "adversary", "self"),
    ("[Sanctions were imposed] on Iran by the United States.", "adversary", "self"),
    ("The [sanctions that America imposed on our nation] failed.", "adversary", "self"),
    ("America is our [enemy].", "adversary", "self"),
    ("The [enemies] of Iran will fail.", "", "self"),
    ("We face the [threat of American attack].", "adversary", "self"),
    ("This is a [threat to our security].", "", "self"),
    ("We cannot ignore the [threat to our security].", "", "self"),
    ("The [plot] of the Americans against the Islamic Republic failed.", "adversary", "self"),
    ("Iran is a [threat] to Russia.", "self", "partner"),
    ("They [threaten] the peace of the world.", "", ""),
]


@pytest.mark.parametrize(("sentence", "source", "target"), WHO_TO_WHOM, ids=[row[0] for row in WHO_TO_WHOM])
def test_source_and_target__as_a_reader_says(marked, sentence, source, target):
    span = marked(sentence)
    assert source_and_target(span, Roles(ALIASES, "self").of_tokens(span.doc)) == (source, target)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Iranians and Russia's army", ("partner",)),  # whole words only
        ("iran is written small", ()),  # with the case of the alias
        ("the United\nStates of America", ("adversary",)),  # over a line break
        ("Islamic Republic", ("self",)),
        ("We and our allies", ()),  # a pronoun names nobody
        ("", ()),
    ],
)
def test_named__whole_words_with_their_case(text, named):
    assert Roles(ALIASES, "self").named(text) == named


def test_named__marks_in_aliases_are_no_patterns():
    roles = Roles({"self": ["U.S.", "C++ (land)"]})
    assert roles.named("the UxSx and C (land)") == ()
    assert roles.named("the U.S. army") == roles.named("in C++ (land) now") == ("self",)


def test_of_tokens__longest_alias_wins(engine):
    doc = engine.parser.parse(["The Soviet Union spoke."])[0]
    roles = Roles({"partner": ["Union"], "adversary": ["Soviet Union", "Soviet"]}).of_tokens(doc)
    assert [roles.get(i) for i in range(3)][1] == "adversary"


def test_of_tokens__pronouns_belong_to_the_speaker_only_where_one_speaks(engine):
    doc = engine.parser.parse(["We defend our land."])[0]
    assert set(Roles(ALIASES, "self").of_tokens(doc).values()) == {"self"}
    assert Roles(ALIASES, "").of_tokens(doc) == {}


@given(st.text(max_size=80))
def test_mentions__lie_within_the_text(text):
    for start, end, role in Roles(ALIASES).mentions(f"{text} Russia {text}"):
        assert role and 0 <= start < end <= len(text) * 2 + 8
