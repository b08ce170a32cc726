"""What one coder works on: study, codebook, passages, the plan, and the labels given so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import RLock

from pipeline import codebook, labels, plan
from pipeline.codebook import FILES, Codebook
from pipeline.config import Study
from pipeline.errors import PipelineError, Problem
from pipeline.label_log import Key, LabelLog, checked_coder, key_of
from pipeline.labels import Label
from pipeline.plan import Planned
from pipeline.workbench.corpus import Corpus
from pipeline.workbench.retrain import Retrain
from pipeline.workbench.revealed import Revealed
from pipeline.workbench.search import Haystack


class Bench:
    """One coder's workbench; `lock` guards what requests running side by side would share."""

    def __init__(self, study: Study, coder: str, assist: bool = False) -> None:
        self.study, self.coder, self.assist = study, coder, assist
        self.lock = RLock()
        self.corpus = Corpus(study.outputs)
        self.corpus.passages.opened()
        self.haystack = Haystack(study.outputs / "passages.jsonl")
        self.stamp: tuple[int, ...] = ()
        self.book_problem = ""
        self.loaded = codebook.load(study.codebook_folder)
        self.log = LabelLog(study.labels, checked_coder(coder), self.loaded.ids)
        self.others = Others(study, coder)
        self.revealed = Revealed(study, coder)
        self.retrain = Retrain(study)
        self.given_before = len(self.log.order)
        self.placed_in: tuple[int, int] = (0, 0)
        self.take_plan()

    def take_plan(self) -> None:
        """Read the rounds drawn so far, in this coder's order."""
        rounds = plan.rounds(self.study)
        self.drawn = [one for rows in rounds for one in plan.queue(rows, self.coder, self.study.seed)]
        self.planned = {one.key: one for one in self.drawn}
        self.placed: list[Planned] | None = None

    @property
    def queue(self) -> list[Planned]:
        """The rounds' passages where they stand now; those whose text is gone, since the study was cut anew, are left out."""
        self.corpus.passages.opened()
        if self.placed is None or self.placed_in != self.corpus.passages.stamp:
            found = [self.corpus.present_id(*one.key, one.passage_id) for one in self.drawn]
            self.placed = [replace(one, passage_id=name) for one, name in zip(self.drawn, found, strict=True) if name]
            self.placed_in = self.corpus.passages.stamp
        return self.placed

    @property
    def problems(self) -> Sequence[Problem]:
        """What the coder should know about the file of labels."""
        return self.log.recovered

    @property
    def book(self) -> Codebook:
        """The codebook as it is on disk now; the last sound one while it has mistakes."""
        stamp = tuple((self.study.codebook_folder / name).stat().st_mtime_ns for name in FILES)
        if stamp != self.stamp:
            try:
                self.loaded, self.book_problem = codebook.load(self.study.codebook_folder), ""
                self.log.codes = self.loaded.ids
            except PipelineError as error:
                self.book_problem = str(error)
            self.stamp = stamp
        return self.loaded

    def ensure_round(self) -> None:
        """Draw the next round where none is under way; another coder's process may just have done so."""
        with self.lock, plan.locked(self.study):
            self.take_plan()
            if not self.open_ones():
                self.add_round()

    def add_round(self) -> None:
        """Draw one more round from what nobody has labelled."""
        labelled = {key for key, given in self.log.history.items() if given[-1].status == "coded"} | self.others.keys()
        plan.draw_round(self.study, self.book.ids, labelled)
        self.take_plan()

    def open_ones(self) -> list[Planned]:
        """What is still to be labelled by this coder: skipped passages last, single ones of other coders not at all."""
        theirs = self.others.keys()
        todo, skipped = [], []
        for one in self.queue:
            given = self.log.current(one.key)
            if given is None or given.status == "withdrawn":
                if one.shared or one.key not in theirs:
                    todo.append(one)
            elif given.status == "skipped":
                skipped.append(one)
        return todo + skipped

    def current_labels(self) -> dict[Key, Label]:
        """The coder's decisions that stand."""
        return {key_of(label): label for label in labels.latest(self.log.order)}


class Others:
    """Which passages other coders have labelled; their codes are not kept, so they cannot be shown."""

    def __init__(self, study: Study, coder: str) -> None:
        self.study, self.coder = study, coder
        self.found: dict[str, tuple[tuple[int, int], frozenset[Key]]] = {}

    def keys(self) -> frozenset[Key]:
        """Passages with a label of another coder that stands."""
        return frozenset().union(*self.by_coder().values())

    def by_coder(self) -> Mapping[str, frozenset[Key]]:
        """The same by coder, read again where a file has changed."""
        for path in labels.files(self.study.labels):
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if path.stem not in {self.coder, labels.ADJUDICATED} and self.found.get(path.stem, ((), ()))[0] != stamp:
                given = labels.latest(labels.read_file(path, None, []))
                self.found[path.stem] = stamp, frozenset(map(key_of, given))
        return {name: keys for name, (_, keys) in self.found.items()}
