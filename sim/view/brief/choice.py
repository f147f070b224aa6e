"""The decision, what it rests on, and the options that were considered."""

from __future__ import annotations

from collections.abc import Iterator

from sim.decide.choice import CRITERIA
from sim.decide.evidence import COSTS, FILE, QUANTITIES, TABLE
from sim.decide.selection import Selection
from sim.view.brief.pieces import Section, Table, Words, joined, own, places_of, shown, words
from sim.view.brief.text import Text

RANGE_HEAD = "[5 to 95 % of draws]".replace(" ", "\N{NO-BREAK SPACE}")


def decision(text: Text) -> Section:
    """What to choose, how sure that is, and what it costs."""
    return Section("Decision", [_better(text), _sure(text), _others(text), _dearer(text), *_break_even(text)])


def context(text: Text) -> Section:
    """Today's risk, and what is known of it."""
    a = text.chosen if text.today is None else text.today
    said = words(
        "{sites} sites with {people} foreign nationals. Under {name} the model expects {incidents} project "
        "incidents a year ({low} to {high} over the draws) and {deaths} deaths of foreign nationals.",
        sites=text.of("sites", a),
        people=text.of("people", a),
        name=text.policy(a),
        incidents=text.of("project_incidents", a),
        low=text.of("project_incidents", a, "from"),
        high=text.of("project_incidents", a, "to"),
        deaths=text.of("foreign_deaths", a),
    )
    basis = words(
        "Basis: {draws} draws of all uncertain numbers, each simulated {replicates} times or more over {years}, "
        "all options on the same random numbers.",
        draws=text.number("decision/draws", text.study.draws, "draws of the table", TABLE),
        replicates=text.number("decision/first", text.decision.first, "first of the decision file", FILE),
        years=text.years,
    )
    return Section("Risk and context", [said, basis])


def considered(text: Text) -> Section:
    """All options in a table."""
    options = text.options()
    head = [
        "worse than the best by",
        "worst draw",
        "regret",
        *(f"{one.label}, m\N{NO-BREAK SPACE}USD" for one in COSTS.values()),
        "grievance, days",
        "verdict",
    ]
    rows = [_option(text, a, label) for a, label in zip(options, text.labels(), strict=True)]
    more = len(text.study.names) - len(options)
    after = [] if more == 0 else [_more(text, more)]
    strong = tuple(n for n, a in enumerate(options) if a == text.chosen)
    judged = words("{outcome} a year " + RANGE_HEAD, outcome=text.outcome)
    table = Table([words("option"), judged, *(words(name) for name in head)], rows, strong)
    return Section("Options considered", [], table, after)


def _better(text: Text) -> Words:
    """What it is judged by, beside today's."""
    quantity, a, b = text.evidence.judged, text.chosen, text.other
    said = {"own": text.of(quantity, a)}
    said |= {end: text.of(quantity, a, end) for end in ("low", "high")}
    said["outcome"] = text.outcome
    if b is None:
        return words("It has {own} {outcome} a year [{low} to {high}].", **said)
    places = text.decimals(quantity)
    change = {end: text.evidence.change(quantity, b, a, end) for end in ("mean", "low", "high")}
    return words(
        "It has {own} {outcome} a year [{low} to {high}]; today's policy, {other}, has {before}. "
        "That is {less} less [{least} to {most}].",
        **said,
        other=text.called(b),
        before=text.of(quantity, b),
        less=shown(change["mean"], places),
        least=shown(change["low"], places),
        most=shown(change["high"], places),
    )


def _selected(text: Text, name: str, value: float, criterion: str = "mean") -> Words:
    how = f"{name} of the selection by the {CRITERIA[criterion]} (sitesec choose)"
    return text.number(f"choice/{criterion}/{name}", value * text.evidence.unit, how, FILE, TABLE, text.all_rows)


def _sure(text: Text) -> Words:
    """How sure it is that this is the best."""
    selection, alike = text.choice.selections["mean"], text.choice.alike("mean")
    odds = text.number("decision/confidence", text.decision.confidence, "confidence of the decision file", FILE)
    said = {"odds": odds, "options": text.number("decision/options", len(text.study.names), "counted", FILE)}
    if not selection.settled:
        return words(
            "The runs allowed do not settle it: with probability {odds} or more none of {options} options is "
            "better by more than {worst}.",
            worst=_selected(text, "shortfall", max(0.0, -selection.margin)),
            **said,
        )
    if not alike:
        margin = _selected(text, "margin", selection.margin)
        return words(
            "With probability {odds} or more it is the best of {options} options, by {margin} or more.",
            margin=margin,
            **said,
        )
    delta = text.number("decision/delta", text.decision.delta * text.evidence.unit, "delta of the decision file", FILE)
    return words(
        "With probability {odds} or more it is within {delta} of the best of {options} options. Not told apart "
        "from it: {names}.",
        delta=delta,
        names=text.names(alike, "mean"),
        **said,
    )


def _others(text: Text) -> Words:
    """What other criteria name, and what they cannot tell apart from it."""
    parts: Words = []
    for criterion in ("worst", "regret"):
        a, alike = text.choice.chosen(criterion), text.choice.alike(criterion)
        beside = words(", not told apart from {names}", names=text.names(alike, criterion)) if alike else []
        named = words("the same") if a == text.chosen else text.called(a)
        parts += words("By the " + CRITERIA[criterion] + ": {named}{beside}. ", named=named, beside=beside)
    return parts


def _dearer(text: Text) -> Words:
    """What it costs more than today."""
    if text.other is None:
        today = "Today's policy is not among the options." if text.today is None else "It is today's policy."
        return words(today)
    parts = [
        words(f"{text.label(name)} {{more}}", more=shown(figure, text.decimals(name), sign=True))
        for name, figure in text.rises()
    ]
    if not parts:
        return words("It costs no ledger, and nobody outside them, more than today's policy.")
    return words("It costs more than today's policy, in million USD a year: {parts}.", parts=joined(parts))


def _option(text: Text, a: int, label: str) -> list[Words]:
    """A line of the table of options."""
    quantity = text.evidence.judged
    places = text.decimals(quantity, a)
    range_ = [shown(text.evidence.of(quantity, a, end), places) for end in ("from", "to")]
    level = words("{mean} [{low} to {high}]", mean=text.of(quantity, a), low=range_[0], high=range_[1])
    costs = [text.of(name, a) for name in COSTS]
    name = text.evidence.name(a)
    said = own(name if label == name else f"{label}. {name}")
    return [said, level, *_standing(text, a), *costs, text.of("burden", a), _verdict(text, a)]


def _standing(text: Text, a: int) -> Iterator[Words]:
    """How it came out by each criterion."""
    if a not in text.choice.feasible:
        yield from ([], [], [])
        return
    place = text.choice.feasible.index(a)
    standing = text.choice.selections["mean"].standings[place]
    if a == text.chosen:
        yield words("-")
    else:
        ends = [_place(text, "mean", a, end, getattr(standing, end)) for end in ("low", "high")]
        yield words("{low} to {high}", low=ends[0], high=ends[1])
    for criterion in ("worst", "regret"):
        selection: Selection = text.choice.selections[criterion]
        yield _place(text, criterion, a, "estimate", selection.standings[place].estimate)


def _place(text: Text, criterion: str, a: int, name: str, value: float) -> Words:
    how = f"{name} of the option's standing by the {CRITERIA[criterion]} (sitesec choose)"
    key = f"choice/{criterion}/{text.evidence.name(a)}/{name}"
    return text.number(key, value * text.evidence.unit, how, FILE, TABLE, text.all_rows)


def _verdict(text: Text, a: int) -> Words:
    if a not in text.choice.feasible:
        return words("above a cap")
    verdict = "chosen" if a == text.chosen else "not told apart" if a in text.choice.alike("mean") else "worse"
    return words(f"{verdict}, today's" if a == text.today else verdict)


def _more(text: Text, more: int) -> Words:
    n = text.number("choice/options not shown", more, "counted", FILE)
    return words("{n} more options stand in the table of sitesec choose (--out).", n=n)


def _break_even(text: Text) -> Iterator[Words]:
    """How many incidents the dearest rise must avert to be worth it, at the price that the file gives."""
    if text.decision.price is None or text.other is None or not (rises := text.rises()):
        return
    name, rise = rises[0]
    groups = (FILE, TABLE, text.evidence.rows_of(text.chosen), text.evidence.rows_of(text.other))
    price = text.decision.price / 1e6
    even = rise.number / price
    averted = text.evidence.change("project_incidents", text.other, text.chosen)
    yield words(
        f"At {{price}} m USD an averted incident, {QUANTITIES[name].label} pays from {{even}} averted a year; "
        "{averted} are expected: by this alone it " + ("pays." if averted.number >= even else "does not pay."),
        price=text.number("decision/price", price, "price of the decision file, m USD", FILE),
        even=text.number(f"money/break-even/{name}", even, f"change in {name} / price", *groups),
        averted=shown(averted, places_of(averted)),
    )
