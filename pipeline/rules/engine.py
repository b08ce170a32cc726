"""From passages to hits: anchors first, the parse only where a rule could hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spacy.matcher import Matcher
from spacy.tokens import Doc, Span

from pipeline.code_hash import code_hash
from pipeline.codebook import ANCHORS, Codebook, Rule, literals
from pipeline.ledger import digest_of
from pipeline.model import Hit
from pipeline.rules.anchors import Anchors, Morphology
from pipeline.rules.mood import mood
from pipeline.rules.parse import Parser, model_name
from pipeline.rules.roles import Roles, source_and_target
from pipeline.rules.stance import NEGATORS, NOBODY, attributed, negated
from pipeline.sentences import sentence_spans

DENIALS = {"threat.unimportant"}  # codes whose rules are themselves denials


def engine_hash(codebook: Codebook, roles: Roles, language: str) -> str:
    """A hash of all that decides which hits a passage has."""
    aliases = {role: pattern.pattern for role, (_, pattern) in roles.patterns.items()}
    code = code_hash("pipeline.rules", "pipeline.sentences")
    return digest_of(codebook.rules_hash, str(aliases), roles.speaker, code, model_name(language))


class RuleEngine:
    """A codebook's rules, ready to be laid on texts of one language."""

    def __init__(self, codebook: Codebook, roles: Roles, language: str = "en", cache_file: Path | None = None) -> None:
        self.rules = codebook.rules
        self.roles = roles
        self.language = language
        self.parser = Parser(language, cache_file)
        self.anchors = Anchors(self.rules, Morphology.of(self.parser.nlp))
        self.matchers: dict[int, Matcher] = {}

    def matcher(self, number: int) -> Matcher:
        """The matcher of one rule, made when first needed."""
        if number not in self.matchers:
            matcher = Matcher(self.parser.nlp.vocab)
            matcher.add("rule", [[dict(token) for token in self.rules[number].pattern]], greedy="LONGEST")
            self.matchers[number] = matcher
        return self.matchers[number]

    def hits(self, texts: Sequence[str]) -> list[tuple[Hit, ...]]:
        """The hits of each text, by place; character positions within the text."""
        wanted: list[tuple[int, int, str, list[int]]] = []
        for index, text in enumerate(texts):
            if self.anchors.candidates(text):
                for start, end in sentence_spans(text, (0, len(text)), self.language):
                    if numbers := self.anchors.candidates(text[start:end]):
                        wanted.append((index, start, text[start:end], numbers))
        found: list[list[Hit]] = [[] for _ in texts]
        for (index, start, _, numbers), doc in zip(wanted, self.parser.parse([w[2] for w in wanted]), strict=True):
            found[index] += self.hits_in(doc, start, numbers)
        return [tuple(hits) for hits in found]

    def hits_in(self, doc: Doc, offset: int, numbers: Sequence[int]) -> list[Hit]:
        """The hits of some rules in one parsed sentence, the longest of each code where they overlap."""
        spans = [(self.rules[n], doc[a:b]) for n in numbers for _, a, b in self.matcher(n)(doc)]
        spans.sort(key=lambda item: (-len(item[1]), item[1].start, item[0].id))
        taken: set[tuple[str, int]] = set()
        chosen: list[tuple[Rule, Span]] = []
        for rule, span in spans:
            places = {(rule.code, token.i) for token in span}
            if places.isdisjoint(taken):
                taken |= places
                chosen.append((rule, span))
        roles = self.roles.of_tokens(doc) if chosen else {}
        hits = [self.hit(rule, span, offset, roles) for rule, span in chosen]
        return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.code, hit.rule))

    @staticmethod
    def hit(rule: Rule, span: Span, offset: int, roles: dict[int, str]) -> Hit:
        """A matched span with its stance, its roles and its mood."""
        source, target = source_and_target(span, roles)
        denied = rule.code not in DENIALS and negated(span, names_negation(rule))
        reported = attributed(span)
        return Hit(offset + span.start_char, offset + span.end_char, rule.code, rule.id, denied, reported, source, target, mood(span))


def names_negation(rule: Rule) -> bool:
    """Whether a rule has a negation among its own words."""
    named = {word for token in rule.pattern for key in ANCHORS for word in literals(token.get(key))}
    return not named.isdisjoint(NEGATORS | NOBODY)
