"""What a rule's outcome rests on: terms, disputes, scopes, dates, exclusions, transitions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from dutybound.rules.conditions import leaves
from dutybound.rules.program import Program, dispute_act
from dutybound.terms.law import Condition, Content, Rule

Node: TypeAlias = tuple[str, ...]


def rule_node(rule_id: str) -> Node:
    """The node of a rule or term."""
    return ("rule", rule_id)


class Dependence:
    """The graph of what rests on what.

    Nodes: ("rule", id), ("dispute", id), ("scope", act), ("until", act), ("date", act, name),
    ("penalty", act, name).
    """

    def __init__(self, content: Content, program: Program) -> None:
        self._content = content
        self._program = program
        self._next: dict[Node, tuple[Node, ...]] = {}

    def next(self, node: Node) -> tuple[Node, ...]:
        """The nodes on which a node rests directly."""
        found = self._next.get(node)
        if found is None:
            self._next[node] = found = tuple(dict.fromkeys(self._edges(node)))
        return found

    def distances(self, node: Node) -> dict[Node, int]:
        """Every node on which a node rests, with the number of steps to it; itself at 0."""
        found = {node: 0}
        pending = deque([node])
        while pending:
            here = pending.popleft()
            for other in self.next(here):
                if other not in found:
                    found[other] = found[here] + 1
                    pending.append(other)
        return found

    def conditions(self, node: Node) -> Iterator[Condition]:
        """The conditions that stand in a node itself."""
        kind, name = node[0], node[1]
        if kind == "rule":
            for text in self._content.rules[name].texts:
                yield text.when
                yield from (e.when for e in text.exceptions)
        elif kind == "dispute":
            yield from (r.when for r in self._content.disputes[name].readings)
        elif kind == "scope":
            yield self._content.acts[name].scope
        elif kind == "date":
            yield from (when for when, _ in self._content.acts[name].dates[node[2]].choose)
        elif kind == "penalty":
            sizes = self._content.acts[name].penalties[node[2]].get("size", [])
            yield from (size["when"] for size in sizes)

    def leaves_behind(self, rule_id: str) -> Iterator[Condition]:
        """Every leaf on which a rule rests, at any depth."""
        for node in self.distances(rule_node(rule_id)):
            if node[0] != "penalty":
                for condition in self.conditions(node):
                    yield from leaves(condition)

    def _act_of(self, node: Node) -> str:
        if node[0] == "rule":
            return self._content.rules[node[1]].act
        if node[0] == "dispute":
            return dispute_act(node[1], self._content)
        return node[1]

    def _edges(self, node: Node) -> Iterator[Node]:
        act_id = self._act_of(node)
        for condition in self.conditions(node):
            yield from self._named(act_id, leaves(condition))
        if node[0] == "rule":
            yield from self._of_rule(self._content.rules[node[1]])
        if node[0] == "date":
            lines = self._content.acts[act_id].dates[node[2]].choose
            yield from self._dates(act_id, (day for _, day in lines))

    def _named(self, act_id: str, found: Iterable[Condition]) -> Iterator[Node]:
        for leaf in found:
            if leaf[0] == "term":
                yield rule_node(leaf[1])
            elif leaf[0] == "reading":
                yield ("dispute", leaf[1])
            elif leaf[0] == "date":
                yield from self._dates(act_id, (leaf[3], leaf[4]))
            elif leaf[0] == "event":
                yield from self._dates(act_id, (leaf[2], leaf[3]))

    def _dates(self, act_id: str, names: Iterable[str | None]) -> Iterator[Node]:
        known = self._content.acts[act_id].dates
        yield from (("date", act_id, name) for name in names if name is not None and name in known)

    def _of_rule(self, rule: Rule) -> Iterator[Node]:
        if rule.owed_by is not None:
            yield rule_node(rule.owed_by)
        if rule.gated:
            yield ("scope", rule.act)
        if self._content.acts[rule.act].until is not None:
            yield ("until", rule.act)
        for kind in ("exclusion", "transition"):
            yield from (rule_node(r.id) for r in self._program.touching(rule, kind))
        for text in rule.texts:
            yield from self._dates(rule.act, (text.formal, text.effective, text.until, text.defer))
            penalties = text.detail.get("penalty") or ()
            names = [penalties] if isinstance(penalties, str) else penalties
            yield from (("penalty", rule.act, name) for name in names)
