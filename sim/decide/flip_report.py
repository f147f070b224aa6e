"""What would flip a choice, in words and as plain data."""

from __future__ import annotations

from typing import Any

from sim import rates
from sim.decide.decision import OUTCOMES
from sim.decide.flip import LIMIT, Flip
from sim.decide.flips import FEWEST_DRAWS, Flips
from sim.history.calibration import CUT
from sim.scenario.priors import Prior

LEAST = 0.005  # a share that is shown as a number
MEDIANS = "With all numbers at their medians"


def headline(found: Flips) -> str:
    """In which numbers the other alternative wins."""
    return " ".join(filter(None, (_mean(found), _flip(found), _confirmed(found), _share(found), _box(found))))


def table(found: Flips) -> list[dict[str, Any]]:
    """A line for each number that was moved: those that flip the choice together, then those that were moved alone."""
    flip = found.search.flip
    there = {} if flip is None else dict(zip(flip.numbers, flip.quantiles, strict=True))
    return [_line(found.unknowns.priors[n], there.get(n)) for n in dict.fromkeys((*there, *found.search.numbers))]


def _line(prior: Prior, quantile: float | None) -> dict[str, Any]:
    low, middle, high = prior.quantile([0.5 - LIMIT, 0.5, 0.5 + LIMIT]).tolist()  # type: ignore[arg-type]
    return {
        "number": prior.path,
        "meaning": prior.field.description,
        "unit": prior.field.unit,
        "low": low,
        "median": middle,
        "high": high,
        "flips_at": None if quantile is None else prior.quantile(quantile).item(),
        "quantile": quantile,
        "prior": prior.describe(),
        "source": prior.source,
    }


def notes(found: Flips) -> list[str]:
    """What the numbers are that flip the choice, or that came nearest to it."""
    lines = table(found)
    shown = [line for line in lines if line["quantile"] is not None] or lines
    return [
        f"{line['number']}: {line['meaning']}{_unit(line['unit'])}. Prior {line['prior']}, {line['source']}."
        for line in shown
    ]


def closing(found: Flips) -> str:
    """Where was looked, and what isn't known."""
    search = found.search
    pairs, threes = (sum(len(numbers) == size for numbers in search.together) for size in (2, 3))
    said = [
        f"Looked at: of {len(found.unknowns.priors)} numbers the {len(search.numbers)} that tell most, each moved "
        f"alone from its quantile .01 to .99, {pairs} pairs and {threes} threes moved towards a corner, all others at "
        "their medians."
    ]
    if found.unknowns.held:
        said.append(f"Left out, since a policy sets them: {', '.join(found.unknowns.held)}.")
    if found.unknowns.lawless:
        said.append(f"Left out, since they have no prior: {', '.join(found.unknowns.lawless)}.")
    if found.refused:
        said.append(f"{found.refused} points hold numbers that can't stand together, and were not looked at.")
    said += filter(None, (_why_no_share(found), f"No box: {found.box.why_not}." if found.box.why_not else ""))
    said.append(
        "What this doesn't know: flips by four numbers or more, or by two that tell nothing alone; whether the priors "
        f"are right, from which distances are taken; and what is not modelled. {_record(found)}"
    )
    return " ".join(said)


def summary(found: Flips) -> dict[str, Any]:
    """All of it as plain data."""
    search, names = found.search, found.study.names
    return {
        "decision": found.study.decision.name,
        "judged_by": found.study.decision.judged_by,
        "a": names[found.a],
        "b": names[found.b],
        "draws": found.study.draws,
        "headline": headline(found),
        "difference": found.difference.ends,
        "share_where_b_wins": None if found.share is None else found.share.ends,
        "centre": search.centre.ends,
        "level_at_centre": search.level_at_centre,
        "flip": None if search.flip is None else _plain(search.flip),
        "numbers": table(found),
        "together": [[found.unknowns.priors[n].path for n in moved] for moved in search.together],
        "crossings": search.crossings,
        "nearest_to_a_flip": search.best,
        "box": _ranges(found),
        "no_box": found.box.why_not,
        "implausibility": dict(zip(("centre", "flip"), found.record, strict=False)),
        "left_out": {"held": list(found.unknowns.held), "without_prior": list(found.unknowns.lawless)},
        "replicates": found.replicates,
        "closing": closing(found),
    }


def _plain(flip: Flip) -> dict[str, Any]:
    sides = {"level": flip.level, "nearer": flip.nearer, "farther": flip.farther}
    return {"distance": flip.distance, "jump": flip.jump} | {name: side.ends for name, side in sides.items()}


# Sentences.


def _names(found: Flips, difference: float) -> tuple[str, str]:
    """Who wins at a difference, and who doesn't."""
    a, b = found.study.names[found.a], found.study.names[found.b]
    return (a, b) if difference > 0 else (b, a)


def _mean(found: Flips) -> str:
    one, by, what = found.difference, abs(found.difference.estimate), _of(found)
    winner, loser = _names(found, one.estimate)
    where = f"in the mean of {found.study.draws} draws"
    if one.low <= 0 <= one.high:
        return f"Neither wins {where}: {_less(found)} is {_interval(one)} {what}."
    ends = sorted((abs(one.low), abs(one.high)))
    return f"{winner} wins over {loser} {where}, by {_short(by)} {what} ({_short(ends[0])} to {_short(ends[1])})."


def _flip(found: Flips) -> str:
    search, flip = found.search, found.search.flip
    winner, other = _names(found, search.centre.estimate)
    if search.level_at_centre:
        at = f"{_less(found)} is {_interval(search.centre)}"
        return f"{MEDIANS} neither wins ({at}): there is nothing to flip, and any number may decide."
    turned = ""
    if search.centre.estimate * found.difference.estimate < 0:
        turned = f"{MEDIANS} {winner} wins, by {_short(abs(search.centre.estimate))}: that is the flip. "
    if flip is not None:
        moved = zip(flip.numbers, flip.quantiles, strict=True)
        words = ", and ".join(_moved(found.unknowns.priors[n], quantile) for n, quantile in moved)
        return f"{turned}{other} wins where {words}: the nearest point that was found."
    met = f"{search.crossings} changes of sign were met, and fresh seeds confirmed none of them"
    nowhere = f"{winner} wins by {_short(abs(search.best))} or more wherever was looked"
    return f"{turned}None found: {met if search.crossings else nowhere}, with up to three numbers moved."


def _moved(prior: Prior, quantile: float) -> str:
    side = "above" if quantile > 0.5 else "below"
    there, middle = (_short(prior.quantile(share).item()) for share in (quantile, 0.5))
    return (
        f"{prior.path} ({prior.field.description}) is {side} {there} rather than {middle} (its quantile {quantile:.2f})"
    )


def _confirmed(found: Flips) -> str:
    flip = found.search.flip
    if flip is None:
        return ""
    there = f"the difference is {_interval(flip.level)} there" if not flip.jump else "the difference jumps there"
    return f"On fresh seeds {there}, {_interval(flip.nearer)} on the way and {_interval(flip.farther)} beyond."


def _share(found: Flips) -> str:
    if found.share is None:
        return ""
    winner, other = _names(found, found.difference.estimate)
    a_wins = winner == found.study.names[found.a]
    ends = (found.share.estimate, found.share.low, found.share.high)
    share, low, high = ends if a_wins else (1 - ends[0], 1 - ends[2], 1 - ends[1])
    if high < LEAST:
        return f"{other} wins in none of the draws, or hardly any."
    return f"{other} wins in a share of {share:.2f} of the draws ({low:.2f} to {high:.2f})."


def _why_no_share(found: Flips) -> str:
    if found.share is not None:
        return ""
    return f"No share of the draws: it takes {FEWEST_DRAWS} of them, and there are {found.study.draws}."


def _ranges(found: Flips) -> list[dict[str, Any]]:
    """The box's numbers with their ends; none where there is no box."""
    ranges = () if found.box.box is None else found.box.box.ranges
    priors = found.unknowns.priors
    return [
        {
            "number": priors[one.number].path,
            "low": priors[one.number].quantile(one.low).item() if one.low > 0 else None,
            "high": priors[one.number].quantile(one.high).item() if one.high < 1 else None,
            "p": one.p,
        }
        for one in ranges
    ]


def _box(found: Flips) -> str:
    box = found.box.box
    if box is None:
        return ""
    _, other = _names(found, found.difference.estimate)
    words = " and ".join(_range(line) for line in _ranges(found))
    density, coverage = box.density.estimate, box.coverage.estimate
    return (
        f"Most of that lies where {words}: {other} wins in {density:.2f} of these draws (of all: "
        f"{box.everywhere:.2f}), and {coverage:.2f} of its wins are there."
    )


def _range(line: dict[str, Any]) -> str:
    low, high = (None if line[end] is None else _short(line[end]) for end in ("low", "high"))
    if low is not None and high is not None:
        return f"{line['number']} is from {low} to {high}"
    return f"{line['number']} is above {low}" if high is None else f"{line['number']} is below {high}"


def _record(found: Flips) -> str:
    """Whether the public record allows the point."""
    if not found.record:
        own = found.study.decision.draws is not None
        return "Whether your record allows the point was not looked at." if own and found.search.flip else ""
    centre, there = found.record
    number = max(there, key=there.__getitem__)
    allows = "does not contradict" if there[number] <= CUT else "contradicts"
    return (
        f"The public record {allows} the point: its largest implausibility is {there[number]:.1f} (pattern {number}; "
        f"allowed {CUT:g}), {max(centre.values()):.1f} with all numbers at their medians."
    )


def _of(found: Flips) -> str:
    """What a difference is of."""
    decision = found.study.decision
    unit = "a year" if decision.weights else OUTCOMES[decision.judge].unit
    return f"{decision.judged_by} a year" if unit == "a year" else f"{unit} of {decision.judged_by}"


def _less(found: Flips) -> str:
    return f"{found.study.names[found.b]} less {found.study.names[found.a]}"


def _unit(unit: str) -> str:
    return "" if unit == "-" else f", {unit}"


def _interval(one: rates.Interval) -> str:
    return f"{_short(one.estimate)} ({_short(one.low)} to {_short(one.high)})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2g}" if abs(value) < 1 else f"{value:.3g}"
