"""What is known of documents (speaker, country, date, …) as variables: names, values and types."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.errors import PipelineError
from pipeline.exchange import guids
from pipeline.exchange.guids import KEPT
from pipeline.model import Row

FIELDS = ("speaker", "country", "date", "kind", "language", "source")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEAR = re.compile("[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of all documents, in memory: their names and GUIDs, their values, and each variable's type."""

    titles: Mapping[str, str]
    guid: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    types: Mapping[str, str]


def facts_of(study: str, documents: Iterable[Row]) -> Facts:
    """The facts of some documents; names that several bear are told apart by id."""
    names, guid, values = {}, {}, {}
    for document in documents:
        names[document["id"]] = document["title"] or document["id"]
        guid[document["id"]] = guids.of_document(study, document)
        values[document["id"]] = known_of(document)
    doubled = [key for key, count in Counter(guid.values()).items() if count > 1]
    if doubled:
        two = " and ".join(key for key, one in guid.items() if one == doubled[0])
        raise PipelineError(f"The documents {two} have one GUID, {doubled[0]}.", f"Mend the column {KEPT} of metadata.csv.")
    shared = Counter(names.values())
    titles = {key: f"{name} ({key})" if shared[name] > 1 else name for key, name in names.items()}
    return Facts(titles, guid, values, types_of(values))


def known_of(document: Row) -> dict[str, str]:
    """A document's values, those that are empty left out."""
    known = {name: str(document[name]) for name in FIELDS} | own_columns(document["metadata"])
    year = YEAR.match(document["date"])
    known["year"] = year[0] if year else ""
    return {name: value for name, value in known.items() if value}


def types_of(values: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Each variable's type: a date only where every date is known to the day."""
    dated = all(is_day(known["date"]) for known in values.values() if "date" in known)
    special = {"year": "Integer", "date": "Date" if dated else "Text"}
    return {name: special.get(name, "Text") for name in dict.fromkeys(name for known in values.values() for name in known)}


def is_day(said: str) -> bool:
    """Whether a date is a day of the calendar."""
    try:
        return bool(DAY.fullmatch(said)) and date.fromisoformat(said).year > 0
    except ValueError:
        return False


def own_columns(metadata: Mapping[str, object]) -> dict[str, str]:
    """Columns of the user's own that hold a plain value."""
    return {name: str(value) for name, value in metadata.items() if isinstance(value, str | int | float) and name not in {KEPT, "mended"}}


def variable_guid(name: str) -> str:
    """The GUID of a variable: the same in all studies, so that projects can be put together."""
    return guids.guid("variable", name)


def case_guid(speaker: str) -> str:
    """The GUID of a speaker's case: of a speaker nothing is known that changes less than the name."""
    return guids.guid("case", speaker)
