"""What stops an attack: detection before it and defence after, with nothing spent and at best."""

from __future__ import annotations

from sim.scenario.fields import Problems, Section, part, uncertain


class _Detection(Section):
    d0: float
    dmax: float

    def problems(self) -> Problems:
        """More money never detects less."""
        if self.dmax < self.d0:
            yield (), f"read dmax {self.dmax:g}, allowed only d0 ({self.d0:g}) or more"


class RouteWatch(_Detection):
    """Watch on the routes, before an attack."""

    d0: float = uncertain(0.05, "probability", (0, 0.3), "team seen with nothing spent", "covert tests")
    dmax: float = uncertain(0.48, "probability", (0.2, 0.7), "team seen with unlimited spending")


class CheckpointLayer(_Detection):
    """Checkpoints that a team passes on its approach, before an attack."""

    d0: float = uncertain(0.03, "probability", (0, 0.2), "team found with nothing spent", "covert tests")
    dmax: float = uncertain(
        0.38, "probability", (0.1, 0.6), "team found with unlimited spending", "covert tests: 70 to 95 % missed"
    )
    vigilance: float = uncertain(
        0.7, "ratio", (0.3, 1), "diligence left when targets are rare", "visual search: misses rise from 7 to 30 %"
    )
    army: float = uncertain(1.15, "ratio", (0.8, 1.5), "diligence of the army's people, the police's = 1")


class SiteLayer(_Detection):
    """Perimeter, gate and guards, each, once a site is attacked."""

    d0: float = uncertain(
        0.12, "probability", (0, 0.4), "each of perimeter, gate, guards stops an attack, nothing spent"
    )
    dmax: float = uncertain(
        0.65, "probability", (0.3, 0.8), "each of perimeter, gate, guards stops one, unlimited spending"
    )


class Camera(Section):
    """Cameras at a place."""

    dmax: float = uncertain(0.35, "probability", (0.1, 0.6), "team seen with any number of cameras, all watched")
    scale: float = uncertain(20.0, "camera", (5, 100), "cameras at a place that do 63 % of that")
    reach: float = uncertain(3.0, "km", (1, 10), "distance at which they see")


class Watchtower(Section):
    """A watchtower at a site."""

    d: float = uncertain(0.08, "probability", (0, 0.3), "team seen by one tower")
    reach: float = uncertain(6.0, "km", (2, 20), "distance at which it sees")


class Drone(Section):
    """A drone crew."""

    d: float = uncertain(0.5, "probability", (0.1, 0.9), "team seen on the stretch that is flown over")
    stretch: float = uncertain(60.0, "km", (10, 200), "length of road that a crew patrols in a day")
    revisit: float = uncertain(2.0, "hour", (0, 48), "time between passes over a place; 0: it is in view all the time")
    flying: float = uncertain(10.0, "hour/day", (0, 24), "time in the air")


class Defence(Section):
    """What stands around a site beyond the site line of the budget."""

    perimeter_d: float = uncertain(0.4, "probability", (0.1, 0.7), "a full perimeter stops an attack by itself")
    guards_scale: float = uncertain(40.0, "guard", (10, 200), "extra guards who stop 63 % of what gets to them")
    exclusion_scale: float = uncertain(4.0, "km", (1, 20), "distance that stops 63 % of what gets to it")


class RegisterEffect(Section):
    """What registers do."""

    interdiction: float = uncertain(0.2, "ratio", (0, 1), "interdiction added by full records of residents")
    found: float = uncertain(0.2, "probability", (0, 0.6), "a re-check finds more with full records of residents")
    watch: float = uncertain(0.15, "probability", (0, 0.5), "team seen near foreigners who are on record")
    leak: float = uncertain(
        1.0, "ratio", (0, 3), "easier to meet people on record, for each insider among record keepers"
    )


class Patrols(Section):
    """Forces that patrol: teams that wait are noticed at the rate of `waiting.hazard` under today's forces."""

    army: float = uncertain(0.4, "ratio", (0, 0.9), "share of that rate that is due to the army's division")
    naval: float = uncertain(0.2, "ratio", (0, 0.9), "share of it on the coast that is due to the naval force")
    team: float = uncertain(0.15, "ratio", (0, 1), "rate that a patrolling team of police adds")


class PresenceEffect(Section):
    """The state's presence in a jurisdiction, today's forces = 1: what it does beyond patrols."""

    army: float = uncertain(0.5, "ratio", (0, 1), "share of presence that is due to the army's division")
    police: float = uncertain(0.3, "ratio", (0, 1), "share of it that is due to the special police")
    needed: float = uncertain(
        0.5,
        "ratio",
        (0, 1),
        "share of interdiction, of notice and of cells lost after an attack that needs presence",
        "sign: attacks rose where forces withdrew; size assumed",
    )


class Waiting(Section):
    """A team that waits in the field."""

    hazard: float = uncertain(0.03, "1/day", (0, 0.2), "rate at which a waiting team is noticed")


class Response(Section):
    """Escort teams that drive to an attack."""

    effect: float = uncertain(
        0.2, "ratio", (0, 1), "harm that a response at once would prevent", "tuned to 7 fatal of 17 incidents"
    )
    time: float = uncertain(30.0, "minute", (5, 240), "travel that leaves 1/e of a response's effect")


class Layers(Section):
    """What stops an attack, with nothing spent and at best."""

    route_watch: RouteWatch = part(RouteWatch)
    checkpoint: CheckpointLayer = part(CheckpointLayer)
    site: SiteLayer = part(SiteLayer)
    waiting: Waiting = part(Waiting)
    patrols: Patrols = part(Patrols)
    presence: PresenceEffect = part(PresenceEffect)
    camera: Camera = part(Camera)
    watchtower: Watchtower = part(Watchtower)
    drone: Drone = part(Drone)
    defence: Defence = part(Defence)
    records: RegisterEffect = part(RegisterEffect)
    insider_factor: float = uncertain(0.35, "ratio", (0, 1), "detection left when an insider helps")
    readiness0: float = uncertain(0.5, "ratio", (0, 1), "readiness of teams with nothing spent on training")
    response: Response = part(Response)
