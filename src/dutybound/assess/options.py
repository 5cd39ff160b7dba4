"""The options paper: the request, the legal floor that no option removes, and what options change.

Options are derived from the profile: leave a market, launch in one first, drop a purpose, drop a
use, and the designs that `content/launch.yaml` names. Each is a changed profile that is judged like
the request itself, so its duties are computed and not estimated. A profile that is only edited
proves nothing: each option names the proof that it needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dutybound.assess.edits import Edit, Editor
from dutybound.assess.launch import Asked, Judge, Launch, is_stated
from dutybound.controls.launch import Recommendation, Why, Work, work_left
from dutybound.errors import BadInput
from dutybound.packs.launch_policy import Design, LaunchPolicy
from dutybound.rules.places import within
from dutybound.rules.truth import FALSE
from dutybound.terms.system import Profile, SetFact, Use

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An option to try. markets: those that it launches in. changes: what differs, in words."""

    id: str
    title: str
    profile: Profile
    markets: tuple[str, ...]
    changes: tuple[str, ...]
    proof: str


@dataclass(frozen=True, slots=True)
class Option:
    """An option with what follows from it.

    saved, kept, added: rule ids of binding duties, against the request. unknown: rules that were
    sure before and are open now. in_part: rules that go for some parties, uses or places only.
    """

    candidate: Candidate
    launch: Launch
    work: Work
    cost: str
    ready: date
    saved: tuple[str, ...]
    kept: tuple[str, ...]
    added: tuple[str, ...]
    in_part: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def in_time(self) -> bool:
        """Whether the work can be done by the launch day, by house lead times."""
        return self.ready <= self.launch.asked.on

    def recommendation(self, market: str) -> Recommendation | None:
        """The recommendation for a market; None if the option does not launch there."""
        view = self.launch.view(market)
        return view.recommendation if market in self.candidate.markets else None


@dataclass(frozen=True, slots=True)
class OptionsPaper:
    """The options that change a duty, those that do not, and the floor per market."""

    request: Option
    options: tuple[Option, ...]
    without_effect: tuple[str, ...]
    impossible: tuple[str, ...]
    floor: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Workshop:
    """Makes and judges options. editor: holds the profile as it is stated, and changes it."""

    judge: Judge
    editor: Editor
    policy: LaunchPolicy
    lead_days: Mapping[str, int]

    def paper(self, request: Launch) -> OptionsPaper:
        """The options paper for a request that was judged."""
        base = self._request(request)
        options, idle, impossible = [], [], []
        for title, candidate in self._candidates(request):
            if candidate is None:
                impossible.append(title)
                continue
            option = self._option(candidate, base)
            fewer = len(candidate.markets) < len(request.asked.markets)
            if option.saved or option.added or option.in_part or option.unknown or fewer:
                options.append(option)
            else:
                idle.append(title)
        options.sort(key=lambda o: (-len(o.saved) + len(o.added), o.candidate.id))
        floor = {m: _floor(m, base, options) for m in request.asked.markets}
        return OptionsPaper(base, tuple(options), tuple(idle), tuple(impossible), floor)

    def _request(self, launch: Launch) -> Option:
        candidate = Candidate(
            "request", "As requested", launch.result.profile, launch.asked.markets, (), ""
        )
        kept = tuple(sorted(_rules(launch)))
        work = self._work(launch, candidate.markets)
        band = self.policy.cost.band(1.0 if work.controls else 0.0)
        return Option(
            candidate, launch, work, band, _ready(work, launch.asked), (), kept, (), (), ()
        )

    def _option(self, candidate: Candidate, base: Option) -> Option:
        launch = self.judge(candidate.profile)
        before, after = _rules(base.launch), _rules(launch)
        work = self._work(launch, candidate.markets)
        share = work.days / base.work.days if base.work.days else 0.0
        return Option(
            candidate,
            launch,
            work,
            self.policy.cost.band(share),
            _ready(work, launch.asked),
            saved=tuple(sorted(before.keys() - after.keys())),
            kept=tuple(sorted(before.keys() & after.keys())),
            added=tuple(sorted(after.keys() - before.keys())),
            in_part=tuple(
                sorted(r for r in before.keys() & after.keys() if before[r][0] > after[r][0])
            ),
            unknown=tuple(
                sorted(r for r, (_, sure) in after.items() if not sure and _sure(before, r))
            ),
        )

    def _work(self, launch: Launch, markets: Sequence[str]) -> Work:
        views = [v for v in launch.views if v.market in markets]
        controls = launch.gaps.catalogue.controls
        return work_left(views, controls, self.lead_days)

    # ------------------------------------------------------------------ what is tried
    def _candidates(self, request: Launch) -> Iterator[tuple[str, Candidate | None]]:
        markets, profile = request.asked.markets, request.result.profile
        if len(markets) > 1:
            for market in markets:
                yield self._markets(
                    f"{market}-first", f"{market.upper()} first", (market,), request
                )
        if len(markets) > 2:
            for market in markets:
                rest = tuple(m for m in markets if m != market)
                yield self._markets(f"without-{market}", f"Without {market.upper()}", rest, request)
        yield from self._designs(profile, markets)
        yield from self._without_purposes(profile, markets)
        if len(profile.uses) > 1:
            for use in profile.uses:
                yield self._without_use(use, profile, markets)

    def _designs(
        self, profile: Profile, markets: tuple[str, ...]
    ) -> Iterator[tuple[str, Candidate | None]]:
        for design in self.policy.designs:
            edits = tuple(_edits_of(design, profile))
            if edits:
                yield self._edited(design.id, design.title, edits, design.proof, markets)

    def _without_purposes(
        self, profile: Profile, markets: tuple[str, ...]
    ) -> Iterator[tuple[str, Candidate | None]]:
        for purpose in _purposes(profile):
            edits = tuple(
                Edit(f"uses.{u.id}.purposes", "-=", [purpose])
                for u in profile.uses
                if purpose in _members(u) and len(_members(u)) > 1
            )
            title = f"Without the purpose {purpose.replace('_', ' ')}"
            proof = "A decision that ends the purpose, and its technical end in the product."
            if edits:
                yield self._edited(f"no-{purpose}", title, edits, proof, markets)

    def _edited(
        self, name: str, title: str, edits: tuple[Edit, ...], proof: str, markets: tuple[str, ...]
    ) -> tuple[str, Candidate | None]:
        try:
            changed = self.editor.apply(edits)
        except BadInput:
            return title, None  # the facts would contradict each other: no real change
        return title, Candidate(name, title, changed, markets, tuple(map(str, edits)), proof)

    def _markets(
        self, name: str, title: str, markets: tuple[str, ...], request: Launch
    ) -> tuple[str, Candidate | None]:
        """Launch in some of the markets only: leave every place inside the others."""
        left = [m for m in request.asked.markets if m not in markets]
        changed = self.editor.apply(())
        uses = []
        for use in changed.uses:
            places = tuple(p for p in use.places if _stays(p, left))
            if places:
                uses.append(replace(use, places=places))
        proof = "Access is closed in the other markets until they are decided."
        words = (f"launch in {', '.join(markets)} only; later: {', '.join(left)}",)
        if not uses:
            return title, None
        new = replace(changed, uses=tuple(uses))
        return title, Candidate(name, title, new, markets, words, proof)

    def _without_use(
        self, use: Use, profile: Profile, markets: tuple[str, ...]
    ) -> tuple[str, Candidate | None]:
        title = f"Without the use {use.id}"
        changed = self.editor.apply(())
        rest = tuple(u for u in changed.uses if u.id != use.id)
        proof = "The use is switched off in the product, and a record shows since when."
        new = replace(changed, uses=rest)
        entered = tuple(m for m in markets if is_stated(new, m))
        words = (f"no use {use.id}",)
        return title, Candidate(f"no-use-{use.id}", title, new, entered, words, proof)


def _stays(place: str, left: Sequence[str]) -> bool:
    return all(within(place, market) == FALSE for market in left)


def _edits_of(design: Design, profile: Profile) -> Iterator[Edit]:
    """The edits of a design in every use where it can be made and changes a stated fact."""
    for use in profile.uses:
        facts = [{**use.facts, **more} for more in (use.overrides or {"": {}}).values()]
        if not any(_holds(design, f) for f in (use.facts, *facts)):
            continue
        for name, value in design.set.items():
            if any(f.get(name) != value for f in (use.facts, *facts)):
                yield Edit(f"uses.{use.id}.{name}", "=", value)


def _holds(design: Design, facts: Facts) -> bool:
    return all(facts.get(name) == value for name, value in design.where.items())


def _members(use: Use) -> frozenset[str]:
    stated = use.facts.get("purposes")
    return stated.yes if isinstance(stated, SetFact) else frozenset()


def _purposes(profile: Profile) -> list[str]:
    return sorted({p for use in profile.uses for p in _members(use)})


# ---------------------------------------------------------------------- what follows
def _rules(launch: Launch) -> dict[str, tuple[int, bool]]:
    """Rule id to how often it binds or may bind, and whether it is sure everywhere."""
    found: dict[str, tuple[int, bool]] = {}
    for state in launch.gaps.report.duties:
        count, sure = found.get(state.duty.rule, (0, True))
        found[state.duty.rule] = (count + 1, sure and state.duty.certain)
    return found


def _sure(before: Mapping[str, tuple[int, bool]], rule: str) -> bool:
    return before.get(rule, (0, True))[1]


def _ready(work: Work, asked: Asked) -> date:
    return asked.today + timedelta(days=work.longest)


def _floor(market: str, base: Option, options: Sequence[Option]) -> tuple[str, ...]:
    """Duties of a market that bind whatever option is taken, as long as the market is entered."""
    found = _in_market(base, market)
    for option in options:
        if market in option.candidate.markets:
            found &= _in_market(option, market)
    return tuple(sorted(found))


def _in_market(option: Option, market: str) -> set[str]:
    weighed = option.launch.view(market).weighed
    return {
        w.state.duty.rule
        for w in weighed
        if w.why not in (Why.MAY_BIND, Why.MAY_COME, Why.PROHIBITION_OPEN_LATER)
    }
