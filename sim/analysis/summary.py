"""What the replicates of one policy say: rates, deaths, the funnel, costs, protocol, each with its interval.

Counts get Garwood intervals, with variance over mean beside them since those are exact for Poisson counts only.
Expected counts (count less control variate) get t intervals, deaths a bootstrap over replicates, shares Wilson's,
odds ratios Woolf's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import rates
from sim.analysis.columns import counted, figure, in_group
from sim.outcome import CLASSES, COLUMNS, FN_LEVELS, FOILED
from sim.runs.totals import ALL_SITES, Columns

TEN_THOUSAND = 1e4
DEVIATION_ODDS = "with_deviation_of_convoy_incidents_to_trips"

Table = dict[str, Any]

# Denominators: name -> (column, how much of it is one unit, in words).
DENOMINATORS = {
    "per_year": ("years", 1.0, ALL_SITES),
    "per_site_year": ("site_years", 1.0, "per site-year"),
    "per_10000_person_years": ("foreign_person_years", TEN_THOUSAND, "per 10,000 person-years"),
    "per_10000_trips": ("trips", TEN_THOUSAND, "per 10,000 trips"),
}
OF_PROJECTS = {"foreign_person_years": "project_person_years"}  # in its place where only projects count


def exposure(table: Columns, denominator: str, project: bool = False) -> np.ndarray:
    """Exposure of each replicate under one of the four denominators; zero trips count as a millionth."""
    column, unit, _ = DENOMINATORS[denominator]
    return np.maximum(table[OF_PROJECTS.get(column, column) if project else column] / unit, 1e-6)


def rate(table: Columns, count: str, denominator: str, confidence: float, project: bool = False) -> Table:
    """A count's rate with its Garwood interval, and the expected count's with its t interval."""
    units = exposure(table, denominator, project)
    sampled = rates.count_rate(table[count], units, confidence)
    return sampled.ends | _expected(rates.mean_rate(table[f"expected_{count}"], units, confidence))


def _expected(found: rates.Interval) -> Table:
    """The expected count's entries beside those of the count."""
    return {"expected": found.estimate, "expected_low": found.low, "expected_high": found.high}


def summarise(table: Columns, confidence: float = 0.95) -> Table:
    """Everything that is reported of one policy.

    Parameters
    ----------
    table : dict of ndarray
        Replicates of one point, as `replicates` and `of_point` give them.
    confidence : float
        Of every interval.

    Raises
    ------
    ValueError
        If they are no replicates.
    """
    if not hasattr(table, "keys") or "years" not in table:
        raise ValueError("table: allowed replicates of one point, as `replicates` and `of_point` give them")
    return {
        "replicates": len(table["years"]),
        "years": float(table["years"][0]),
        "confidence": confidence,
        "rates": _rates(table, confidence),
        "channels": _channels(table, confidence),
        "deaths": _deaths(table, confidence),
        "funnel": _funnel(table, confidence),
        "protocol": _protocol(table),
        "people": _people(table),
        "community": _community(table),
        "investor_confidence": _investor_confidence(table, confidence),
        "costs": _costs(table),
    }


def _rates(table: Columns, confidence: float) -> Table:
    found: Table = {}
    for denominator in DENOMINATORS:
        found[f"incidents_{denominator}"] = rate(table, "incidents", denominator, confidence)
        found[f"project_incidents_{denominator}"] = rate(table, "project_incidents", denominator, confidence, True)
    for name in ("incidents", "project_incidents"):
        found[f"{name}_variance_to_mean"] = rates.dispersion(table[name], confidence).ends
    none = int((table["incidents"] == 0).sum())
    found["share_of_replicates_without_incident"] = rates.proportion(none, len(table["years"]), confidence).ends
    return found


def _channels(table: Columns, confidence: float) -> Table:
    """What is left and from where: expected incidents by class, and those that insiders and deviations served."""
    years = exposure(table, "per_year")
    total = float(table["expected_incidents"].sum())
    sources = {name: f"expected_incidents_{name}" for name in CLASSES}
    flags = ("with_insider", "with_deviation", "past_checkpoint")
    sources |= {flag: f"incidents_{flag}" for flag in flags}
    found: Table = {}
    for name, column in sources.items():
        part = table[column]
        whole = total if name in CLASSES else float(table["incidents"].sum())
        share = float(part.sum()) / whole if whole > 0 else np.nan
        found[name] = {"per_year": rates.mean_rate(part, years, confidence).ends, "share_of_incidents": share}
    return found


def _deaths(table: Columns, confidence: float) -> Table:
    found: Table = {}
    for column in in_group("harm"):
        found[f"{column.name}_per_year"] = entry = counted(column, table, confidence).ends
        if column.how == "expected":
            entry |= _expected(figure(column, table, confidence))
    for level in FN_LEVELS:
        often = figure(COLUMNS[f"at_least_{level}"], table, confidence)
        found[f"incidents_with_{level}_or_more_deaths_per_year"] = often.ends
    return found


def _funnel(table: Columns, confidence: float) -> Table:
    """Counts a year by stage, and shares of what entered."""
    years = float(table["years"].sum())
    stages = [column.name for column in in_group("funnel")]
    flags = ("with_deviation", "with_insider", "begun_with", "inside", "inside_project")
    names = [*stages, "project_incidents", "plots_sited", "plots_with_insider", *(f"incidents_{x}" for x in flags)]
    total = {name: int(table[name].sum()) for name in names}
    found: Table = {"per_year": {name: total[name] / years for name in stages}}
    found["in_progress_at_start"] = float(table["in_progress_start"].mean())
    found["in_progress_at_end"] = float(table["in_progress_end"].mean())
    shares = {
        "foiled_of_plots_ended": (sum(total[f"foiled_{x}"] for x in FOILED), _ended(total)),
        "en_route_of_incidents": (total["incidents_en_route"], total["incidents"]),
        "fatal_of_incidents": (total["fatal"], total["incidents"]),
        "with_deviation_of_convoy_incidents": (total["incidents_with_deviation"], total["incidents_convoy"]),
        "with_insider_of_incidents": (total["incidents_with_insider"], total["incidents"]),
        "inside_of_incidents": (total["incidents_inside"], total["incidents"]),
        "inside_of_project_incidents": (total["incidents_inside_project"], total["project_incidents"]),
        **_success(total),
        "declined_of_opportunities": (total["nothing_chosen"], total["opportunities"] + total["offers"]),
        "unprotected_of_incidents": (total["incidents_outing"] + total["incidents_private"], total["incidents"]),
    }
    found["shares"] = {name: rates.proportion(k, n, confidence).ends for name, (k, n) in shares.items()}
    found["odds_ratios"] = {DEVIATION_ODDS: _deviation_odds(table, confidence).ends}
    return found


def _deviation_odds(table: Columns, confidence: float) -> rates.Interval:
    """A share of deviations among convoy incidents says little by itself: most movements have one."""
    names = ("incidents_with_deviation", "incidents_convoy", "trips_with_deviation", "trips")
    hit, incidents, usual, trips = (int(table[name].sum()) for name in names)
    return rates.odds_ratio(hit, incidents, usual, trips, confidence)


def _success(total: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Incidents and plots against convoys and sites, with and without an insider who served from the start.

    Of plots that began before t = 0 there may be more incidents than plots that began since: then as many plots.
    """
    helped = total["incidents_begun_with"]
    alone = total["incidents_convoy"] + total["incidents_site"] - helped
    plots = total["plots_with_insider"]
    return {
        "success_with_insider": (helped, max(helped, plots)),
        "success_without_insider": (alone, max(alone, total["plots_sited"] - plots)),
    }


def _ended(total: dict[str, int]) -> int:
    return total["incidents"] + total["gave_up"] + sum(total[f"foiled_{x}"] for x in FOILED)


def _protocol(table: Columns) -> Table:
    trips = max(1.0, float(table["trips"].sum()))
    return {
        "adherence_actual": _a_day(table, "adherence_days"),
        "adherence_stated": _a_day(table, "stated_days"),
        "trips_per_year": _a_year(table, "trips"),
        "trips_cancelled_per_year": _a_year(table, "trips_cancelled"),
        "trips_stopped_per_year": _a_year(table, "trips_stopped"),
        "handovers_failed_per_year": _a_year(table, "handovers_failed"),
        "escorted_of_trips": float(table["trips_escorted"].sum()) / trips,
        "armoured_of_trips": float(table["trips_armoured"].sum()) / trips,
        "with_deviation_of_trips": float(table["trips_with_deviation"].sum()) / trips,
        "escort_wait_hours_per_year": _a_year(table, "escort_wait_hours"),
        "checkpoint_delay_hours_per_year": _a_year(table, "delay_hours"),
        "closure_hours_per_year": _a_year(table, "closure_hours"),
        "shop_hours_lost_per_year": _a_year(table, "shop_hours"),
        "audits_per_year": _a_year(table, "audits"),
    }


def _people(table: Columns) -> Table:
    return {
        "hires_per_year": _a_year(table, "hires"),
        "honest_applicants_refused_per_year": _a_year(table, "honest_refused"),
        "insiders_in_post": _a_day(table, "insider_days"),
        "insiders_hired_per_year": _a_year(table, "insiders_hired"),
        "insiders_found_per_year": _a_year(table, "insiders_found"),
        "vacancy_days_per_year": _a_year(table, "vacancy_days"),
    }


def _community(table: Columns) -> Table:
    return {
        "grievance_mean": _a_day(table, "grievance_days"),
        "protests_per_year": _a_year(table, "protests"),
        "protests_at_closures_per_year": _a_year(table, "protests_at_closures"),
        "resident_hours_at_checkpoints_per_year": _a_year(table, "resident_hours"),
        "privacy_person_years_per_year": _a_year(table, "privacy_person_years"),
    }


def _investor_confidence(table: Columns, confidence: float) -> Table:
    several, stops = int(table["stops_at_several"].sum()), int(table["stops"].sum())
    return {
        "mean": _a_day(table, "confidence_days"),
        "stops_per_year": _a_year(table, "stops"),
        "stoppage_site_days_per_year": _a_year(table, "stoppage_days"),
        "at_several_sites_of_stops": rates.proportion(several, stops, confidence).ends,
    }


def _costs(table: Columns) -> Table:
    """USD a year; the ledgers of the projects, the state and the partner are never added up."""
    return {
        "project_budget_usd_per_year": _a_year(table, "project_budget"),
        "project_spent_usd_per_year": _a_year(table, "project_spent"),
        "project_budget_usd_per_site_year": float(table["project_budget"].sum() / table["site_years"].sum()),
        "state_spent_usd_per_year": _a_year(table, "state_spent"),
        "partner_spent_usd_per_year": _a_year(table, "partner_spent"),
        "refused_hires_usd_per_year": _a_year(table, "refusal_cost"),
        "shops_lost_usd_per_year": _a_year(table, "shop_cost"),
        "stoppage_usd_per_year": _a_year(table, "stoppage_cost"),
    }


def _a_year(table: Columns, column: str) -> float:
    return float(table[column].sum() / table["years"].sum())


def _a_day(table: Columns, column: str) -> float:
    """The mean of a state that was summed over days."""
    return float(table[column].sum() / table["days"].sum())
