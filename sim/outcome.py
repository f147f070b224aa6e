"""What a run is asked for: the outcome row of each year, the attack funnel, the event log.

`world.outcome[0]` is the year in progress; a rule that has something to count adds to it. At the end of a year the
row is handed on and begins again at zero. All columns add up over years but those in `NOT_ADDITIVE`.

Expected counts: each gate whose outcome probabilities pi are known adds h[drawn] - sum pi h to `cv_*`, where h is
the worth of what follows: the incidents (or deaths) before the horizon that are to be expected of it. Its mean is zero
whatever h is, so `expected = count - cv` has the count's mean and less noise (Henderson and Glynn's approximating
martingales). Gates of the warm-up count too, as far as they bear on what comes after t = 0.
"""

from sim.kernel import kernel
from sim.record import Record

# Target classes, in the order of every table that has one column a class.
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

OUTCOME = Record(
    "outcome",
    ("point", "i8", "row", "design point"),
    ("replicate", "i8", "count", "number of the replicate"),
    ("seed", "u8", "", "the replicate's seed"),
    ("status", "i8", "code", "0: sound; else an array was full and the row must not be used"),
    ("year", "i8", "year", "year of the run, from 0"),
    ("days", "i8", "day", "days simulated"),
    # the funnel
    ("opportunities", "i8", "count", "opportunities that idle attackers took up"),
    ("candidates_capped", "i8", "count", "candidates on any clock whose rate was above that clock's maximum"),
    ("nothing_chosen", "i8", "count", "of these, nothing was chosen"),
    ("plots", "i8", "count", "plots begun"),
    ("in_progress_start", "i8", "count", "plots in progress when the year began"),
    ("in_progress_end", "i8", "count", "plots in progress when the year ended"),
    ("foiled_interdiction", "i8", "count", "plots stopped while watching or preparing"),
    ("foiled_checkpoint", "i8", "count", "plots stopped at a checkpoint on the approach"),
    ("foiled_noticed", "i8", "count", "plots stopped because the waiting team was noticed"),
    ("foiled_watch", "i8", "count", "plots stopped by the watch on the route or around the site"),
    ("foiled_closure", "i8", "count", "plots stopped because the road was cleared and closed"),
    ("foiled_offensive", "i8", "count", "plots stopped because an offensive removed the cell"),
    ("gave_up", "i8", "count", "plots that ran out of patience"),
    ("incidents", "i8", "count", "attacks that reached execution, all classes"),
    ("incidents_convoy", "i8", "count", "incidents against convoys"),
    ("incidents_site", "i8", "count", "incidents against sites"),
    ("incidents_outing", "i8", "count", "incidents against project staff outside the protocol"),
    ("incidents_private", "i8", "count", "incidents against private nationals"),
    ("incidents_en_route", "i8", "count", "incidents against people in vehicles"),
    ("incidents_with_deviation", "i8", "count", "convoy incidents with an item not followed"),
    ("incidents_with_insider", "i8", "count", "incidents that an insider served"),
    ("incidents_past_checkpoint", "i8", "count", "incidents of teams that a staffed checkpoint on the way missed"),
    ("breached", "i8", "count", "incidents that no defence layer stopped"),
    ("fatal", "i8", "count", "incidents in which foreign nationals died"),
    ("fatal_project", "i8", "count", "project incidents in which foreign nationals died"),
    # harm, three ledgers
    ("deaths_foreign", "i8", "person", "foreign nationals killed"),
    ("deaths_foreign_project", "i8", "person", "of these, in project incidents"),
    ("deaths_security", "i8", "person", "security personnel killed"),
    ("deaths_residents", "i8", "person", "local residents killed"),
    ("mean_deaths_foreign", "f8", "person", "foreign deaths, each incident's by its mean before harm is drawn"),
    ("mean_deaths_foreign_project", "f8", "person", "the same, project incidents"),
    ("at_least_1", "f8", "count", "incidents with >= 1 foreign death, by probability"),
    ("at_least_2", "f8", "count", "incidents with >= 2 foreign deaths, by probability"),
    ("at_least_3", "f8", "count", "incidents with >= 3 foreign deaths, by probability"),
    ("at_least_5", "f8", "count", "incidents with >= 5 foreign deaths, by probability"),
    ("at_least_9", "f8", "count", "incidents with >= 9 foreign deaths, by probability"),
    # control variates: sums of h[drawn] - mean h over the gates
    ("cv_convoy", "f8", "count", "control variate of convoy incidents"),
    ("cv_site", "f8", "count", "control variate of site incidents"),
    ("cv_outing", "f8", "count", "control variate of outing incidents"),
    ("cv_private", "f8", "count", "control variate of private incidents"),
    ("cv_deaths", "f8", "person", "control variate of foreign deaths"),
    ("cv_deaths_project", "f8", "person", "control variate of foreign deaths in project incidents"),
    # movements
    ("trips_planned", "i8", "trip", "movements on the timetable"),
    ("trips", "i8", "trip", "movements that left"),
    ("trips_cancelled", "i8", "trip", "movements cancelled: no escort came, or the last one was still under way"),
    ("trips_with_deviation", "i8", "trip", "movements with at least one item not followed"),
    ("deviations", "i8", "count", "items not followed on movements that left"),
    ("trips_escorted", "i8", "trip", "movements with an escort"),
    ("trips_armoured", "i8", "trip", "movements in an armoured vehicle"),
    ("escort_wait_hours", "f8", "h", "time that convoys waited for an escort"),
    ("delay_hours", "f8", "h", "time that convoys stood at checkpoints"),
    ("closure_hours", "f8", "h", "time that a road was closed"),
    ("shop_hours", "f8", "h", "opening hours that shops on closed roads lost"),
    ("teams_busy_most", "i8", "team", "most escort teams in use at once"),
    ("handovers_failed", "i8", "trip", "movements that lost their escort at a border of jurisdictions"),
    ("trips_stopped", "i8", "trip", "movements that did not take place because work had stopped"),
    ("convoy_person_hours", "f8", "person-h", "time of foreign nationals on movements"),
    # people
    ("hires", "f8", "person", "local staff hired"),
    ("honest_refused", "f8", "person", "honest applicants wrongly refused, expected"),
    ("insiders_applied", "i8", "person", "would-be insiders who applied"),
    ("insiders_hired", "i8", "person", "of these, hired"),
    ("insiders_found", "i8", "person", "insiders removed by a re-check or after an attack"),
    ("insider_days", "f8", "person-day", "insiders in their posts, summed over days"),
    ("vacancy_days", "f8", "day", "days that posts stood open while applicants were checked"),
    # the community
    ("grievance_days", "f8", "day", "grievance, mean over towns, summed over days"),
    ("protests", "i8", "count", "protests that blocked a road"),
    ("protests_at_closures", "i8", "count", "of these, in towns where roads are closed for convoys"),
    ("protest_hours", "f8", "h", "time for which protests held convoys up"),
    ("resident_hours", "f8", "h", "time that residents lost at checkpoints"),
    ("privacy_person_years", "f8", "person-year", "residents and foreigners on record"),
    ("development_days", "f8", "day", "development that works, of a full programme, summed over days"),
    # the threat and what the state does about it
    ("cells_removed", "i8", "count", "cells that offensives removed"),
    ("slot_days", "i8", "cell-day", "cells that live, summed over days"),
    # confidence
    ("confidence_days", "f8", "day", "investors' confidence, summed over days"),
    ("stops", "i8", "count", "incidents after which work stopped"),
    ("stops_at_several", "i8", "count", "of these, at more than one site"),
    ("stoppage_days", "f8", "site-day", "sites at a standstill, summed over days"),
    # adherence, summed over days, mean over jurisdictions
    ("adherence_days", "f8", "day", "actual adherence, summed over days"),
    ("stated_days", "f8", "day", "stated adherence, summed over days"),
    ("audits", "i8", "count", "audits held"),
    # money
    ("project_budget", "f8", "USD", "what the share of project cost allots"),
    ("project_spent", "f8", "USD", "what was spent of it"),
    ("state_spent", "f8", "USD", "the state's ledger: its forces, checkpoints and programmes"),
    ("partner_spent", "f8", "USD", "the partner country's ledger"),
    ("refusal_cost", "f8", "USD", "cost of wrongly refused hires"),
    ("shop_cost", "f8", "USD", "what closures cost the shops"),
    ("stoppage_cost", "f8", "USD", "cost of sites at a standstill"),
    # exposure
    ("foreign_person_years", "f8", "person-year", "foreign nationals, projects and private"),
    ("project_person_years", "f8", "person-year", "foreign nationals on projects"),
    ("site_years", "f8", "site-year", "sites"),
    ("events_lost", "i8", "count", "events that found the log full"),
)

IDENTITY = ("point", "replicate", "seed", "status", "year")
NOT_ADDITIVE = (*IDENTITY, "in_progress_start", "in_progress_end", "teams_busy_most")

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
