"""Users of a project file as coders here, and as the rules and the model of ours."""

from __future__ import annotations

from pipeline.exchange import guids
from pipeline.exchange.guids import MODEL, RULES
from pipeline.exchange.proposal import coder_name
from pipeline.exchange.qde_project import MACHINE, Outline
from pipeline.exchange.state import Corpus

NOBODY = ""


class People:
    """Who is who. `present`: machines that are, by hash, those that speak here now. `machines`: whether any is in the file."""

    def __init__(self, outline: Outline, corpus: Corpus) -> None:
        self.outline = outline
        self.known = {guids.of_user(author): author for author in corpus.authors}
        names = {user.name for user in outline.users.values()}
        self.present = {author for author in (RULES, MODEL) if corpus.author_name(author) in names}
        self.machines = any(name.startswith(MACHINE) for name in names)
        self.authors: dict[str, str] = {}

    def author(self, user: str) -> str:
        """The author a user is; NOBODY where the file names none."""
        if user not in self.authors:
            self.authors[user] = self.found(user)
        return self.authors[user]

    def found(self, user: str) -> str:
        """The author a user is, by GUID or by name; where nobody is named, the person who made the project."""
        if not user:
            maker = self.found(self.outline.about.user) if self.outline.about.user else NOBODY
            return NOBODY if maker.startswith(MACHINE) else maker
        if user in self.known:
            return self.known[user]
        named = self.outline.users.get(user)
        if named is None or not named.name.strip():
            return NOBODY
        if named.name.startswith(MACHINE):
            return RULES if named.name.startswith(RULES) else MODEL
        return coder_name(named.name)

    def hand(self, author: str) -> str:
        """Who made a coding that is none of ours: a machine that speaks here now did not, so somebody did in its name."""
        return NOBODY if author in self.present else author

    def editor(self) -> str:
        """The coder who last changed the project; "" where the file does not say, or says a machine did."""
        user = self.outline.about.modified_by
        found = self.author(user) if user in self.outline.users else ""
        return "" if found.startswith(MACHINE) or found == NOBODY else found

    def name(self, author: str) -> str:
        """A machine's name in the file."""
        return next((user.name for user in self.outline.users.values() if user.name.startswith(author)), author)
