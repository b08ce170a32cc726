"""Forms of other tools, each opened by that tool's own library: texts, places and counts are those of the study."""

import json
import re
import zipfile

import cassis
import pytest
import spacy
from coded import document, hit, write_study
from pyld import jsonld
from spacy.tokens import DocBin

from pipeline import export

TEXTS = {
    "emoji": "\U0001f6e1\U0001f9d1\u200d\U0001f680 They plot against us — «خطر», 危险 and e\u0301.",
    "script": "<script>alert('They plot')</script> & \"so\"",
    "control": "Bells \x07 ring: They plot\r\nand \x00 more",
    "rtl": "\u202eThey plot\u202c و آنها نقشه می‌کشند",
    "a/b #1": "They plot where names are odd.",
}


@pytest.fixture(scope="module")
def study(module_project):
    made = module_project.study()
    said = [(document(name, text), ("threat",), [hit(text, "They plot", negated=name == "rtl")], ("self",)) for name, text in TEXTS.items()]
    write_study(made, [*said, (document("web", "Nothing here.", source="https://example.org/a?b=1"), (), [], ())])
    return made


def test_spacy__reads_texts_categories_and_spans(study, tmp_path):
    done = export.export_to(study, "spacy", tmp_path / "c.spacy")
    docs = list(DocBin().from_disk(tmp_path / "c.spacy").get_docs(spacy.blank("en").vocab))
    assert {doc.user_data["document_id"]: doc.text for doc in docs} == {**TEXTS, "web": "Nothing here."}
    by_name = {doc.user_data["document_id"]: doc for doc in docs}
    assert [(span.text, span.label_, span.id_) for span in by_name["emoji"].spans["sc"]] == [("They plot", "threat", "threat.test")]
    assert not by_name["rtl"].spans["sc"] and len(by_name["rtl"].spans["void"]) == 1
    assert by_name["emoji"].cats["threat"] == 1.0 and by_name["web"].cats["threat"] == 0.0
    assert by_name["emoji"].user_data["probabilities"]["threat"] == 0.9
    assert done.counts == {"passages": 6, "spans": 5}


def test_spacy__says_which_spans_it_had_to_widen(study, tmp_path):
    """The direction mark sticks to its word in spaCy's tokens; so it does nowhere else."""
    done = export.export_to(study, "spacy", tmp_path / "c.spacy")
    docs = DocBin().from_disk(tmp_path / "c.spacy").get_docs(spacy.blank("en").vocab)
    wide = [span.text for doc in docs for key in ("sc", "void") for span in doc.spans[key] if span.text != "They plot"]
    assert bool(wide) is bool(done.losses) and (not wide or done.losses[0].startswith(f"{len(wide)} span(s)"))


def read_cas(path):
    """Every document of an archive, read by cassis."""
    with zipfile.ZipFile(path) as archive:
        types = cassis.load_typesystem(archive.read("TypeSystem.xml").decode())
        return {name: cassis.load_cas_from_xmi(archive.read(name).decode(), types) for name in archive.namelist() if name.endswith(".xmi")}


def test_cas__reads_texts_and_places(study, tmp_path):
    done = export.export_to(study, "cas", tmp_path / "c.zip")
    read = read_cas(tmp_path / "c.zip")
    assert len(read) == done.counts["documents"] == 6 and "a%2Fb%20#1.xmi" not in read
    for cas in read.values():
        (meta,) = cas.select("de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData")
        wanted = {**TEXTS, "web": "Nothing here."}[meta.documentId]
        assert cas.sofa_string == re.sub("[\x00\x07]", "\ufffd", wanted)
        assert [one.get_covered_text() for one in cas.select("webanno.custom.Passage")] == [cas.sofa_string]
        hits = cas.select("webanno.custom.RuleHit")
        assert [(one.get_covered_text(), one.code, one.rule) for one in hits] == [("They plot", "threat", "threat.test")] * (
            meta.documentId != "web"
        )
        assert [one.probability for one in cas.select("webanno.custom.Code")] == [0.9] * len(hits)
    assert done.losses == ("1 document(s) hold characters that XML cannot; each stands as U+FFFD.",)


def test_cas__counts_utf16_in_the_file(study, tmp_path):
    """Java's view of the file: the places cut the same words out of the text in UTF-16."""
    export.export_to(study, "cas", tmp_path / "c.zip")
    with zipfile.ZipFile(tmp_path / "c.zip") as archive:
        xmi = archive.read("emoji.xmi").decode()
    start, end = (int(re.search(rf'<custom:RuleHit[^>]* {name}="(\d+)"', xmi)[1]) for name in ("begin", "end"))
    assert TEXTS["emoji"].encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le") == "They plot"
    assert start != TEXTS["emoji"].index("They plot")


OA, RDF = "http://www.w3.org/ns/oa#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TERMS = {  # of the vocabulary's terms those that we write, with the IRIs that the Recommendation gives them
    "id": "@id", "type": "@type", "Annotation": f"{OA}Annotation", "TextualBody": f"{OA}TextualBody",
    "TextQuoteSelector": f"{OA}TextQuoteSelector", "TextPositionSelector": f"{OA}TextPositionSelector",
    "AnnotationCollection": "https://www.w3.org/ns/activitystreams#OrderedCollection",
    "AnnotationPage": "https://www.w3.org/ns/activitystreams#OrderedCollectionPage",
    "Software": "https://www.w3.org/ns/activitystreams#Application",
    "body": {"@id": f"{OA}hasBody", "@type": "@id"}, "target": {"@id": f"{OA}hasTarget", "@type": "@id"},
    "source": {"@id": f"{OA}hasSource", "@type": "@id"}, "selector": {"@id": f"{OA}hasSelector", "@type": "@id"},
    "motivation": {"@id": f"{OA}motivatedBy", "@type": "@vocab"}, "purpose": {"@id": f"{OA}hasPurpose", "@type": "@vocab"},
    "classifying": f"{OA}classifying", "tagging": f"{OA}tagging", "describing": f"{OA}describing",
    "exact": f"{OA}exact", "prefix": f"{OA}prefix", "suffix": f"{OA}suffix", "value": f"{RDF}value",
    "start": f"{OA}start", "end": f"{OA}end", "creator": {"@id": "http://purl.org/dc/terms/creator", "@type": "@id"},
    "name": "http://xmlns.com/foaf/0.1/name", "label": "http://www.w3.org/2000/01/rdf-schema#label",
    "total": "https://www.w3.org/ns/activitystreams#totalItems", "startIndex": "https://www.w3.org/ns/activitystreams#startIndex",
    "first": {"@id": "https://www.w3.org/ns/activitystreams#first", "@type": "@id"},
    "items": {"@id": "https://www.w3.org/ns/activitystreams#items", "@container": "@list", "@type": "@id"},
}  # fmt: skip


def collection(study, tmp_path):
    export.export_to(study, "web-annotation", tmp_path / "c.jsonld")
    return json.loads((tmp_path / "c.jsonld").read_text(encoding="utf-8"))


def test_web_annotation__positions_and_quotations_agree_in_every_document(study, tmp_path):
    made = collection(study, tmp_path)
    items = made["first"]["items"]
    assert made["total"] == len(items) == 10 and made["@context"] == "http://www.w3.org/ns/anno.jsonld"
    texts = {f"urn:policycode:trial:{name}": text for name, text in TEXTS.items()} | {"urn:policycode:trial:a%2Fb%20%231": TEXTS["a/b #1"]}
    for one in items:
        text = texts[one["target"]["source"]]
        quotation, position = one["target"]["selector"]
        assert text[position["start"] : position["end"]] == quotation["exact"]
        assert text.startswith(quotation["prefix"] + quotation["exact"] + quotation["suffix"], position["start"] - len(quotation["prefix"]))
    assert len({one["id"] for one in items}) == len(items)


def test_web_annotation__an_independent_processor_sees_the_vocabulary(study, tmp_path):
    """pyld expands it without a term left over, and finds tags, places and creators under the vocabulary's IRIs."""
    made = {**collection(study, tmp_path), "@context": TERMS}
    (top,) = jsonld.expand(made)
    (page,) = top["https://www.w3.org/ns/activitystreams#first"]
    items = page["https://www.w3.org/ns/activitystreams#items"][0]["@list"]
    assert len(items) == 10 and {kind for one in items for kind in one["@type"]} == {f"{OA}Annotation"}
    tags = {
        body[f"{RDF}value"][0]["@value"]
        for one in items
        for body in one[f"{OA}hasBody"]
        if body[f"{OA}hasPurpose"][0]["@id"] == f"{OA}tagging"
    }
    assert tags == {"threat"}
    kinds = {
        one for item in items for target in item[f"{OA}hasTarget"] for selector in target[f"{OA}hasSelector"] for one in selector["@type"]
    }
    assert kinds == {f"{OA}TextQuoteSelector", f"{OA}TextPositionSelector"}
    assert count_keys(made["first"]["items"]) == count_keys(jsonld.compact(page, TERMS)["items"]), (
        "a term that the context does not know is lost"
    )


def count_keys(value):
    """How many keys a JSON value has in all."""
    if isinstance(value, dict):
        return len(value) + sum(map(count_keys, value.values()))
    return sum(map(count_keys, value)) if isinstance(value, list) else 0


def test_web_annotation__an_address_stays_the_source(module_project, tmp_path):
    study = module_project.study(name="web")
    write_study(study, [(document("d", "They plot.", source="https://example.org/a?b=1"), ("threat",), [], ())])
    (one,) = collection(study, tmp_path)["first"]["items"]
    assert one["target"]["source"] == "https://example.org/a?b=1"


@pytest.mark.parametrize("form", ["spacy", "cas", "web-annotation", "label-studio", "doccano", "parquet", "review"])
def test_formats__same_study_same_bytes(study, tmp_path, form):
    for name in ("a.xlsx", "b.xlsx"):
        export.export_to(study, form, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
