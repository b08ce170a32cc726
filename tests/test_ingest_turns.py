"""Turns of transcripts are told from headings; whose turns are left out leave no trace but their count."""

import pytest

from pipeline import ingest, segment
from pipeline.config import Speakers
from pipeline.ingest.turns import cut, turns_of

TALK = """Press conference in the capital.

MODERATOR: Good morning to all of you in this hall today.

President Ann North: Sudland stands with us against the common enemy, and we thank its people for it.

Q: Will you trade with Ostland in the coming year?

President Ann North (through an interpreter): Our trade with Sudland brings prosperity to both nations."""


@pytest.mark.parametrize(("text", "names"), [
    (TALK, ["MODERATOR", "President Ann North", "Q", "President Ann North"]),
    ("Q. Why so?\nA. Because of this.", ["Q", "A"]), ("SMITH: We agree.\nJONES: We do not.\nSMITH: Well.", ["SMITH", "SMITH"]),
    ("**Mr. Low:** Yes.\n\n**Ms. High:** No.\n\n**Mr. Low:** So.", ["Mr. Low", "Ms. High", "Mr. Low"]),
    ("Вопрос: Почему?\nВ.Северов: Потому.\nВопрос: И всё?\nВ.Северов: Да.", ["Вопрос", "В.Северов"] * 2),
    ("خبرنگار: چرا؟\nپاسخ: زیرا.", ["خبرنگار", "پاسخ"]),
    ("Note: this.\nNote: that.\nTherefore: so.", []), ("Goals:\nOur aims are:\nFirst: peace.\nSecond: bread.", []),
    ("V. RELATING MEANS TO ENDS: A\nV. Relating Means to Ends: B", []), ("He said: no.\nShe said: yes.\nHe said: no.", []), ("", []),
])  # fmt: skip
def test_turns_of__tells_speakers_from_headings(text, names):
    found = turns_of(text)
    assert [name for _, name in found] == names
    assert all(text[start:].startswith(name) for start, name in found)


@pytest.mark.parametrize(("speakers", "left", "gone"), [
    ({}, ["MODERATOR", "President Ann North", "Q", "President Ann North"], 0),
    ({"leave_out": ["moderators", "journalists"]}, ["President Ann North"] * 2, 2),
    ({"only": ["president ann north"]}, ["President Ann North"] * 2, 2), ({"leave_out": ["President Ann North"]}, ["MODERATOR", "Q"], 2),
])  # fmt: skip
def test_cut__leaves_out_whole_turns_and_moves_the_rest(speakers, left, gone):
    marks = [TALK.index("Will you"), TALK.index("Our trade")]
    body, turns, moved, count = cut(TALK, turns_of(TALK), marks, Speakers(**speakers))
    assert [name for _, name in turns] == left and count == gone
    assert all(body[start:].startswith(name) for start, name in turns)
    assert ("Press conference" in body) == ("only" not in speakers)
    if "President Ann North" in left:
        assert body[moved[1] :].startswith("Our trade")


def test_run__turns_are_cut_counted_and_never_crossed(project):
    project.write("talk.txt", TALK)
    source = {"form": "path", "path": "texts", "speakers": {"leave_out": ["moderators", "journalists"]}}
    study = project.study(sources=[source], passages={"min_words": 20, "max_words": 60})
    ingest.run(study)
    segment.run(study)
    document = project.rows("documents.jsonl")[0]
    assert document["metadata"]["mended"] == {"turns left out": 2} and "Will you" not in document["text"]
    assert any("2 turns left out" in row["message"] for row in project.rows("problems.jsonl"))
    starts = [start for start, _ in document["metadata"]["turns"]]
    passages = project.rows("passages.jsonl")
    assert len(passages) == 3  # one would hold them all, were they not turns
    assert not any(p["start"] < start < p["end"] for p in passages for start in starts)
