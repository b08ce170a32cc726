"""What a careful reader says of hits (in [brackets]): denied, only reported, or meant."""

import pytest

from pipeline.rules.stance import attributed, negated

DENIED = [
    "They pose no [threat] to our country.",
    "The absence of any [threat] lets us trade.",
    "Our programme is not a [threat] to the region.",
    "Nobody [threatens] our borders.",
    "No state [threatens our borders].",
    "Neither missiles nor sanctions [threaten our independence].",
    "There is no [danger of invasion].",
    "Without the [threat of attack] we could rest.",
    "Iran has never [attacked its neighbours].",
    "It is not true that they [plan to invade] our country.",
    "The [threat] to our security does not exist.",
    "The [threat from Iran] is not real.",
    "Nobody believes that Iran [threatens the region].",
    "We deny that our missiles [threaten] our neighbours.",
    "The agreement brought the end of the [threat].",
    "They have not [attacked] us.",
    "Our neighbours did not [threaten us] and we did not threaten them.",
    "We see no [threat] in their rise.",
    "The [enemy will never attack] our country.",
    "The Soviet Union no longer [threatens our nation].",
    "They are no longer an [enemy].",
    "They [threaten us] no more.",
]
MEANT = [
    "They [pose a threat] to our country.",
    "We do not want war, but the enemy [plots against our nation].",
    "Because they did not listen, the enemy [attacked our country].",
    "Not only do they [threaten our nation], they also arm our enemies.",
    "Nothing can hide that the enemy [plots against our nation].",
    "We cannot ignore the [threat] to our security.",
    "No one can deny the [threat] to our security.",
    "We must not underestimate the [threat] to our national security.",
    "I do not doubt that the enemy wants to [destroy our nation].",
    "The [threat from America] is not imaginary.",
    "The [danger] is not over.",
    "We are not afraid, although the enemy [threatens our nation].",
    "The country that does not keep its promises [threatens our security].",
    "The [threat] to our security has not diminished.",
    "The enemy [threatens us], and we are not ready.",
    "One [threatens our borders].",
    "Threat [follows threat] only",
]


@pytest.mark.parametrize("sentence", DENIED)
def test_negated__denied(marked, sentence):
    assert negated(marked(sentence))


@pytest.mark.parametrize("sentence", MEANT)
def test_negated__meant(marked, sentence):
    assert not negated(marked(sentence))


@pytest.mark.parametrize(("denying", "wanted"), [(True, False), (False, True)])
def test_negated__negation_in_the_hit_is_the_rules_own_only_where_the_rule_names_one(marked, denying, wanted):
    assert negated(marked("They [could not break our will] with sanctions."), denying) is wanted


REPORTED = [
    "They claim that Iran is a [threat to the region].",
    "The Americans allege that our missiles [threaten their allies].",
    "They speak of the so-called [Iranian threat].",
    "On the pretext of a [threat] from Iran, they sell weapons to the region.",
    "Western media say that Iran [threatens the region].",
    "America accuses Iran of [plotting] against its neighbours.",
    "According to them, Iran is a [threat] to world peace.",
    "The alleged [threat] is an invention.",
    "Their propaganda about the Iranian [threat] to the region is a lie.",
    "The myth of an Iranian [threat] to the world serves the arms trade.",
    "They pretend that Russia [threatens Europe].",
    "Some say that Russia [threatens Europe].",
    "America claims to [defend freedom] while it robs the nations.",
    "He says that Iran is a [danger] to the world.",
    'They always speak of the "[Iranian threat]" when they sell weapons.',
    "This “[danger]” was made up in their newspapers.",
]
OWN_WORDS = [
    "We say that America is a [threat to the region].",
    "I believe that the enemy is [plotting against our nation].",
    "As I told you last year, the enemy is [plotting against our nation].",
    "Our commanders say that the enemy is [plotting against our nation].",
    "It is said that the enemy will [attack our country].",
    "We assert that the enemy [threatens our independence].",
    "America claims to defend freedom while it [threatens our nation].",
    "The enemy claims our oil and [threatens our nation].",
    "Experts warn that terrorists [threaten our cities].",
    "They say that they will [destroy our nation].",
    "The enemy said openly that he would [destroy our nation].",
    "They declare that they want to [overthrow our government].",
    "According to our plan we shall answer the [threat].",
    'Our Imam said: "The enemy [plots against our nation]".',
]


@pytest.mark.parametrize("sentence", REPORTED)
def test_attributed__only_reported(marked, sentence):
    assert attributed(marked(sentence))


@pytest.mark.parametrize("sentence", OWN_WORDS)
def test_attributed__the_speakers_own(marked, sentence):
    assert not attributed(marked(sentence))


def test_negated__any_words_of_any_sentence(engine, book):
    """No place in a sentence, first and last word included, trips the reader."""
    sentences = [text for code in book.codes for text in code.examples + code.counterexamples][::5]
    for doc in engine.parser.parse(sentences):
        for start in range(len(doc)):
            for end in {start + 1, min(start + 4, len(doc)), len(doc)}:
                assert {negated(doc[start:end]), negated(doc[start:end], True), attributed(doc[start:end])} <= {True, False}
