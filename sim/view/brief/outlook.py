"""What would change the decision, what to watch after it, and what is not modelled."""

from __future__ import annotations

from collections.abc import Iterator

from sim.decide.brief import LONG_SHOWN, SHOWN, Alarm, Answer
from sim.decide.evidence import FILE, TABLE
from sim.view.brief.pieces import Piece, Section, Table, Words, figures_in, joined, own, shown, words
from sim.view.brief.text import Text

MOST_LETTERS = 270  # of another command's answer
LIMITS = (
    "The corridor is fictional; the page compares options and forecasts nothing.",
    "The draws are what priors and a public record leave open; they are no probability that the truth is among them.",
    "How attackers choose and learn, and what forces prevent, is assumed. Attacks elsewhere or by other means, wars, "
    "sieges and changes of regime are left out.",
    "Grievance is one number; protest leads to no attack; one incident makes no other likelier.",
    "No method of this kind was ever validated against later events, nor was this one.",
)


def changes(text: Text) -> Section:
    """What would change the decision, and what is worth finding out first."""
    ahead = text.study.draws - _draws_best(text)
    how = "draws in which the mean of another feasible option is lower"
    share = words(
        "In {ahead} of {draws} draws another option comes out lower (from {replicates} replicates of each).",
        ahead=text.number("choice/draws ahead", ahead, how, TABLE, text.all_rows),
        draws=text.number("decision/draws", text.study.draws, "draws of the table", TABLE),
        replicates=text.number("decision/first", text.decision.first, "first of the decision file", FILE),
    )
    questions = {"flip": "What would flip it", "worth-knowing": "What is worth finding out"}
    answers = [_answer(text, command, title, text.brief.answers[command]) for command, title in questions.items()]
    return Section("What would change the decision", [share, *answers])


def monitoring(text: Text) -> Section:
    """What to watch, and when to decide again."""
    said = [
        *_audits(text),
        *_incidents(text),
        words(
            "In any case decide again within {years}: the runs go no further.",
            years=text.years,
        ),
    ]
    alarm = text.brief.audits
    if alarm is None:
        return Section("Monitoring and review", said)
    head = [[Piece("by the end of month")], *(_month(text, m) for m in SHOWN)]
    row = [[Piece("breaches that are enough")], *(_enough(alarm, m) for m in SHOWN)]
    return Section("Monitoring and review", said[:1], Table(head, [row]), said[1:])


def limits() -> Section:
    """What is not modelled."""
    return Section("Limits: what is not modelled", [], points=[words(text) for text in LIMITS])


def _draws_best(text: Text) -> int:
    """Draws in which the chosen option is the lowest."""
    levels = text.study.sample(text.choice.feasible, 0, text.decision.first).mean(axis=2)
    return int((levels.argmin(axis=0) == text.choice.feasible.index(text.chosen)).sum())


def _answer(text: Text, command: str, title: str, answer: Answer | None) -> Words:
    if answer is None:
        file = own(next(iter(text.evidence.files[FILE])))
        return words(title + ": not asked yet (sitesec " + command + " {file}).", file=file)
    found, values = figures_in(_first_sentences(answer.headline), command)
    for key, value in values:
        text.evidence.say(key, value, f"number in the headline of {answer.group}", answer.group)
    return words(title + ": {found}", found=found)


def _audits(text: Text) -> Iterator[Words]:
    alarm = text.brief.audits
    if alarm is None:
        yield words("Audits of movements tell nothing here: the policy lets none deviate, or all.")
        return
    yield words(
        "Audit {n} movements a month, drawn at random. The policy is expected to show a deviation in {share} % of "
        "them ({low} to {high} over the draws). Decide again as soon as the count since the decision reaches:",
        n=shown(alarm.said["a month"]),
        share=text.of("deviating", text.chosen),
        low=shown(text.evidence.of("deviating", text.chosen, "from"), 0),
        high=shown(text.evidence.of("deviating", text.chosen, "to"), 0),
    )
    yield words(
        "Looked at each month, the rule gives a false alarm with chance {false} % in {months} months. {soon}",
        false=shown(alarm.said["false alarms"], 1),
        months=shown(alarm.said["months"]),
        soon=_soon(text, alarm, "deviating", "{level} % deviate"),
    )


def _incidents(text: Text) -> Iterator[Words]:
    alarm = text.brief.incidents
    if alarm is None:
        return
    counts = [words("{k} within {m} months", k=_enough(alarm, m), m=_month(text, m)) for m in LONG_SHOWN]
    yield words(
        "Incidents are too few to wait for: {counts} would be enough. {soon}",
        counts=joined(counts, last=", or "),
        soon=_soon(text, alarm, "project_incidents", "{level} a year come"),
    )


def _month(text: Text, month: int) -> Words:
    return text.number(f"monitoring/month {month}", month, "assumed: a month that is shown")


def _enough(alarm: Alarm, month: int) -> Words:
    """The count that is enough by a month; none where no count is."""
    said = alarm.said.get(f"by month {month}")
    return words("none") if said is None else shown(said, 0)


def _soon(text: Text, alarm: Alarm, quantity: str, level: str) -> Words:
    """How soon the rule speaks where things are as they are feared to be: as today, or twice what is expected."""
    today = ", as today" if text.other is not None and text.above(quantity) else ""
    feared = shown(alarm.said["feared"], text.decimals(quantity))
    said = words(f"If {level}{today}, ", level=feared)
    if "median" in alarm.said:
        by = words(f"{alarm.unit} {{median}}", median=shown(alarm.said["median"], 0))
        return [*said, *words("it speaks by {by} in half of all cases.", by=by)]
    spoken, months = shown(alarm.said["spoken"], 0), shown(alarm.said["months"], 0)
    return [*said, *words("it has spoken in {s} % of all cases after {m} months.", s=spoken, m=months)]


def _first_sentences(text: str) -> str:
    """The first sentences of an answer, as many as there is room for."""
    said = ""
    for sentence in text.replace("\n", " ").split(". "):
        longer = f"{said}. {sentence}" if said else sentence
        if said and len(longer) > MOST_LETTERS:
            return f"{said}."
        said = longer
    return said
