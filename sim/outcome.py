"""What a run is asked for: the outcome row of each year, the attack funnel, the event log.

`world.outcome[0]` is the year in progress; a rule that has something to count adds to it. At the end of a year the
row is handed on and begins again at zero. What a column is, each table takes from its one line in `COLUMNS`: to add an
output, write that line and the rule's `world.outcome[0].NAME += 1`.

Expected counts: each gate whose outcome probabilities pi are known adds h[drawn] - sum pi h to `cv_*`, where h is
the worth of what follows: the incidents (or deaths) before the horizon that are to be expected of it. Its mean is zero
whatever h is, so `expected = count - cv` has the count's mean and less noise (Henderson and Glynn's approximating
martingales). Gates of the warm-up count too, as far as they bear on what comes after t = 0.
"""

from typing import NamedTuple

from sim.kernel import kernel
from sim.record import Record

# Target classes, in the order of every table that has one column per class.
CONVOY, SITE, OUTING, PRIVATE, NOTHING = 0, 1, 2, 3, 4
CLASSES = ("convoy", "site", "outing", "private")
CLASS_COUNT = len(CLASSES)

# Stages of a plot, as they stand in the event log.
PLOT, INTERDICTED, SCREENED, NOTICED, WATCHED, CLEARED, RAIDED, GAVE_UP, INCIDENT = 0, 1, 2, 3, 4, 5, 6, 7, 8
STAGES = (
    "plot",
    "foiled: interdiction",
    "foiled: checkpoint",
    "foiled: noticed waiting",
    "foiled: watch",
    "foiled: closure",
    "foiled: offensive",
    "gave up",
    "incident",
)
FOILED = ("interdiction", "checkpoint", "noticed", "watch", "closure", "offensive")
FN_LEVELS = (1, 2, 3, 5, 9)

# Groups of columns, in the order of tables; and those that no table shows, with the reason.
GROUPS = (
    "funnel",
    "incidents",
    "harm",
    "exceedance",
    "movements",
    "people",
    "community",
    "threat",
    "confidence",
    "protocol",
    "costs",
    "exposure",
    "run",
)
UNSHOWN = {"row": "says which row it is", "control": "serves the expected counts, which are shown in its place"}
OUTSIDE = "outside the ledgers"


class Column(NamedTuple):
    """A column of the outcome row: a record's field, and all that tables need to show it.

    Attributes
    ----------
    name, type, unit : str
        As in any record.
    group : str
        One of GROUPS, or of UNSHOWN.
    label : str
        What tables call it; none in a group of UNSHOWN.
    meaning : str
        What the label leaves open; where that is nothing it is the label.
    how : str
        How a run's years become one figure: "sum", and it is shown per year; "expected", the same, but its expected
        count is shown, which has less noise; "state", a sum over days whose mean is shown; "first", "last" or "most" of
        the years; empty where a year's value says nothing of a run.
    ledger : str
        Who bears a cost. Ledgers are never added up.
    """

    name: str
    type: str
    unit: str
    group: str
    label: str
    meaning: str = ""
    how: str = "sum"
    ledger: str = ""

    @property
    def per_year(self) -> bool:
        """Whether it is shown per year."""
        return self.how in ("sum", "expected")

    @property
    def adds_up(self) -> bool:
        """Whether years may be added up."""
        return self.per_year or self.how == "state"

    @property
    def source(self) -> str:
        """What is shown for it, a column of the runs' table (sim/runs/totals.py)."""
        return f"expected_{self.name}" if self.how == "expected" else self.name


_COLUMNS = (
    Column("point", "i8", "row", "row", "", "design point", "first"),
    Column("replicate", "i8", "count", "row", "", "number of the replicate", "first"),
    Column("seed", "u8", "-", "row", "", "the replicate's seed", "first"),
    Column("status", "i8", "code", "row", "", "0: sound; else an array was full and the row must not be used", ""),
    Column("year", "i8", "year", "row", "", "year of the run, from 0", ""),
    Column("days", "i8", "day", "exposure", "days simulated"),
    # the funnel
    Column("opportunities", "i8", "count", "funnel", "opportunities taken up", "by attackers who were idle"),
    Column("candidates_capped", "i8", "count", "run", "candidates capped", "rate above their clock's maximum"),
    Column("nothing_chosen", "i8", "count", "funnel", "nothing chosen", "opportunities at which nothing was chosen"),
    Column("plots", "i8", "count", "funnel", "plots begun"),
    Column("offers", "i8", "count", "funnel", "offers of insiders", "that idle cells met"),
    Column("plots_offered", "i8", "count", "funnel", "plots begun by an offer", "of an insider"),
    Column("plots_sited", "i8", "count", "threat", "plots against convoys and sites"),
    Column("plots_with_insider", "i8", "count", "threat", "plots that an insider served", "when they began"),
    Column("set_out", "i8", "count", "threat", "teams that set out", "for their target"),
    Column("posts_passed", "i8", "count", "threat", "checkpoints on the approach", "staffed ones that teams came to"),
    Column("let_pass", "i8", "count", "threat", "convoys let pass", "by teams that saw their escort"),
    Column("in_progress_start", "i8", "plot", "threat", "plots in progress at the start", "as the year began", "first"),
    Column("in_progress_end", "i8", "plot", "threat", "plots in progress at the end", "as the year ended", "last"),
    Column("foiled_interdiction", "i8", "count", "funnel", "foiled by interdiction", "while watching or preparing"),
    Column("foiled_checkpoint", "i8", "count", "funnel", "foiled at a checkpoint", "plots stopped on the approach"),
    Column("foiled_noticed", "i8", "count", "funnel", "foiled, noticed waiting", "plots whose team was noticed"),
    Column("foiled_watch", "i8", "count", "funnel", "foiled by watch", "plots stopped on the route or around the site"),
    Column("foiled_closure", "i8", "count", "funnel", "foiled by a closure", "plots stopped as the road was cleared"),
    Column("foiled_offensive", "i8", "count", "funnel", "foiled by an offensive", "plots of cells that it removed"),
    Column("gave_up", "i8", "count", "funnel", "plots given up", "plots that ran out of patience"),
    Column("incidents", "i8", "count", "funnel", "incidents", "attacks that reached execution", "expected"),
    Column("incidents_convoy", "i8", "count", "funnel", "incidents, convoys", how="expected"),
    Column("incidents_site", "i8", "count", "funnel", "incidents, sites", how="expected"),
    Column("incidents_outing", "i8", "count", "funnel", "incidents, outings", "staff outside the protocol", "expected"),
    Column("incidents_private", "i8", "count", "funnel", "incidents, private nationals", how="expected"),
    Column("incidents_en_route", "i8", "count", "funnel", "incidents en route", "against people in vehicles"),
    Column("incidents_with_deviation", "i8", "count", "incidents", "convoy incidents with a deviation"),
    Column("incidents_with_insider", "i8", "count", "incidents", "incidents that an insider served"),
    Column("incidents_begun_with", "i8", "count", "incidents", "incidents served from the start", "by an insider"),
    Column("incidents_inside", "i8", "count", "incidents", "incidents with an insider", "who served or passed it on"),
    Column("incidents_inside_project", "i8", "count", "incidents", "project incidents with an insider", "the same"),
    Column("incidents_past_checkpoint", "i8", "count", "incidents", "incidents past a staffed checkpoint"),
    Column("breached", "i8", "count", "funnel", "incidents that no defence stopped", "at the target"),
    Column("fatal", "i8", "count", "funnel", "fatal incidents", "incidents in which foreign nationals died"),
    Column("fatal_project", "i8", "count", "incidents", "fatal project incidents", "foreign nationals died"),
    # harm, three ledgers
    Column("deaths_foreign", "i8", "person", "harm", "foreign deaths", "foreign nationals killed", "expected"),
    Column("deaths_foreign_project", "i8", "person", "harm", "foreign deaths in project incidents", how="expected"),
    Column("deaths_security", "i8", "person", "harm", "deaths of security personnel"),
    Column("deaths_residents", "i8", "person", "harm", "deaths of residents"),
    Column("mean_deaths_foreign", "f8", "person", "control", "", "foreign deaths, by incidents' means before the draw"),
    Column("mean_deaths_foreign_project", "f8", "person", "control", "", "the same, project incidents"),
    Column("at_least_1", "f8", "count", "exceedance", "incidents with 1 foreign death or more", "by probability"),
    Column("at_least_2", "f8", "count", "exceedance", "incidents with 2 foreign deaths or more", "by probability"),
    Column("at_least_3", "f8", "count", "exceedance", "incidents with 3 foreign deaths or more", "by probability"),
    Column("at_least_5", "f8", "count", "exceedance", "incidents with 5 foreign deaths or more", "by probability"),
    Column("at_least_9", "f8", "count", "exceedance", "incidents with 9 foreign deaths or more", "by probability"),
    # control variates: sums of h[drawn] - mean h over the gates
    Column("cv_convoy", "f8", "count", "control", "", "control variate of convoy incidents"),
    Column("cv_site", "f8", "count", "control", "", "control variate of site incidents"),
    Column("cv_outing", "f8", "count", "control", "", "control variate of outing incidents"),
    Column("cv_private", "f8", "count", "control", "", "control variate of private incidents"),
    Column("cv_deaths", "f8", "person", "control", "", "control variate of foreign deaths"),
    Column("cv_deaths_project", "f8", "person", "control", "", "the same, deaths in project incidents"),
    # movements
    Column("trips_planned", "i8", "trip", "movements", "movements planned", "movements on the timetable"),
    Column("trips", "i8", "trip", "movements", "movements made", "movements that left"),
    Column("trips_left_out", "i8", "trip", "movements", "movements left out", "by the policy, of those planned"),
    Column("trips_cancelled", "i8", "trip", "movements", "movements cancelled", "no escort, or the last one still out"),
    Column("trips_with_deviation", "i8", "trip", "protocol", "movements with a deviation", "an item not followed"),
    Column("deviations", "i8", "count", "protocol", "deviations", "items not followed on movements that left"),
    Column("trips_escorted", "i8", "trip", "movements", "movements escorted"),
    Column("trips_armoured", "i8", "trip", "movements", "movements armoured", "movements in an armoured vehicle"),
    Column("escort_wait_hours", "f8", "h", "movements", "hours waited for an escort", "by convoys"),
    Column("delay_hours", "f8", "h", "movements", "convoy hours at checkpoints"),
    Column("closure_hours", "f8", "h", "movements", "hours of closed roads", "time that a road was closed"),
    Column("shop_hours", "f8", "h", "community", "shops' hours lost to closures", "opening hours on closed roads"),
    Column("teams_busy_most", "i8", "team", "movements", "escort teams in use, at most", "at once", "most"),
    Column("handovers_failed", "i8", "trip", "movements", "escorts lost at a border", "at a border of jurisdictions"),
    Column("trips_stopped", "i8", "trip", "movements", "movements stopped with the work", "as the site stood still"),
    Column("convoy_person_hours", "f8", "person-h", "movements", "person-hours on the road", "of foreign nationals"),
    Column("passenger_trips", "i8", "person", "exposure", "passengers moved", "foreign nationals, once a movement"),
    Column("outing_hours", "f8", "person-h", "exposure", "hours on outings", "of staff outside the protocol"),
    # people
    Column("hires", "f8", "person", "people", "local staff hired"),
    Column("honest_refused", "f8", "person", "people", "honest applicants refused", "wrongly refused, expected"),
    Column("insiders_applied", "i8", "person", "people", "would-be insiders who applied"),
    Column("insiders_hired", "i8", "person", "people", "would-be insiders hired"),
    Column("insiders_found", "i8", "person", "people", "insiders found", "removed by a re-check or after an attack"),
    Column("insider_days", "f8", "person-day", "people", "insiders in post", "summed over days", "state"),
    Column("curfew_days", "f8", "person-day", "people", "staff under a curfew", "summed over days", "state"),
    Column("vacancy_days", "f8", "day", "people", "days that posts stood open", "while applicants were checked"),
    # the community
    Column("grievance_days", "f8", "day", "community", "grievance", "mean over towns, summed over days", "state"),
    Column("grievance_closures", "f8", "day", "community", "grievance by closures", "shift, summed over days", "state"),
    Column(
        "grievance_checkpoints",
        "f8",
        "day",
        "community",
        "grievance by checkpoints",
        "shift, summed over days",
        "state",
    ),
    Column("grievance_refusals", "f8", "day", "community", "grievance by refusals", "shift, summed over days", "state"),
    Column("protests", "i8", "count", "community", "protests", "protests that blocked a road"),
    Column("protests_at_closures", "i8", "count", "community", "protests where roads are closed", "for convoys"),
    Column("protest_hours", "f8", "h", "community", "convoy hours at protests"),
    Column("resident_hours", "f8", "h", "community", "residents' hours at checkpoints"),
    Column("privacy_person_years", "f8", "person-year", "community", "people on record", "residents and foreigners"),
    Column("development_days", "f8", "day", "community", "development that works", "share, summed over days", "state"),
    # the threat and what the state does about it
    Column("cells_removed", "i8", "count", "threat", "cells removed by offensives"),
    Column("slot_days", "i8", "cell-day", "threat", "cells that live", "summed over days", "state"),
    # confidence
    Column("confidence_days", "f8", "day", "confidence", "investors' confidence", "summed over days", "state"),
    Column("stops", "i8", "count", "confidence", "incidents that stopped work"),
    Column("stops_at_several", "i8", "count", "confidence", "incidents that stopped several sites"),
    Column("stoppage_days", "f8", "site-day", "confidence", "site-days of stoppage", "days of sites at a standstill"),
    # adherence, mean over jurisdictions
    Column("adherence_days", "f8", "day", "protocol", "adherence, actual", "items followed, summed over days", "state"),
    Column("stated_days", "f8", "day", "protocol", "adherence, stated", "as reported, summed over days", "state"),
    Column("audits", "i8", "count", "protocol", "audits held"),
    # money
    Column("project_budget", "f8", "USD", "costs", "projects' security budget", "what is allotted", ledger="projects"),
    Column("project_spent", "f8", "USD", "costs", "projects' spending", "of the budget", ledger="projects"),
    Column("state_spent", "f8", "USD", "costs", "state's spending", "forces, checkpoints, programmes", ledger="state"),
    Column("partner_spent", "f8", "USD", "costs", "partner's spending", "the partner country's", ledger="partner"),
    Column("adherence_cost", "f8", "USD", "costs", "supervision of the protocol", "whoever pays", ledger=OUTSIDE),
    Column("refusal_cost", "f8", "USD", "costs", "cost of honest applicants refused", ledger=OUTSIDE),
    Column("shop_cost", "f8", "USD", "costs", "losses of shops on closed roads", ledger=OUTSIDE),
    Column("stoppage_cost", "f8", "USD", "costs", "cost of sites at a standstill", ledger=OUTSIDE),
    # exposure
    Column("foreign_person_years", "f8", "person-year", "exposure", "foreign nationals", "projects and private"),
    Column("project_person_years", "f8", "person-year", "exposure", "foreign nationals on projects"),
    Column("site_years", "f8", "site-year", "exposure", "sites"),
    Column("events_lost", "i8", "count", "run", "events lost", "events that found the log full"),
)
COLUMNS = {c.name: c if c.meaning else c._replace(meaning=c.label) for c in _COLUMNS}
OUTCOME = Record("outcome", *((c.name, c.type, c.unit, c.meaning) for c in COLUMNS.values()))
IDENTITY = tuple(c.name for c in _COLUMNS if c.group == "row")

EVENT = Record(
    "event",
    ("tick", "i8", "tick", "when, since the epoch"),
    ("stage", "i8", "code", "what happened: a row of STAGES"),
    ("plot", "i8", "count", "number of the plot on its slot's clock"),
    ("slot", "i8", "row", "attacker slot"),
    ("target_class", "i8", "code", "convoy, site, outing, private"),
    ("target", "i8", "row", "row of `targets`: the line, site or town"),
    ("cell", "i8", "cell", "where"),
    ("trip", "i8", "count", "timetable number of the movement, -1 where none"),
    ("deviations", "i8", "mask", "items not followed on that movement, one bit each"),
    ("insider", "i8", "flag", "an insider served the plot"),
    ("breached", "i8", "flag", "no defence layer stopped it"),
    ("present", "i8", "person", "foreign nationals present"),
    ("deaths_foreign", "i8", "person", "foreign nationals killed"),
    ("deaths_security", "i8", "person", "security personnel killed"),
    ("deaths_residents", "i8", "person", "local residents killed"),
)


LOG = Record(
    "log",
    ("logged", "i8", "count", "rows of the event log in use"),
)


@kernel
def log(world, tick, stage, slot_row):
    """Open a row of the event log for what happened to a plot; returns its number, the spare last row when full."""
    register = world.log[0]
    row = register.logged
    if row >= len(world.events) - 1:
        world.outcome[0].events_lost += 1
        row = len(world.events) - 1
    else:
        register.logged += 1
    slot = world.slots[slot_row]
    event = world.events[row]
    event.tick = tick
    event.stage = stage
    event.plot = slot.plot
    event.slot = slot_row
    event.target_class = slot.target_class
    event.target = slot.target
    event.cell = world.nodes[slot.node].cell
    event.trip = -1
    event.deviations = 0
    event.insider = slot.insider
    event.breached = 0
    event.present = 0
    event.deaths_foreign = 0
    event.deaths_security = 0
    event.deaths_residents = 0
    return row


@kernel
def begin_log(world):
    """An empty event log."""
    world.log[0].logged = 0
