"""How a careful reader hears hits (in [brackets]): asked, imagined, past, or stated of the present."""

import pytest

from pipeline.rules.mood import mood

HEARD = [
    ("Why do they [threaten our country]?", "question"),
    ("Who would deny that the enemy [plots against us]?", "question"),
    ("If they [attack our country], we shall answer.", "hypothetical"),
    ("Unless we arm, the enemy will [invade our land].", ""),
    ("Should they [attack us], they will regret it.", "hypothetical"),
    ("Such weapons could [destroy our nation].", "hypothetical"),
    ("They would [invade our country] if they were able.", "hypothetical"),
    ("They [attacked our country] in those years.", "past"),
    ("Our country was [invaded] by two armies.", "past"),
    ("The Soviet Union [threatened the whole of Europe].", "past"),
    ("The enemy has [attacked our country].", ""),
    ("The enemy [threatens our nation].", ""),
    ("They are [plotting against our nation].", ""),
    ("They will [attack our country].", ""),
    ("We should [defend our country] against them.", ""),
    ("The [threat] to our security is grave.", ""),
    ("He told me that the [threat] was over.", "past"),
]


@pytest.mark.parametrize(("sentence", "wanted"), HEARD)
def test_mood__as_heard(marked, sentence, wanted):
    assert mood(marked(sentence)) == wanted
