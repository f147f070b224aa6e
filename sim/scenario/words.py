"""What a user calls the levers: title, heading, help, and words by which one would look for them.

They stand in the order in which they are listed, the main ones first. What a rule needs of a lever stands beside it in
`policy.py`; what is said of it to people who aren't modellers stands here, so that both can be read in one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Words(NamedTuple):
    """What is said of one value of a scenario.

    Attributes
    ----------
    title : str
        Short name, 40 characters at most; after one that ends with "…" its value is read on.
    help : str
        Two sentences: what it is; what more of it does, and what it costs or what works against it.
    words : str
        Words by which one would look for it, beside those of the title.
    unit : str
        Unit in which it is shown, where that is another than the schema's says: a key of `sim.scenario.natural.UNITS`.
    called : mapping
        Value -> what to say in its place; an empty list or mapping stands under ().
    heading : str
        Heading under which it is listed.
    """

    title: str = ""
    help: str = ""
    words: str = ""
    unit: str = ""
    called: Mapping[Any, str] = MappingProxyType({})
    heading: str = ""


NEVER = {0: "never"}
NONE = {0: "none"}
AS_TODAY = {1: "as today"}
AS_OFTEN = {0: "as the rest"}
FROM_START = {0: "the start"}
PAYERS = {"state": "the state", "project": "the projects"}
# What an offset of the log odds means: 1 / (1 + exp(-(ln(.6 / .4) + 1))) = .80, and with -1 in place of 1 .36.
SCALE = "against the rest of the protocol: where that is followed at 60 %, +1 makes this 80 % and -1 makes it 36 %"

HEADINGS: dict[str, dict[str, Words]] = {
    "Protocol": {
        "policy.adherence.level": Words(
            "Protocol followed",
            "Share of the protocol's items that people follow while nothing special happens. More of it leaves "
            "attackers fewer openings on the road, at checkpoints and at sites; above today's level it takes "
            "supervision, which costs money.",
            "compliance adherence discipline sop rules procedures obey",
        ),
        "policy.adherence.paid_from": Words(
            "Stricter protocol paid by",
            "Who pays for the supervision that a stricter protocol takes. The budget pays at the expense of escorts, "
            "vehicles and checks; where nobody pays, the result is what better habits would be worth for free.",
            "supervision funding cost adherence compliance",
            called={"nobody": "nobody: a what-if", "budget": "the security budget", "state": "the state"},
        ),
        "policy.adherence.audit_interval": Words(
            "Audits every …",
            "Time between two inspections of how a jurisdiction follows the protocol. Each one lifts compliance for "
            "some months, one soon after another by less; the budget's training line pays, and where it falls short "
            "audits come less often.",
            "inspection compliance oversight review adherence",
            called=NEVER,
        ),
        "policy.adherence.training_interval": Words(
            "Training courses every …",
            "Time between courses for all who carry the protocol out. A course lifts compliance for some months; the "
            "budget's training line pays, and where it falls short courses achieve less.",
            "drills exercises instruction education adherence",
            called=NEVER,
        ),
        "policy.adherence.hold": Words(
            "Protocol held at its level",
            "Keeps the protocol at its level all the time, for clean comparisons. Nothing wears it away then, and no "
            "audit, course or incident lifts it either.",
            "fixed constant steady freeze adherence decay",
        ),
        "policy.adherence.by_jurisdiction": Words(
            "Protocol followed, by jurisdiction",
            "How much more or less the protocol is followed in a jurisdiction than the level says: where that is "
            "60 %, +1 makes it 80 % there and -1 makes it 36 %. A weak jurisdiction leaves attackers openings there; "
            "one above today's level takes supervision, which costs money.",
            "region province district local compliance adherence",
            called={(): "alike everywhere"},
        ),
    },
    "Budget": {
        "policy.budget.share": Words(
            "Security budget",
            "Share of a project's cost that is spent on its security. More money buys escorts, vehicles, watch and "
            "checks, some months later; each further dollar buys less than the one before.",
            "money spending funds funding finance percent dollars usd cost",
        ),
        "policy.budget.reading": Words(
            "Budget spread over",
            "Time over which that share of the project's cost is spent. A shorter one means more money a year and so "
            "more security; each further dollar buys less than the one before.",
            "money spending years lifetime capex capital annual",
            called={
                "life": "the project's life, 25 years",
                "construction": "its construction, 5 years",
                "yearly": "each year anew",
            },
        ),
        "policy.budget.split.escort": Words(
            "Budget for escorts and route watch",
            "Part of the budget that pays for escort teams and for watch along the routes. More of it means more "
            "trips with an escort and more attacks noticed in time; the other lines have less, and only whole teams "
            "can be hired.",
            "money guards bodyguards protection convoy patrol",
        ),
        "policy.budget.split.armour": Words(
            "Budget for armoured vehicles",
            "Part of the budget that pays for armoured vehicles. They make attacks on convoys less deadly, but hardly "
            "less frequent; the other lines have less, and only whole vehicles can be bought.",
            "money armor armored cars bulletproof fleet convoy",
        ),
        "policy.budget.split.checkpoint": Words(
            "Budget for checkpoints",
            "Part of the budget that pays for equipment and training at checkpoints. More of it finds more teams on "
            "their way to a target; the other lines have less, and each further dollar finds fewer.",
            "money roadblock scanners searches equipment",
        ),
        "policy.budget.split.site": Words(
            "Budget for site protection",
            "Part of the budget that pays for perimeter, gate and guards of the sites. Fewer attackers get in and "
            "fewer people die; an attack that is stopped there is still an incident, and attackers who see a hard "
            "target may choose another.",
            "money fence gate walls perimeter guards hardening",
        ),
        "policy.budget.split.screening": Words(
            "Budget for background checks",
            "Part of the budget that pays for background checks and re-checks. Where it falls short fewer people are "
            "checked; money beyond what they cost changes nothing.",
            "money vetting insider insiders screening",
        ),
        "policy.budget.split.training": Words(
            "Budget for audits and training",
            "Part of the budget that pays for audits, courses and the readiness of escort teams. Where it falls short "
            "audits are rarer and courses weaker; what is left over makes teams readier.",
            "money inspection drills education equipment readiness",
        ),
    },
    "Background checks": {
        "policy.screening.sensitivity": Words(
            "Background checks find",
            "Share of the applicants who would help attackers that a background check finds. Fewer insiders are in "
            "post then; those who turn after they were hired pass any first check, and honest people who are refused "
            "cost goodwill.",
            "vetting screening insider insiders infiltration clearance detection mole",
        ),
        "policy.screening.recheck_interval": Words(
            "Staff checked again every …",
            "Time between two background checks of people who already work there. Only these can find people who "
            "turned after they were hired; where money is short they leave less for first checks.",
            "vetting screening insider insiders recheck periodic rescreening",
            called=NEVER,
        ),
        "policy.screening.specificity": Words(
            "Honest applicants passed",
            "Share of the honest applicants whom a background check passes. As those who would help attackers are "
            "few, even a small share refused means many honest people refused for each one found, empty posts, and "
            "goodwill lost.",
            "vetting screening false positives alarms refused rejected innocent",
        ),
        "policy.screening.delay": Words(
            "A background check takes",
            "Time from an application to the result of its background check. A longer one leaves posts vacant for "
            "longer; it does not find more.",
            "vetting screening duration waiting vacancy hiring",
        ),
    },
    "Convoys and outings": {
        "policy.movement.trips": Words(
            "Trips made",
            "Share of the trips in the timetable that are made. Fewer trips expose fewer people on the road; the "
            "work at the sites must do with less traffic, and attackers may turn to other targets.",
            "movements journeys travel road exposure convoy cancel",
            unit="share",
        ),
        "policy.movement.people": Words(
            "People on each trip",
            "Foreign nationals on each trip, against today. A fuller convoy puts more people at risk at once and "
            "draws attackers; together with fewer trips it moves the same people in fewer convoys.",
            "passengers group size exposure convoy bus",
            unit="times today",
            called=AS_TODAY,
        ),
        "policy.movement.curfew": Words(
            "Outings replaced by transport",
            "Share of the staff's private outings that organised transport replaces. Fewer people can be met in the "
            "open; it is a burden on the staff, and attackers may turn to other targets.",
            "curfew lockdown confinement leisure shopping leave",
        ),
        "policy.movement.varied_window": Words(
            "Departures spread over",
            "Width of the window in which convoys vary their departure. A wider one makes it harder for a team that "
            "waits to be there at the right time; only trips that follow this item of the protocol use it.",
            "time schedule routine predictable unpredictable timing vary",
        ),
        "policy.movement.escort_notice": Words(
            "Escort asked for … ahead",
            "Time before departure at which a convoy asks for its escort, at least as long as the escort's drive. "
            "Earlier calls mean shorter waits; the team is bound for longer, and so missed elsewhere.",
            "request notice booking guards planning",
        ),
        "policy.movement.escort_patience": Words(
            "Convoys wait for an escort up to",
            "Time that a convoy waits for an escort before it is cancelled or goes without one. More patience means "
            "more trips with an escort; it costs working time, and teams that come late are missed elsewhere.",
            "waiting queue delay guards cancel",
        ),
    },
    "Closed roads": {
        "policy.closures.per_week": Words(
            "Road closures at flagged sites",
            "Roads closed ahead of convoys, at each site that the world file marks for it. Teams that wait on such a "
            "road are driven away or found; shops and residents lose hours, which feeds resentment.",
            "roadblock blocked traffic shutdown sweep closed",
        ),
        "policy.closures.elsewhere": Words(
            "Road closures at other sites",
            "Roads closed ahead of convoys, at each of the other sites. Teams that wait on such a road are driven "
            "away or found; shops and residents lose hours, which feeds resentment.",
            "roadblock blocked traffic shutdown sweep closed",
        ),
    },
    "Checkpoints": {
        "policy.checkpoints.staffed_share": Words(
            "Checkpoints staffed",
            "Share of the checkpoints where somebody stands. More of them find more teams on their way; they cost "
            "the state money and residents time, which feeds resentment, and teams that know them go round.",
            "roadblock police posts manned search",
        ),
        "policy.checkpoints.placement": Words(
            "Checkpoints stand",
            "Where the checkpoints stand; there are as many of them wherever they do. Where there is no way round, "
            "attackers who know them can't avoid them; elsewhere they take another road.",
            "roadblock location place position posts bypass detour",
            called={
                "world": "as the world file says",
                "random": "anywhere",
                "crossroads": "where most ways meet",
                "no_way_round": "where there is no way round",
            },
        ),
        "policy.checkpoints.thoroughness": Words(
            "Thoroughness of searches",
            "How often each team is looked over at a checkpoint, against today. More thorough searches find more; "
            "they cost the state money and everyone on the road time, which feeds resentment.",
            "checkpoint inspect search roadblock delay",
            unit="times today",
            called=AS_TODAY,
        ),
        "policy.checkpoints.staffed_by": Words(
            "Checkpoints staffed by",
            "Whose people stand at the checkpoints. The army's are taken to find somewhat more; residents resent them "
            "more.",
            "soldiers military police roadblock posts",
            called={"police": "the police", "army": "the army"},
        ),
        "policy.checkpoints.shift_hours": Words(
            "Length of a shift at checkpoints",
            "Time after which the people at a checkpoint are relieved. Tired people overlook more; shorter shifts "
            "cost the state more people.",
            "fatigue tired rest alert vigilance roster",
        ),
    },
    "Sites": {
        "policy.site.perimeter": Words(
            "Fence and cameras around sites",
            "How much of a full perimeter is built around each site. Fewer attackers get in and fewer people die; it "
            "is paid before the budget is split, and walls set a site apart from its neighbours.",
            "perimeter wall barrier cctv hardening access",
        ),
        "policy.site.extra_guards": Words(
            "Extra guards at each site",
            "Guards beyond today's at each site. Fewer attackers get in and fewer people die; they are paid before "
            "the budget is split, and armed people set a site apart from its neighbours.",
            "guard security personnel staff armed hardening",
            called=NONE,
        ),
        "policy.site.exclusion": Words(
            "Exclusion zone around sites",
            "Distance from a site within which nobody may settle or park. Fewer attackers get in; it is paid before "
            "the budget is split, and people who must move away resent it.",
            "standoff buffer perimeter distance settlement eviction",
            called=NONE,
        ),
        "policy.watchtowers.per_site": Words(
            "Watchtowers at each site",
            "Watchtowers at each site. They see teams that come near while these wait for a target; they are paid "
            "before the budget is split, and set a site apart from its neighbours.",
            "tower lookout observation guards perimeter",
            called=NONE,
        ),
    },
    "Watching": {
        "policy.cameras.count": Words(
            "Safe-city cameras (CCTV)",
            "Cameras at hubs, towns and sites, shared out alike over all places. They see teams that wait there, as "
            "far as somebody watches the screens; they cost money, and residents resent being watched.",
            "cctv camera surveillance video monitoring",
            called=NONE,
        ),
        "policy.cameras.monitored": Words(
            "Camera screens watched",
            "Share of the cameras' screens that somebody watches. A camera is only as good as it is watched; people "
            "who watch cost money, and residents resent being watched.",
            "cctv camera surveillance operators command centre control room",
        ),
        "policy.cameras.start": Words(
            "Cameras work from",
            "Day on which the cameras begin to work. Until then they see nothing and cost nothing.",
            "cctv date delivery delay begin surveillance",
            unit="date",
            called=FROM_START,
        ),
        "policy.cameras.ledger": Words(
            "Cameras paid by",
            "Who pays for the cameras. Where the projects pay it is taken before the budget is split, so that less is "
            "left for all else.",
            "cctv money cost funding surveillance",
            called=PAYERS,
        ),
        "policy.drones.crews": Words(
            "Drone crews",
            "Crews that each watch one stretch of road a day from the air. Outside towns they see teams "
            "that come near or wait for a convoy; they cost the state money, and residents resent being watched.",
            "drone uav aerial surveillance air patrol",
            called=NONE,
        ),
        "policy.drones.start": Words(
            "Drones fly from",
            "Day on which the drones begin to fly. Until then they see nothing and cost nothing.",
            "drone uav date delivery delay begin",
            unit="date",
            called=FROM_START,
        ),
        "policy.records.residents": Words(
            "Residents on record",
            "Share of the residents whom the police keep on record. Plots are uncovered more often and re-checks of "
            "staff find more; it costs the state money, and residents resent being watched.",
            "register registration database census privacy id",
        ),
        "policy.records.foreigners": Words(
            "Foreign nationals on record",
            "Share of the foreign nationals outside projects whose address the police keep. They can be watched "
            "over; it costs the state money, and an insider among the record keepers can pass their addresses on.",
            "register registration database addresses privacy leak",
        ),
    },
    "Residents": {
        "policy.community.development": Words(
            "Development programme",
            "Size of the development programme for residents, of a full one. It is meant to lower resentment, over "
            "years; it costs money, and studies have found that such programmes can also raise it.",
            "aid schools jobs hearts minds community grievance",
        ),
        "policy.community.ledger": Words(
            "Development paid by",
            "Who pays for the development programme. Where the projects pay it is taken before the budget is split, "
            "so that less is left for all else.",
            "aid money cost funding community",
            called=PAYERS,
        ),
        "policy.community.civil_society": Words(
            "Dialogue with residents",
            "Size of the dialogue with residents, of a full one. They report more of what they notice, over years; "
            "it costs the state money.",
            "community trust tips informants outreach engagement",
        ),
        "policy.community.local_hiring": Words(
            "Local staff",
            "Number of local staff, against today. More jobs lower resentment; more people have to be checked, and "
            "more of them may help attackers.",
            "jobs employment hiring workers insider community",
            unit="times today",
            called=AS_TODAY,
        ),
    },
    "State forces": {
        "state.special_police.teams": Words(
            "Special police escort teams",
            "Escort teams of the special police in each jurisdiction. More trips have an escort, and the state is "
            "more present; they cost the state money.",
            "guards bodyguards protection convoy units",
            called=NONE,
        ),
        "state.special_police.patrol_share": Words(
            "Special police on patrol",
            "Share of the special police's teams that patrol the roads and escort nobody. They notice teams that "
            "wait; convoys have fewer escorts, and wait longer or go without.",
            "patrols escort teams roads",
        ),
        "state.special_police.capital_founded": Words(
            "Special police of the capital from",
            "Day on which the capital's special police begin to serve. Until then convoys there must do without "
            "their escorts.",
            "founded date begin capital escort",
            unit="date",
            called=FROM_START,
        ),
        "state.army_division.size": Words(
            "Soldiers of the army division",
            "Soldiers who protect the projects by patrols, not as escorts. They notice teams that wait and keep "
            "attackers away; they cost the state money, and each further soldier does less.",
            "troops military army patrols",
            unit="soldier",
            called=NONE,
        ),
        "state.naval.teams": Words(
            "Naval teams on the coast",
            "Teams of the navy in each jurisdiction on the coast. They notice teams that wait there; they cost the "
            "state money, and do nothing inland.",
            "navy maritime port sea boats patrols",
            called=NONE,
        ),
        "state.intelligence.effort": Words(
            "Intelligence work",
            "How much the state's intelligence works against cells, against today. More plots are uncovered before "
            "they are carried out; it costs the state money.",
            "spying informants police investigation counterterrorism plots",
            unit="times today",
            called=AS_TODAY | NONE,
        ),
        "state.coordination.cell": Words(
            "National coordination cell",
            "How much of the gaps a national cell closes between the jurisdictions' police. Fewer escorts and fewer "
            "trails of plotters are lost at their borders; it costs the state money.",
            "handover border cooperation sharing liaison fusion",
        ),
    },
    "Campaigns against cells": {
        "state.offensive.campaigns": Words(
            "Campaigns",
            "Number of campaigns against cells and their hideouts. Each removes cells that hide where it goes; it "
            "costs the state money, drives residents from their homes, and lost cells are replaced in time.",
            "offensive military operation raids army clearing",
            called=NONE,
        ),
        "state.offensive.first_day": Words(
            "First campaign on",
            "Day of the first campaign. A later one leaves the cells alone for longer.",
            "offensive date begin operation",
            unit="date",
            called=FROM_START,
        ),
        "state.offensive.interval": Words(
            "Campaigns every …",
            "Time from one campaign to the next. A shorter one leaves cells less time to be replaced; it drives more "
            "residents from their homes at once.",
            "offensive frequency operation repeat",
        ),
        "state.offensive.districts": Words(
            "Campaigns reach",
            "Jurisdictions in which the campaigns remove cells. Those elsewhere are left alone; where a campaign goes "
            "residents are driven from their homes.",
            "offensive region province area operation",
            called={(): "all jurisdictions"},
        ),
    },
    "Partner country": {
        "policy.partner.teams": Words(
            "The partner's own escort teams",
            "Escort teams of the partner country's own forces, in all. More trips have a strong escort, unasked; "
            "they are disputed, may cost the residents' trust, and the partner pays.",
            "foreign guards contractors troops bodyguards",
            called=NONE,
        ),
        "policy.partner.joint_patrols": Words(
            "Joint escort teams",
            "Escort teams of both countries under the state's command, in all. More trips have a strong escort; they "
            "cost the state money, and residents may trust them less.",
            "mixed foreign guards patrols cooperation",
            called=NONE,
        ),
        "state.equipment.promised": Words(
            "Police equipment promised",
            "Share of what would make all police teams ready that the partner country promises. Ready teams stop "
            "more attacks; it comes late and only in part.",
            "gear donation aid vehicles weapons readiness",
        ),
        "policy.consultation.review_interval": Words(
            "Joint reviews every …",
            "Time between reviews of security by the two governments. Each lifts compliance with the protocol for "
            "some months; it costs the state a little.",
            "consultation meeting committee mechanism diplomatic",
            called=NEVER,
        ),
        "policy.consultation.visit_interval": Words(
            "High-level visits every …",
            "Time between visits of high rank from the partner country. Each lifts compliance with the protocol for "
            "some months; it costs the state a little.",
            "consultation delegation minister diplomatic vip",
            called=NEVER,
        ),
    },
    "Protocol, item by item": {
        "policy.adherence.items.escort": Words(
            "Escort taken along",
            f"How often a convoy takes an escort along, {SCALE}. An escort can stop an attack or keep attackers from "
            "trying; there must be teams enough, or convoys wait and some are cancelled.",
            "guards bodyguards protection sop",
            called=AS_OFTEN,
        ),
        "policy.adherence.items.armour": Words(
            "Armoured vehicles used",
            f"How often a convoy uses an armoured vehicle, {SCALE}. Armour makes attacks less deadly, but hardly less "
            "frequent; there must be vehicles enough, and attackers who see them may choose another target.",
            "armor armored bulletproof cars fleet sop",
            called=AS_OFTEN,
        ),
        "policy.adherence.items.route": Words(
            "Routes varied",
            f"How often a convoy takes another route than the usual one, {SCALE}. A team that waits on the usual "
            "route misses it; near the site all routes meet, so that it can be met there all the same.",
            "road path predictable unpredictable alternate sop",
            called=AS_OFTEN,
        ),
        "policy.adherence.items.time": Words(
            "Departure times varied",
            f"How often a convoy departs at another time than usual, {SCALE}. A team that waits at the usual hour "
            "misses it; how much that helps depends on how widely departures are spread.",
            "schedule routine predictable unpredictable timing sop",
            called=AS_OFTEN,
        ),
        "policy.adherence.items.need_to_know": Words(
            "Movements kept secret",
            f"How often only those who need to know of a movement do, {SCALE}. A team that does not know the route "
            "and hour must guess them; drivers, police and record keepers who help attackers still know.",
            "need-to-know leak leaks secrecy insider information confidential sop",
            called=AS_OFTEN,
        ),
        "policy.adherence.items.closure": Words(
            "Asked-for closures carried out",
            f"How often a road is really closed where the policy asks for it, {SCALE}. Teams that wait there are "
            "driven away or found; shops and residents lose hours, which feeds resentment.",
            "roadblock blocked road sop",
            called=AS_OFTEN,
        ),
        "policy.adherence.items.no_stop": Words(
            "No stops on the way",
            f"How often a convoy drives through without a stop, {SCALE}. It spends less time on the road, where it can "
            "be met; nothing in the model speaks against it.",
            "halt break pause sop rules",
            called=AS_OFTEN,
        ),
    },
}
# Uncertain numbers that the page shows beside the levers.
MIND = {
    "threat.rationality": Words(
        "How well attackers choose",
        "How surely attackers take the target that they think best: at 0 they choose at random, at 60 they nearly "
        "always take it. Careful attackers go where protection is weak, so that protecting one place moves more of "
        "them to another.",
        "rationality quantal response adversary mind target choice displacement",
        unit="on a scale from 0 to 60",
        called={0: "at random"},
        heading="The attacker's mind",
    ),
    "threat.learning": Words(
        "Attackers learn from outcomes",
        "Whether attackers expect more of a kind of target after a success there, and less after a failure. Where "
        "they learn, a protection that works drives them to other targets in time.",
        "learning adapt adversary mind experience displacement",
        heading="The attacker's mind",
    ),
}
WORDS: dict[str, Words] = MIND | {
    path: words._replace(heading=heading) for heading, its in HEADINGS.items() for path, words in its.items()
}
