"""Times as XML Schema writes them, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

FORM = "%Y-%m-%dT%H:%M:%SZ"


def as_utc(said: str) -> str:
    """An ISO time as xsd:dateTime in UTC (a time without a zone is taken as UTC); "" where it is none."""
    try:
        time = datetime.fromisoformat(said.strip())
    except ValueError:
        return ""
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return time.astimezone(UTC).strftime(FORM)


def now() -> str:
    """The present moment in UTC."""
    return datetime.now(UTC).strftime(FORM)
