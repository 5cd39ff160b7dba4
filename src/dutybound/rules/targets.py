"""Which exclusions, transitions and reliefs target which rule."""

from __future__ import annotations

from dutybound.terms.law import Content, Rule


def touches(rule_id: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a rule id lies under one of several prefixes, cut at dots."""
    return any(rule_id == p or rule_id.startswith(p + ".") for p in prefixes)


class Targets:
    """Which exclusions, transitions and reliefs target which rule."""

    def __init__(self, content: Content) -> None:
        self._by_target: dict[str, dict[str, list[Rule]]] = {
            kind: {} for kind in ("exclusion", "transition", "relief")
        }
        for rule in content.rules.values():
            for target in rule.targets if rule.kind in self._by_target else ():
                self._by_target[rule.kind].setdefault(target, []).append(rule)
        self._found: dict[tuple[str, str], tuple[Rule, ...]] = {}
        for kind, by_rule in content.aims.items():
            for rule_id in content.rules:
                ids = by_rule.get(rule_id, ())
                self._found[rule_id, kind] = tuple(content.rules[i] for i in ids)

    def of(self, rule: Rule, kind: str) -> tuple[Rule, ...]:
        key = (rule.id, kind)
        found = self._found.get(key)
        if found is None:
            found = ()
            if rule.kind not in ("term", "exclusion", "transition"):
                found = self._aiming(rule, self._by_target[kind])
            self._found[key] = found
        return found

    @staticmethod
    def _aiming(rule: Rule, by_target: dict[str, list[Rule]]) -> tuple[Rule, ...]:
        parts = rule.id.split(".")
        prefixes = [".".join(parts[:n]) for n in range(1, len(parts) + 1)]
        aiming = {r.id: r for p in prefixes for r in by_target.get(p, ())}
        return tuple(
            r
            for _, r in sorted(aiming.items())
            if r.id != rule.id and not touches(rule.id, r.saves)
        )

    def exclusions(self, rule: Rule) -> tuple[Rule, ...]:
        return self.of(rule, "exclusion")

    def transitions(self, rule: Rule) -> tuple[Rule, ...]:
        return self.of(rule, "transition")
