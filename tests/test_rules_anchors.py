"""The anchor filter saves parsing and never loses a hit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.matcher import Matcher

from pipeline.codebook import Rule, is_anchor
from pipeline.rules.anchors import Anchors, Morphology, words
from pipeline.rules.parse import load_model

FILLER = ["the", "our", "and", "of", "cannot", "don't", "grave", ",", "in", "they", "never", "to", "10km", "–", "not"]


@pytest.fixture(scope="module")
def morphology():
    return Morphology.of(load_model("en"))


def rule(*tokens):
    return Rule("test.rule", "threat", tokens)


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ({"LEMMA": "threaten"}, "They threatened us."),
        ({"LEMMA": "threaten"}, "THREATENING words"),
        ({"LEMMA": "ally"}, "our allies"),
        ({"LEMMA": "bully"}, "They bullied us."),
        ({"LEMMA": "plot"}, "They were plotting."),
        ({"LEMMA": "impose"}, "imposing sanctions"),
        ({"LEMMA": "fight"}, "We fought them."),
        ({"LEMMA": "seek"}, "They sought war."),
        ({"LEMMA": "man"}, "armed men"),
        ({"LEMMA": "foe"}, "our foes"),
        ({"LEMMA": "strong"}, "the stronger side"),
        ({"LEMMA": "life"}, "our lives"),
        ({"LEMMA": "be"}, "It's war."),
        ({"LEMMA": "would"}, "They'd attack."),
        ({"LEMMA": "not"}, "They can't attack."),
        ({"LOWER": "not"}, "They cannot attack."),
        ({"LOWER": "can"}, "They cannot attack."),
        ({"LOWER": "n't"}, "They don't attack."),
        ({"LOWER": "n’t"}, "They don’t attack."),
        ({"LOWER": "ca"}, "They can't attack."),
        ({"LOWER": "threat"}, "a _threat_ to peace"),
        ({"LOWER": "km"}, "10km from the border"),
        ({"LOWER": "nato"}, "anti-NATO talk"),
        ({"LOWER": "'s"}, "the enemy's plot"),
        ({"LOWER": "d'etat"}, "a coup d'etat"),
        ({"LOWER": {"IN": ["war", ","]}}, "peace, no more"),
        ({"ORTH": "WAR"}, "Total WAR"),
    ],
)
def test_candidates__a_token_that_is_there_is_found(morphology, token, text):
    numbers = Anchors([rule(token, {"LOWER": "unheard"}), rule({"LOWER": "a"}, token)], morphology).candidates(text + " unheard a")
    assert numbers == [0, 1]


@pytest.mark.parametrize("text", ["peace and trade", "", "threat", "our security"])
def test_candidates__all_obligatory_words_are_needed(morphology, text):
    anchors = Anchors([rule({"LOWER": "threat"}, {"OP": "{0,3}"}, {"LEMMA": "security"})], morphology)
    assert anchors.candidates(text) == []
    assert anchors.candidates("security is no threat") == [0]


def test_candidates__optional_and_excluded_words_ask_for_nothing(morphology):
    pattern = ({"LOWER": "grave", "OP": "?"}, {"LOWER": {"NOT_IN": ["no"]}}, {"LOWER": ","}, {"LOWER": "threat"})
    assert Anchors([rule(*pattern)], morphology).candidates("some, threat") == [0]


def surface(draw, token, morphology):
    """Some words that a pattern's token may match."""
    for key in ("LOWER", "LEMMA", "ORTH"):
        value = token.get(key)
        admitted = [value] if isinstance(value, str) else value.get("IN", []) if value else []
        if admitted:
            word = draw(st.sampled_from(admitted))
            return draw(st.sampled_from(sorted(morphology.forms(word)))) if key == "LEMMA" else word
    return draw(st.sampled_from(FILLER))


@given(st.data())
def test_candidates__no_rule_of_the_codebook_loses_a_hit(book, engine, matching, morphology, data):
    """Whatever matches in a sentence made after three rules is a candidate there."""
    draw = data.draw
    parts = []
    for one in draw(st.lists(st.sampled_from(book.rules), min_size=3, max_size=3)):
        parts += [surface(draw, token, morphology) for token in one.pattern if is_anchor(token) or draw(st.booleans())]
        parts += draw(st.lists(st.sampled_from(FILLER), max_size=2))
    sentence = " ".join(draw(st.sampled_from([str, str, str.upper, str.title]))(part) for part in parts)
    sentence = sentence.replace(" ,", ",").replace(" 's", "'s").replace(" - ", "-").replace(" n't", "n't").replace(" .", ".")
    doc = engine.parser.parse([sentence])[0]
    found = {int(doc.vocab.strings[key]) for key, _, _ in matching(doc)}
    assert found <= set(engine.anchors.candidates(sentence)), sentence


@pytest.fixture(scope="module")
def matching(book, engine):
    """One matcher of all rules, with no filter before it."""
    matcher = Matcher(engine.parser.nlp.vocab)
    for number, one in enumerate(book.rules):
        matcher.add(str(number), [[dict(token) for token in one.pattern]])
    return matcher


def test_hits__same_with_and_without_the_filter(book, engine, monkeypatch):
    texts = [text for code in book.codes for text in code.examples + code.counterexamples]
    texts += [text.upper() for text in texts[::7]]
    filtered = engine.hits(texts)
    everything = list(range(len(book.rules)))
    monkeypatch.setattr(engine.anchors, "candidates", lambda text: everything)
    assert engine.hits(texts) == filtered
    assert sum(map(bool, filtered)) > len(texts) / 2


def test_candidates__spare_most_sentences_the_parse(engine):
    plain = "Thank you all for coming. The bridge will open in May. Farmers had a good year. Schools need more teachers."
    sentences = plain.split(". ")
    assert not any(engine.anchors.candidates(sentence) for sentence in sentences)


@given(st.text(max_size=60), st.text(max_size=60))
def test_words__of_two_texts_side_by_side(one, other):
    assert words(f"{one} {other}") == words(one) | words(other)
