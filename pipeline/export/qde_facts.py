"""What is known of the documents as REFI-QDA variables and cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from lxml.etree import _Element as Element

from pipeline.exchange.facts import Facts, case_guid, variable_guid
from pipeline.exchange.xml import PROJECT
from pipeline.export.qde import make, pointer


def variables(facts: Facts) -> Iterator[Element]:
    """The variables with their types."""
    for name, kind in facts.types.items():
        yield make("Variable", guid=variable_guid(name), name=name, typeOfVariable=kind)


def values(facts: Facts, known: Mapping[str, str]) -> list[Element]:
    """Values of variables."""
    return [value(name, said, facts.types[name]) for name, said in known.items()]


def value(name: str, said: str, kind: str) -> Element:
    """One variable's value."""
    return make("VariableValue", [pointer("VariableRef", variable_guid(name)), make(f"{kind}Value", (), PROJECT, said)])


def cases(facts: Facts) -> Iterator[Element]:
    """A case a speaker, with all documents of that speaker, and the country where it is the same in all."""
    spoken: dict[str, list[str]] = defaultdict(list)
    for document, known in facts.values.items():
        if "speaker" in known:
            spoken[known["speaker"]].append(document)
    for speaker, documents in sorted(spoken.items()):
        countries = {facts.values[d].get("country", "") for d in documents}
        known = {"speaker": speaker} | ({"country": countries.pop()} if len(countries) == 1 else {})
        parts = values(facts, {k: v for k, v in known.items() if v}) + [pointer("SourceRef", facts.guid[d]) for d in documents]
        yield make("Case", parts, guid=case_guid(speaker), name=speaker)
