"""Who acts: convoys, escort teams, checkpoints, insiders and attackers, as ordinary Mesa agents."""

from __future__ import annotations

import math
from typing import Any

import mesa
from mesa.discrete_space import CellAgent, FixedAgent

from experiments.benchmarks.twin.country import (
    DAYS_A_YEAR,
    LAYERS,
    MINUTES_A_TICK,
    OPENS_SITE,
    TICKS_A_DAY,
    TICKS_AN_HOUR,
)

ITEMS = ("escort", "armour", "route", "time", "need_to_know", "closure", "no_stop")

# Assumed figures of the model that no scenario changes (ODD 7).
MOST_DELAY = 2  # ticks at a checkpoint
FIRST_SHIFT = 6  # o'clock
TICKS_AT_ATTACK, RESPONDERS, TEAM_SIZE = TICKS_AN_HOUR, 2, 10
GUARDS, RESIDENTS = 20, 40  # who can die beside foreign nationals
END_CELLS, MIDDLE_FROM, MIDDLE_SHARE = 3, 0.1, 0.8  # where teams wait on a route
TOWN_HOURS = (8, 20)  # when teams in a town meet somebody


class Traveller(CellAgent):
    """Moves one road cell a tick along a road."""

    def set_off(self, road: list) -> None:
        """Begin a road of grid coordinates at its first cell."""
        self.road = road
        self.place = 0
        self.cell = self.model.grid[road[0]]

    def go_on(self) -> None:
        """Move one cell."""
        self.place += 1
        self.cell = self.model.grid[self.road[self.place]]
        self.model.moves += 1

    @property
    def at_end(self) -> bool:
        """Whether the road is behind it."""
        return self.place == len(self.road) - 1


class Checkpoint(FixedAgent):
    """Delays convoys and looks at attackers' teams; a share of all is staffed, the same ones first."""

    def __init__(self, model: mesa.Model, cell: Any, staffed: bool) -> None:
        super().__init__(model)
        self.cell, self.staffed = cell, staffed

    def delay(self) -> int:
        """Ticks that a convoy stands here."""
        most = MOST_DELAY * self.model.facts.policy.checkpoints.thoroughness
        return int(self.random.random() * (most + 1)) if self.staffed else 0

    def finds(self) -> bool:
        """Whether a team that passes now is found: diligence times detection."""
        facts, country = self.model.facts, self.model.country
        hour = self.model.now % TICKS_A_DAY / TICKS_AN_HOUR
        on_shift = (hour - FIRST_SHIFT) % facts.policy.checkpoints.shift_hours
        rested = max(0, 1 - facts.policy.adherence.fatigue * on_shift)
        army = facts.layers.checkpoint.army if facts.policy.checkpoints.staffed_by == "army" else 1
        diligence = min(1, facts.policy.adherence.level * rested * facts.layers.checkpoint.vigilance * army)
        return self.staffed and self.random.random() < diligence * country.checkpoint


class Convoy(Traveller):
    """Carries foreign nationals along a line; at rest between movements."""

    def __init__(self, model: mesa.Model, line: Any) -> None:
        super().__init__(model)
        self.line = line
        self.state, self.day, self.escort = "resting", None, None
        self.cell = model.grid[line.routes[0][0]]

    def plan(self) -> None:
        """Plan today's movement if the timetable has one; with the last one still under way it is cancelled."""
        exposure, today = self.model.facts.exposure, self.model.day
        number = math.ceil(today * exposure.trips_per_week / 7 - self.line.phase)
        if math.floor((number + self.line.phase) * 7 / exposure.trips_per_week) != today:
            return
        self.model.counts["trips_planned"] += 1
        if self.state != "resting":
            self.model.counts["trips_cancelled"] += 1
            return
        self.state, self.day, self.called = "planned", today, False
        self._draw_items(number)
        self._draw_passengers()
        self.planned = self._departure(exposure.return_departure if self.line.inbound else exposure.departure)
        notice = max(self.line.drive, int(self.model.facts.policy.movement.escort_notice * TICKS_AN_HOUR))
        self.calls_at = max(today * TICKS_A_DAY, self.planned - notice)
        self.model.on_road.add(self)

    def _draw_items(self, number: int) -> None:
        """Which items of the protocol are followed, and what follows from them."""
        model, movement, chance = self.model, self.model.facts.policy.movement, self.random.random
        self.kept = {item: chance() < model.country.followed(item) for item in ITEMS}
        a_trip = model.country.closures_a_week(self.line.site) / (2 * model.facts.exposure.trips_per_week)
        asked = math.floor((number + 1) * min(1, a_trip)) > math.floor(number * min(1, a_trip))
        self.closed = asked and self.kept["closure"]
        self.kept["closure"] |= not asked
        self.route = self.random.choice(self.line.routes) if self.kept["route"] else self.line.routes[0]
        self.leaked = not self.kept["need_to_know"] and chance() < movement.leak_if_not_secret
        self.stop = -1 if self.kept["no_stop"] else 1 + int(chance() * (len(self.route) - 2))

    def _draw_passengers(self) -> None:
        exposure = self.model.facts.exposure
        ends = exposure.passengers_min, exposure.passengers_max, exposure.passengers_mode
        self.passengers = min(int(self.random.triangular(*ends) + 0.5), self.line.site.foreign_staff)

    def _departure(self, habit: float) -> int:
        """Planned departure, not before midnight: near the habitual hour, or anywhere in a window around it."""
        movement, midnight = self.model.facts.policy.movement, self.model.day * TICKS_A_DAY
        if self.kept["time"]:
            shift = (self.random.random() - 0.5) * movement.varied_window * TICKS_AN_HOUR
        else:
            shift = self.random.gauss(0, movement.habit_sd) / MINUTES_A_TICK
        return max(midnight, midnight + int(habit * TICKS_AN_HOUR) + math.floor(shift + 0.5))

    def step(self) -> None:
        """Move, or see to the departure."""
        if self.state == "moving":
            self._move()
            return
        now = self.model.now
        if self.kept["escort"] and not self.called and now >= self.calls_at:
            self._call()
        if self.called and self.escort is None and now >= self.waits_until:
            self._give_up_waiting()
        if self.state == "planned" and now >= self.planned and self._is_complete():
            self._leave()

    def _call(self) -> None:
        """Ask for an escort; with none free, queue in an order that chance gives."""
        self.called = True
        self.waits_until = self.planned + int(self.model.facts.policy.movement.escort_patience * TICKS_AN_HOUR)
        team = self.model.nearest_free(self.line.jurisdiction, self.cell)
        if team is not None:
            team.serve(self)
        else:
            self.turn = self.random.random()
            self.model.queues[self.line.jurisdiction].append(self)

    def _give_up_waiting(self) -> None:
        """Patience is out: the movement is cancelled or goes alone."""
        self.model.queues[self.line.jurisdiction].remove(self)
        self.called = self.kept["escort"] = False
        if self.random.random() < self.model.facts.policy.movement.cancel_share:
            self.model.counts["trips_cancelled"] += 1
            self._rest()

    def _is_complete(self) -> bool:
        return not self.kept["escort"] or (self.escort is not None and self.escort.at_end)

    def _leave(self) -> None:
        model = self.model
        self.state, self.left_at, self.hold = "moving", model.now, 0
        self.armoured = self.kept["armour"] and model.vehicles[self.line.site.name] > 0
        model.vehicles[self.line.site.name] -= self.armoured
        self.kept["armour"] = self.armoured
        model.counts["trips"] += 1
        model.counts["passenger_trips"] += self.passengers
        model.counts["trips_escorted"] += self.escort is not None
        model.counts["trips_armoured"] += self.armoured
        model.counts["deviations"] += sum(not kept for kept in self.kept.values())
        if self.escort is not None:
            self.escort.state = "with its convoy"
        self.set_off(self.route)
        self._enter()

    def _move(self) -> None:
        if self.hold > 0:
            self.hold -= 1
            return
        self.go_on()
        if self.escort is not None:
            self._lead_escort()
        self._enter()

    def _lead_escort(self) -> None:
        """The escort comes along, if it is not lost at a border of jurisdictions."""
        model, escort = self.model, self.escort
        escort.cell = self.cell
        model.moves += 1
        of = model.country.jurisdiction
        crossed = of[self.road[self.place]] != of[self.road[self.place - 1]]
        if crossed and self.random.random() < model.country.gap:
            model.counts["handovers_failed"] += 1
            self.escort = None
            escort.go_home()

    def _enter(self) -> None:
        """What waits on a cell: attackers, the end of the way, a checkpoint, a stop."""
        for other in self.cell.agents:
            if isinstance(other, Attacker) and self.state == "moving" and other.meets(self):
                other.attempt()
        if self.state != "moving":
            return
        if self.at_end:
            self.end()
            return
        checkpoint = self.model.checkpoints.get(self.cell.coordinate)
        if checkpoint is not None:
            self.hold += checkpoint.delay()
        if self.place == self.stop:
            self.hold += int(self.model.facts.policy.movement.stop_minutes / MINUTES_A_TICK)

    def end(self) -> None:
        """The movement ends here: at its destination, or where it was attacked."""
        self.model.vehicles[self.line.site.name] += self.armoured
        if self.escort is not None:
            self.escort.go_home()
        self._rest()

    def _rest(self) -> None:
        self.state, self.escort = "resting", None
        self.cell = self.model.grid[self.line.routes[0][0]]
        self.model.on_road.discard(self)


class Escort(Traveller):
    """A team of a finite force: drives to a convoy, along with it and home, or to an attack."""

    def __init__(self, model: mesa.Model, home: tuple[int, int], jurisdiction: str, strength: float) -> None:
        super().__init__(model)
        self.home, self.jurisdiction, self.strength = home, jurisdiction, strength
        self.state, self.stay = "at base", 0
        self.set_off([home])

    def distance(self, cell: Any) -> int:
        """Road cells from its base."""
        return self.model.country.distance(self.home, cell.coordinate)

    def serve(self, convoy: Convoy) -> None:
        """Drive to a convoy's start."""
        convoy.escort = self
        self._drive_to(convoy.cell, "to its convoy")

    def respond(self, cell: Any) -> None:
        """Drive to an attack, stay for a while."""
        self.stay = TICKS_AT_ATTACK
        self._drive_to(cell, "to an attack")

    def _drive_to(self, cell: Any, state: str) -> None:
        self.state = state
        self.set_off(self.model.country.path(self.home, cell.coordinate))
        self.model.driving.add(self)

    def go_home(self) -> None:
        """Drive back to base from where it is."""
        self.state = "to base"
        self.set_off(self.model.country.path(self.home, self.cell.coordinate)[::-1])
        self.model.driving.add(self)
        if self.at_end:
            self._come_home()

    def step(self) -> None:
        """One tick of a drive, or of a stay at an attack."""
        if self.state == "with its convoy":
            self.model.driving.discard(self)
        elif not self.at_end:
            self.go_on()
            if self.state == "to base" and self.at_end:
                self._come_home()
        elif self.state == "to an attack":
            self.stay -= 1
            if self.stay == 0:
                self.go_home()

    def _come_home(self) -> None:
        """Free again: take the waiting convoy whose turn it is."""
        self.state = "at base"
        self.model.driving.discard(self)
        queue = self.model.queues[self.jurisdiction]
        if queue:
            convoy = min(queue, key=lambda waiting: waiting.turn)
            queue.remove(convoy)
            self.serve(convoy)


class Insider(mesa.Agent):
    """A would-be facilitator in a post at a site."""

    def __init__(self, model: mesa.Model, site: str, post: str, hired: float) -> None:
        super().__init__(model)
        self.site, self.opens_site, self.hired = site, post in OPENS_SITE, hired
        self.leaves = hired + self.random.expovariate(model.facts.insider.turnover / DAYS_A_YEAR)
        self.checked = hired

    def stay_or_go(self) -> None:
        """A day in post: the tenure may end, a re-check may be due and find him."""
        self.model.counts["insider_days"] += 1
        if self.leaves < self.model.day + 1:
            self.remove()
        elif self.found_by_recheck(self.model.day + 1):
            self.model.counts["insiders_found"] += 1
            self.remove()

    def found_by_recheck(self, until: float) -> bool:
        """Hold the re-checks that are due; whether one finds him."""
        screening = self.model.facts.policy.screening
        while screening.recheck_interval > 0 and self.checked + screening.recheck_interval <= until:
            self.checked += screening.recheck_interval
            if self.random.random() < screening.recheck_ratio * self.model.country.sensitivity:
                return True
        return False


class Attacker(Traveller):
    """A slot of a group: empty, idle, in a plot or lying low; on the grid only while its team is in the field."""

    def __init__(self, model: mesa.Model, home: tuple[int, int], choices: tuple) -> None:
        super().__init__(model)
        self.home = home
        self.jurisdiction = model.country.jurisdiction[home]
        self.classes, self.targets = choices
        self.due = 0.0
        self._draw_state()

    def _draw_state(self) -> None:
        """Start in proportion to the mean time that a cycle spends in a state; the field is left out: days."""
        threat = self.model.facts.threat
        hazard = self.model.country.interdiction[self.jurisdiction]
        watched = 1 / (1 + hazard * threat.watch_mean)
        prepared = watched / (1 + hazard * threat.prepare_mean)
        lost = (1 - prepared) * threat.removed_if_foiled + prepared * threat.removed_if_engaged
        plots = 1 - self.classes["nothing"] / sum(self.classes.values())
        times = {
            "idle": self.model.country.opportunity_interval / plots,
            "watching": watched * threat.watch_mean,
            "preparing": prepared * threat.prepare_mean,
            "lying low": (1 - lost) * threat.lie_low_mean,
            "empty": lost * threat.recruit_interval,
        }
        (self.state,) = self.random.choices(list(times), list(times.values()))
        if self.state == "lying low":
            self.due = self.model.day + self.random.expovariate(1 / threat.lie_low_mean)
        elif self.state in ("watching", "preparing"):
            kinds = [kind for kind in self.classes if kind != "nothing"]
            self._plot(self.random.choices(kinds, [self.classes[kind] for kind in kinds])[0])
            self._begin_phase(self.state, self.model.day)

    # Days.

    def scheme(self) -> None:
        """A day of recruitment, opportunities and preparation."""
        threat, today = self.model.facts.threat, self.model.day
        if self.state == "empty" and self.random.expovariate(1 / threat.recruit_interval) < 1:
            self.state = "idle"
        if self.state == "lying low" and self.due < today + 1:
            self.state = "idle"
        if self.state == "idle":
            self._look_for_opportunities(max(today, self.due))
        while self.state in ("watching", "preparing") and self.due < today + 1:
            self._end_phase()

    def _look_for_opportunities(self, time: float) -> None:
        """Opportunities come at random times, more often where the world's threat level is high."""
        rate = math.exp(self.model.level) / self.model.country.opportunity_interval
        while self.state == "idle":
            time += self.random.expovariate(rate)
            if time >= self.model.day + 1:
                return
            self.model.counts["opportunities"] += 1
            (kind,) = self.random.choices(list(self.classes), list(self.classes.values()))
            if kind == "nothing":
                self.model.counts["nothing_chosen"] += 1
            else:
                self._plot(kind)
                self._begin_phase("watching", time)

    def _plot(self, kind: str) -> None:
        """Choose a target of a class; an insider there may serve."""
        self.model.counts["plots"] += 1
        (self.target,) = self.random.choices(*self.targets[kind])
        self.model.counts["plots_sited"] += self.target.site is not None
        insiders = self.model.insiders_at(self.target.site)
        helped = self.random.random() < 1 - (1 - self.model.facts.insider.activation) ** len(insiders)
        self.insider = self.random.choice(insiders) if helped else None

    def _begin_phase(self, phase: str, time: float) -> None:
        threat, country = self.model.facts.threat, self.model.country
        mean = threat.watch_mean if phase == "watching" else threat.prepare_mean
        ends = time + self.random.expovariate(1 / mean)
        hazard = country.hazard(self.jurisdiction, self.target.jurisdiction)
        found = time + self.random.expovariate(hazard) if hazard > 0 else math.inf
        self.state, self.due, self.interdicted = phase, min(ends, found), found < ends

    def _end_phase(self) -> None:
        if self.interdicted:
            self._foil("interdiction", self.due)
        elif self.state == "watching":
            self._begin_phase("preparing", self.due)
        else:
            self._set_out()

    def _set_out(self) -> None:
        """Leave the hideout; an insider who has left his post by now is of no use."""
        self.state = "approaching"
        self.starts_at = int(self.due * TICKS_A_DAY)
        self.passed = 0
        if self.insider not in self.model.insiders:
            self.insider = None
        self.station = self._station() if self.target.kind == "convoy" else self.target.cell
        self.set_off(self.model.country.path(self.home, self.station))
        self.model.prowling.add(self)

    def _station(self) -> tuple[int, int]:
        """A cell of the habitual route: in the middle of it, or among the last ones before the site."""
        line, u = self.target.place, self.random.random()
        last = len(line.routes[0]) - 1
        place = int((MIDDLE_FROM + MIDDLE_SHARE * u) * last)
        if self.random.random() < self.model.facts.threat.wait_at_ends:
            place = int(u * min(last, END_CELLS))
            place = last - place if line.inbound else place
        return line.routes[0][place]

    def stand(self) -> None:
        """A new day in the field: noticed, out of patience, or set for today."""
        country = self.model.country
        if self.random.random() < country.noticed[country.jurisdiction[self.station]]:
            self._foil("noticed", self.model.day)
        elif self.tries == 0:
            self.model.counts["gave_up"] += 1
            self._leave_field("idle")
        elif self.target.kind == "convoy":
            self._wait_for_convoy()
        else:
            self._wait_in_town()

    def _wait_for_convoy(self) -> None:
        """Set the window: around the habitual time on the habitual route, or where a known movement will pass."""
        convoy = self.model.convoys[self.target.place]
        if convoy.day != self.model.day or convoy.state == "resting":
            return
        self.tries -= 1
        habitual = self.target.place.routes[0]
        place = habitual.index(self.station)
        if self.insider is not None or convoy.leaked:
            share = place / (len(habitual) - 1)
            self.cell = self.model.grid[convoy.route[int(share * (len(convoy.route) - 1))]]
            self.window = (self.model.day * TICKS_A_DAY, (self.model.day + 2) * TICKS_A_DAY)
            return
        self.cell = self.model.grid[self.station]
        exposure = self.model.facts.exposure
        hour = exposure.return_departure if self.target.place.inbound else exposure.departure
        stands = int(sum(cell in self.model.checkpoints for cell in habitual[:place]) * self.model.mean_delay)
        middle = self.model.day * TICKS_A_DAY + int(hour * TICKS_AN_HOUR) + place + stands
        half = self.model.facts.threat.wait_window / 2 / MINUTES_A_TICK
        self.window = (middle - half, middle + half)

    def _wait_in_town(self) -> None:
        """Outings and private nationals are met with a chance a day."""
        self.tries -= 1
        exposure = self.model.facts.exposure
        chance = exposure.private_meeting
        if self.target.kind == "outing":
            chance = exposure.outing_meeting * (1 - self.model.facts.policy.adherence.level)
        if self.random.random() < chance:
            hour = self.random.uniform(*TOWN_HOURS)
            self.strikes_at = self.model.day * TICKS_A_DAY + int(hour * TICKS_AN_HOUR)
            self.model.prowling.add(self)

    # Ticks.

    def step(self) -> None:
        """One tick of an approach, or of the day on which a town's people will be met."""
        now = self.model.now
        if self.state == "waiting" and now == self.strikes_at:
            self.attempt()
        elif self.state == "approaching" and now >= self.starts_at:
            if now > self.starts_at:
                self.go_on()
                self._pass_checkpoint()
            if self.state == "approaching" and self.at_end:
                self._arrive()

    def _pass_checkpoint(self) -> None:
        checkpoint = self.model.checkpoints.get(self.cell.coordinate)
        if checkpoint is None:
            return
        if checkpoint.finds():
            self._foil("checkpoint", self.model.now / TICKS_A_DAY)
        self.passed += checkpoint.staffed

    def _arrive(self) -> None:
        if self.target.kind == "site":
            self.attempt()
            return
        self.state, self.tries = "waiting", self.model.facts.threat.wait_patience
        self.window, self.strikes_at = None, None
        self.model.prowling.discard(self)

    def meets(self, convoy: Convoy) -> bool:
        """Whether it waits for a convoy that comes to its cell; one that stopped is waited for beyond the window."""
        if self.state != "waiting" or self.target.place is not convoy.line or self.window is None:
            return False
        begin, end = self.window
        stopped = 0 <= convoy.stop < convoy.place
        return begin <= self.model.now and convoy.left_at <= end and (self.model.now <= end or stopped)

    # The attempt.

    def attempt(self) -> None:
        """The target is there: foil layers, then an incident whatever its outcome."""
        convoy = self.model.convoys[self.target.place] if self.target.kind == "convoy" else None
        if convoy is not None and self._is_cleared(convoy):
            self._foil("closure", self.model.now / TICKS_A_DAY)
        elif self.random.random() < self._watch_chance():
            self._foil("watch", self.model.now / TICKS_A_DAY)
        else:
            self._execute(convoy)

    def _is_cleared(self, convoy: Convoy) -> bool:
        """Whether the closed road near the site holds the team's cell, and it is cleared."""
        closures = self.model.facts.policy.closures
        cells = math.ceil(closures.length / self.model.country.grid.cell_km)
        place = len(convoy.route) - 1 - convoy.place if convoy.line.inbound else convoy.place
        return convoy.closed and place < cells and self.random.random() < closures.clear

    def _watch_chance(self) -> float:
        """Patrols on the route or around the site; nobody watches over outings and private nationals."""
        if self.target.kind in ("outing", "private"):
            return 0.0
        chance = self.model.facts.policy.adherence.level * self.model.country.route_watch
        return chance * self._insider_factor()

    def _insider_factor(self) -> float:
        return 1 if self.insider is None else self.model.facts.layers.insider_factor

    def _execute(self, convoy: Convoy | None) -> None:
        model, threat = self.model, self.model.facts.threat
        self._count_incident(convoy)
        self._harm(convoy, self._harm_left())
        if convoy is not None:
            convoy.end()
        if self.insider in model.insiders and self.random.random() < model.facts.insider.found:
            model.counts["insiders_found"] += 1
            self.insider.remove()
        self._end_plot(model.now / TICKS_A_DAY, threat.removed_if_engaged)

    def _count_incident(self, convoy: Convoy | None) -> None:
        counts, kind = self.model.counts, self.target.kind
        counts["incidents"] += 1
        counts[f"incidents_{kind}"] += 1
        vehicle = self.random.random() < self.model.facts.exposure.private_vehicle_share
        counts["incidents_en_route"] += kind in ("convoy", "outing") or (kind == "private" and vehicle)
        counts["incidents_with_deviation"] += convoy is not None and not all(convoy.kept.values())
        counts["incidents_with_insider"] += self.insider is not None
        counts["incidents_past_checkpoint"] += self.passed > 0

    def _harm_left(self) -> float:
        """The nearest free teams drive to the attack; share of the harm that the first one is too late for."""
        response, drives = self.model.facts.layers.response, []
        for _ in range(RESPONDERS):
            team = self.model.nearest_free(self.model.country.jurisdiction[self.cell.coordinate], self.cell)
            if team is not None:
                drives.append(team.distance(self.cell))
                team.respond(self.cell)
        return 1 - response.effect * math.exp(-min(drives, default=math.inf) * MINUTES_A_TICK / response.time)

    def _harm(self, convoy: Convoy | None, left: float) -> None:
        """Breach and deaths, in three ledgers."""
        counts, harm = self.model.counts, self.model.facts.harm
        present, guards, fatal = self._who_is_there(convoy)
        breached = self._breaches(convoy)
        deaths = 0
        if breached and self.random.random() < fatal * left:
            deaths = min(self.random.choice(harm.severity), present)
        counts["breached"] += breached
        counts["fatal"] += deaths > 0
        counts["deaths_foreign"] += deaths
        counts["deaths_security"] += min(int(self.model.rng.poisson(harm.security_mean * left)), guards)
        counts["deaths_residents"] += min(int(self.model.rng.poisson(harm.resident_mean * left)), RESIDENTS)

    def _who_is_there(self, convoy: Convoy | None) -> tuple[int, int, float]:
        """Foreign nationals, security personnel, and P(fatal | breach) before any response."""
        facts, harm = self.model.facts, self.model.facts.harm
        if convoy is not None:
            armour = facts.policy.movement.armour_harm if convoy.armoured else 1
            return convoy.passengers, TEAM_SIZE if convoy.escort else 0, harm.convoy.p_fatal * armour
        if self.target.kind == "site":
            return self.target.place.foreign_staff, GUARDS, harm.site.p_fatal
        return getattr(facts.exposure, f"{self.target.kind}_present"), 0, harm.outing.p_fatal

    def _breaches(self, convoy: Convoy | None) -> bool:
        """Whether no defence layer stops the attack."""
        facts, chance = self.model.facts, self.random.random
        if convoy is not None and convoy.escort is not None:
            stopped = facts.policy.movement.escort_stop * convoy.escort.strength * self._insider_factor()
            return chance() >= stopped
        if self.target.kind != "site":
            return True
        adherence, layer = facts.policy.adherence, self.model.country.site_layer
        opened = self.insider is not None and self.insider.opens_site
        common = chance() < adherence.common_cause  # one draw of adherence for all layers, or each its own
        diligent = chance() < adherence.level
        for _ in LAYERS[-1:] if opened else LAYERS:
            works = diligent if common else chance() < adherence.level
            if works and chance() < layer:
                return False
        return True

    # The end of a plot.

    def _foil(self, layer: str, time: float) -> None:
        self.model.counts[f"foiled_{layer}"] += 1
        self._end_plot(time, self.model.facts.threat.removed_if_foiled)

    def _end_plot(self, time: float, lost: float) -> None:
        """The slot is lost, or lies low."""
        if self.random.random() < lost:
            self._leave_field("empty")
        else:
            self._leave_field("lying low")
            self.due = time + self.random.expovariate(1 / self.model.facts.threat.lie_low_mean)

    def _leave_field(self, state: str) -> None:
        self.state, self.cell = state, None
        self.model.prowling.discard(self)
