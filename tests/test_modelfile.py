"""Model files: reproducible bytes, and nothing but known types."""

import io
import json
import pickle
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline import modelfile
from pipeline.errors import PipelineError

TEXTS = ["the enemy threatens", "trade brings gain", "one faith", "an attack is feared", "open markets", "brothers"] * 4
SHELL = {"__class__": "system", "__module__": "os", "__loader__": "TypeNode"}
LABELS = [1, 0, 0, 1, 0, 0] * 4


def trained():
    """A small calibrated classifier, the same each time."""
    words = TfidfVectorizer().fit(TEXTS)
    model = CalibratedClassifierCV(LogisticRegression(), cv=3).fit(words.transform(TEXTS), LABELS)
    return {"words": words, "codes": {"threat": model}, "version": "1", "numbers": np.arange(5), "nothing": None}


class Evil:
    """What a pickle can carry."""

    def __reduce__(self):
        return (print, ("owned",))


def test_save__same_model_twice_same_bytes(tmp_path):
    for name in ("a.skops", "b.skops"):
        modelfile.save(tmp_path / name, trained())
    assert (tmp_path / "a.skops").read_bytes() == (tmp_path / "b.skops").read_bytes()


def test_load__gives_back_what_was_saved(tmp_path):
    parts = trained()
    modelfile.save(tmp_path / "m.skops", parts)
    back = modelfile.load(tmp_path / "m.skops")
    rows = parts["words"].transform(TEXTS)
    assert (back["words"].transform(TEXTS) != rows).nnz == 0
    assert (back["codes"]["threat"].predict_proba(rows) == parts["codes"]["threat"].predict_proba(rows)).all()
    assert back["version"] == "1" and back["nothing"] is None and (back["numbers"] == np.arange(5)).all()


def test_save__saved_again_after_loading_is_the_same(tmp_path):
    modelfile.save(tmp_path / "a.skops", trained())
    modelfile.save(tmp_path / "b.skops", modelfile.load(tmp_path / "a.skops"))
    assert (tmp_path / "a.skops").read_bytes() == (tmp_path / "b.skops").read_bytes()


def test_save__two_parts_that_share_an_object(tmp_path):
    shared = np.arange(9.0)
    modelfile.save(tmp_path / "m.skops", {"one": shared, "other": shared, "third": shared + 1})
    back = modelfile.load(tmp_path / "m.skops")
    assert (back["one"] == back["other"]).all() and back["third"][0] == 1


def rewritten(content, change):
    """A model archive with its schema changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data.decode()).encode() if name == "schema.json" else data)
    return out.getvalue()


def hostile(content):
    """The archives and files that must not load."""
    plain = skops.io.dumps({"a": 1})
    return {
        "pickle": pickle.dumps(Evil()),
        "empty": b"",
        "text": b"not a model",
        "cut short": content[: len(content) // 2],
        "zip without schema": zip_of({"other.txt": b"x"}),
        "schema no JSON": zip_of({"schema.json": b"{"}),
        "schema a list": zip_of({"schema.json": b"[]"}),
        "schema empty": zip_of({"schema.json": b"{}"}),
        "unknown type": rewritten(content, lambda s: s.replace("LogisticRegression", "PassiveAggressiveNothing")),
        "a shell": rewritten(plain, lambda s: json.dumps({**json.loads(s), **SHELL})),
        "a function": skops.io.dumps({"f": hostile_function}),
        "unknown class": skops.io.dumps({"f": Evil2()}),
        "unknown loader": rewritten(plain, lambda s: s.replace("DictNode", "SurpriseNode")),
        "member gone": without_member(content),
    }


def hostile_function():
    return 1


class Evil2:
    def __init__(self):
        self.a = 1


def zip_of(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def without_member(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members.pop(next(name for name in sorted(members) if name != "schema.json"))
    return zip_of(members)


KINDS = ["pickle", "empty", "text", "cut short", "zip without schema", "schema no JSON", "schema a list", "schema empty", "unknown type",
         "a shell", "a function", "unknown class", "unknown loader", "member gone"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_load__refuses(tmp_path, kind, capsys):
    modelfile.save(tmp_path / "sound.skops", trained())
    (tmp_path / "m.skops").write_bytes(hostile((tmp_path / "sound.skops").read_bytes())[kind])
    with pytest.raises(PipelineError) as caught:
        modelfile.load(tmp_path / "m.skops")
    assert "m.skops" in caught.value.message and caught.value.hint
    assert "owned" not in capsys.readouterr().out


def test_load__no_file(tmp_path):
    with pytest.raises(PipelineError, match="nowhere"):
        modelfile.load(tmp_path / "nowhere.skops")
