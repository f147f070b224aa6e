"""Insiders: would-be facilitators in a post, never the whole workforce, and without personal attributes.

Each post (a site and an access class) has a clock of would-be insiders who apply, thinned from all applicants by
the prevalence. A hired one stays until the tenure ends, a re-check finds him, or he is found out after an attack
that he served. The number of applicants that a vacancy takes depends on screening; the clock runs at the highest
rate and is thinned to the true one, so that the same persons apply under every policy. Some turn once they are hired:
no check of applicants can find those.

Who is in post offers help to attackers, passes on movements that he knows of, and serves plots against his site.
"""

import math

from sim import rng
from sim.clock import DAYS_A_YEAR, NO_DAY
from sim.kernel import kernel
from sim.laws import candidates
from sim.record import Record

WORKER, DRIVER, POLICE, RECORD_KEEPER = 0, 1, 2, 3
POSTS = ("site worker", "driver", "police", "record keeper")
POST_SHARES = (0.85, 0.07, 0.05, 0.03)  # of the local staff, assumed
# Every post sees movements and, when it serves a plot, weakens escort and watch (layers.insider_factor).
OPENS_SITE = (1, 0, 1, 0)  # whether it can open perimeter and gate together (assumed)
KNOWS_SECRETS = (0, 1, 1, 1)  # whether it knows of movements that are known only to those who need it (assumed)
BETRAYS = (0, 0, 1, 1)  # whether it hears what the state knows of a plot (assumed)

HISTORY_DAYS = 20 * DAYS_A_YEAR  # clocks begin this long before the epoch, so that the stock is in its steady law
LEAST_ACCEPTED = 0.8  # below any share of applicants that screening accepts: bounds the clock's rate
LEAST_CANDIDATES = 4.0  # clocks run at so many times the base rate or more, for grievance and local hiring to thin
MOST_HIRING = 2.0  # the most that local hiring can be, today = 1: the schema's bound

_TENURE, _SCREEN, _TURNS, _RECHECK = 0, 1, 2, 16

POST = Record(
    "post",
    ("id", "i8", "", "from the names of its site and class"),
    ("site", "i8", "row", "site"),
    ("access", "i8", "code", "site worker, driver, police, record keeper"),
    ("headcount", "f8", "person", "people in such posts"),
    ("number", "i8", "count", "number of the next would-be insider on the post's clock"),
    ("when", "f8", "day", "when he applies, since the epoch"),
)

INSIDER = Record(
    "insider",
    ("active", "i8", "flag", "in post now"),
    ("post", "i8", "row", "post"),
    ("site", "i8", "row", "site"),
    ("access", "i8", "code", "access class of the post"),
    ("number", "i8", "count", "number on the post's clock"),
    ("hired", "f8", "day", "when hired"),
    ("leaves", "f8", "day", "when the tenure ends"),
    ("rechecks", "i8", "count", "re-checks held"),
    ("checked", "f8", "day", "when the last one was due, or when hired"),
)

STAFFED = Record(
    "insiders of a site",
    ("people", "i8", "person", "insiders in post at the site"),
    ("informed", "i8", "person", "of these, drivers, police and record keepers: they know of secret movements"),
    ("official", "i8", "person", "of these, police and record keepers: they hear what is known of a plot"),
)

STOCK = Record(
    "stock of insiders",
    ("people", "i8", "person", "insiders in post, as last counted"),
    ("due", "f8", "day", "before it no insider leaves or is checked again; 0: to be counted anew"),
    ("applicants_due", "f8", "day", "when the next would-be insider applies"),
    ("overflow", "i8", "count", "hires that found no row: an error"),
)


@kernel
def clock_rate(exponent, reference):
    """So many times the base rate a post's clock runs: enough at full grievance and with the most local hiring."""
    return candidates(LEAST_CANDIDATES, MOST_HIRING * math.exp(exponent * (1.0 - reference)))


@kernel(inline=True)
def share_accepted(world, params):
    """Share of applicants that screening accepts; the budget pays for checks, and who is not checked is accepted."""
    checks = world.checks[0]
    missed = params.insider_prevalence * (1.0 - checks.sensitivity * (1.0 - params.insider_turned))
    return missed + (1.0 - params.insider_prevalence) * (1.0 - checks.refused)


@kernel
def settle(world, params, seed, day):
    """Draw the stock anew: replay every post's clock up to a day under the policy that holds now."""
    world.stock[0].due = 0.0
    world.stock[0].applicants_due = 0.0
    for k in range(len(world.insiders)):
        if world.insiders[k].active == 1:
            leave(world, k)
    for p in range(len(world.posts)):
        post = world.posts[p]
        post.number = 0
        post.when = -HISTORY_DAYS + _gap(params, seed, post)
        _apply_until(world, params, seed, p, day, False)


@kernel(inline=True)
def apply(world, params, seed, day):
    """Would-be insiders who apply during a day; on most days nobody does."""
    stock = world.stock[0]
    if stock.applicants_due >= day + 1:
        return
    stock.applicants_due = NO_DAY
    for p in range(len(world.posts)):
        if world.posts[p].when < day + 1:
            _apply_until(world, params, seed, p, day + 1, True)
        stock.applicants_due = min(stock.applicants_due, world.posts[p].when)


@kernel
def _gap(params, seed, post):
    """Days to the next would-be insider at the clock's highest rate."""
    rate = post.headcount * params.insider_turnover * params.insider_prevalence / DAYS_A_YEAR
    rate *= clock_rate(params.insider_grievance_exponent, params.community_Gref) / LEAST_ACCEPTED
    if rate <= 0.0:
        return NO_DAY
    return rng.exponential(seed, rng.POST, post.id, post.number, 0) / rate


@kernel
def _apply_until(world, params, seed, p, until, counted):
    post = world.posts[p]
    thinning = LEAST_ACCEPTED / share_accepted(world, params) * keenness(world, params, post.site)
    thinning /= clock_rate(params.insider_grievance_exponent, params.community_Gref)
    while post.when < until:
        world.outcome[0].candidates_capped += int(counted and thinning > 1.0)
        if rng.uniform(seed, rng.POST, post.id, post.number, 1) < thinning:
            world.outcome[0].insiders_applied += int(counted)
            if _gets_in(world, params, seed, post):
                world.outcome[0].insiders_hired += int(counted)
                _hire(world, params, seed, p, until)
        post.number += 1
        post.when += _gap(params, seed, post)


@kernel
def _gets_in(world, params, seed, post):
    """Whether no check finds him: he passes it, or has not turned yet."""
    turns = rng.uniform(seed, rng.CANDIDATE, post.id, post.number, _TURNS) < params.insider_turned
    return turns or rng.uniform(seed, rng.CANDIDATE, post.id, post.number, _SCREEN) >= world.checks[0].sensitivity


@kernel
def keenness(world, params, site):
    """Would-be insiders among a site's applicants, today = 1: x local hiring x exp(b (G - Gref))."""
    grievance = world.mood[world.sites[site].jurisdiction].grievance
    return params.community_local_hiring * math.exp(
        params.insider_grievance_exponent * (grievance - params.community_Gref)
    )


@kernel
def _hire(world, params, seed, p, until):
    """Hire into a free row, unless he would be gone again before `until`."""
    post = world.posts[p]
    tenure = rng.exponential(seed, rng.CANDIDATE, post.id, post.number, _TENURE)
    leaves = post.when + tenure / params.insider_turnover * DAYS_A_YEAR
    if leaves < until:
        return
    k = 0
    while k < len(world.insiders) and world.insiders[k].active == 1:
        k += 1
    if k == len(world.insiders):
        world.stock[0].overflow += 1
        return
    world.stock[0].due = 0.0
    insider = world.insiders[k]
    insider.active = 1
    insider.post = p
    insider.site = post.site
    insider.access = post.access
    insider.number = post.number
    insider.hired = post.when
    insider.leaves = leaves
    insider.rechecks = 0
    insider.checked = post.when
    _count(world, k, 1)
    _recheck(world, params, seed, k, until)


@kernel
def _count(world, k, change):
    """Keep count of who is in post at a site, so that nobody has to be looked for."""
    staffed = world.staffed[world.insiders[k].site]
    access = world.insiders[k].access
    staffed.people += change
    staffed.informed += change * KNOWS_SECRETS[access]
    staffed.official += change * BETRAYS[access]


@kernel
def leave(world, k):
    """An insider leaves his post, whatever the reason."""
    world.insiders[k].active = 0
    _count(world, k, -1)


@kernel(inline=True)
def stay_or_go(world, params, seed, day):
    """Tenures that end and re-checks that are due during a day; on most days there is none."""
    stock = world.stock[0]
    if stock.due > day + 1:
        world.outcome[0].insider_days += stock.people
        return
    stock.people = 0
    stock.due = NO_DAY
    interval = params.screening_recheck_interval
    for k in range(len(world.insiders)):
        insider = world.insiders[k]
        if insider.active == 0:
            continue
        world.outcome[0].insider_days += 1.0
        if insider.leaves < day + 1:
            leave(world, k)
        elif _recheck(world, params, seed, k, day + 1):
            world.outcome[0].insiders_found += 1
        else:
            stock.people += 1
            next_check = insider.checked + interval if interval > 0 else insider.leaves
            stock.due = min(stock.due, min(insider.leaves, next_check))


@kernel
def _recheck(world, params, seed, k, until):
    """Hold the re-checks that are due before a time; returns whether one found him."""
    interval = params.screening_recheck_interval
    insider = world.insiders[k]
    if interval <= 0:
        return False
    chance = params.screening_recheck_ratio * world.checks[0].sensitivity
    chance += (1.0 - chance) * params.layers_records_found * params.records_residents * world.checks[0].checked
    post_id = world.posts[insider.post].id
    while insider.checked + interval <= until:
        insider.checked += interval
        u = rng.uniform(seed, rng.CANDIDATE, post_id, insider.number, _RECHECK + insider.rechecks)
        insider.rechecks += 1
        if u < chance:
            leave(world, k)
            return True
    return False


@kernel
def waive_arrears(world, params, day):
    """The policy has its own interval from now on: what it would have held in the past is not held now."""
    world.stock[0].due = 0.0
    interval = params.screening_recheck_interval
    if interval <= 0:
        return
    for k in range(len(world.insiders)):
        insider = world.insiders[k]
        insider.checked = insider.hired + interval * math.floor((day - insider.hired) / interval)


@kernel
def in_post(world):
    """Insiders in post at all sites."""
    count = 0
    for site in range(len(world.staffed)):
        count += world.staffed[site].people
    return count


@kernel
def chance_that_one_serves(world, params, site):
    """Chance that at least one insider of a site serves a plot against it."""
    if site < 0:
        return 0.0
    return 1.0 - math.pow(1.0 - params.insider_activation, float(world.staffed[site].people))


@kernel
def passed_on(world, params, site, secret):
    """Chance that an insider of a site passes on a movement; of a secret one not all of them know."""
    knowing = world.staffed[site].informed if secret else world.staffed[site].people
    return 1.0 - math.pow(1.0 - params.insider_passes, float(knowing))


@kernel
def mean_over(world, site, usual, official):
    """Mean over the insiders of a site of what is one thing for the police and record keepers, another for others."""
    staffed = world.staffed[site]
    return (usual * (staffed.people - staffed.official) + official * staffed.official) / staffed.people


@kernel
def leaking_records(world, params):
    """Insiders among record keepers who serve somebody, expected: the leak surface of what is on record."""
    count = 0
    for k in range(len(world.insiders)):
        count += int(world.insiders[k].active == 1 and world.insiders[k].access == RECORD_KEEPER)
    return params.insider_activation * count


@kernel
def row_of(world, post, number):
    """Row of an insider by his post and his number on its clock, -1 where he is no longer in post."""
    for k in range(len(world.insiders)):
        insider = world.insiders[k]
        if insider.active == 1 and insider.post == post and insider.number == number:
            return k
    return -1


@kernel
def nth_at(world, site, n):
    """Row of the n-th insider at a site, in order of the post's id and number, so that rows do not matter."""
    last_post = -1
    last_number = -1
    best = -1
    for _ in range(n + 1):
        best = -1
        for k in range(len(world.insiders)):
            insider = world.insiders[k]
            if insider.active == 0 or insider.site != site:
                continue
            after = insider.post > last_post or (insider.post == last_post and insider.number > last_number)
            if after and (best < 0 or _before(world, k, best)):
                best = k
        last_post = world.insiders[best].post
        last_number = world.insiders[best].number
    return best


@kernel
def nth_of_all(world, n):
    """Row of the n-th insider of all sites, site by site."""
    site = 0
    while n >= world.staffed[site].people:
        n -= world.staffed[site].people
        site += 1
    return nth_at(world, site, n)


@kernel
def _before(world, k, other):
    a = world.insiders[k]
    b = world.insiders[other]
    return a.post < b.post or (a.post == b.post and a.number < b.number)


@kernel
def find_out(world, post, number):
    """An insider is found out after an attack that he served, if he is still in post."""
    k = row_of(world, post, number)
    if k >= 0:
        leave(world, k)
        world.stock[0].due = 0.0
        world.outcome[0].insiders_found += 1


@kernel
def node_of(world, params, k, tick):
    """Road node of an insider: that of his site."""
    return world.sites[world.insiders[k].site].node
