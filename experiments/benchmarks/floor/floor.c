/* The floor of the benchmark: the hot part of the model in one C file, as fast as plain C does it on one thread.
 *
 * For the same seeds it gives the same event counts as sim/ on core.yaml, every integer column of the funnel, of harm,
 * of movements and of insiders: the draws have the same addresses. What cannot change a count is left out:
 *   - institutions: with every feedback off what they compute a day is the same every day, so it comes in as numbers;
 *   - the estimator on top: expected counts (control variates) and mean harm, and with them the worth of plots;
 *   - books: money, hours and person-years, audits, the event log;
 *   - leaks and passengers of movements that no team waits for; the days of a phase whose hazard ends in closed form;
 *   - entries of the agenda: a movement that nothing can disturb is done at one go when its departure is known, an
 *     approach when it begins, and the insiders of a whole run, whose clocks nothing moves, at its beginning.
 * The protocol, escorts, checkpoints, the approach, encounters, screening, engagement and harm are all here.
 *
 * The layout is this file's own: tables of a scenario are laid out once and only read, a replicate's state fits in
 * L1, the agenda is a ring of ticks, and the movements of a day draw together, so that the compiler can run Philox on
 * several addresses at once, and hardly a branch hangs on what they draw. Compile with -ffp-contract=off: a fused multiply-add rounds once where the engine rounds
 * twice, and a position, a tick or a comparison would now and then come out otherwise.
 *
 * floor.py reads the structs below to fill them. It sets LEGS and TEAMS, the most that a route and a jurisdiction of
 * the world have, so that loops over them have a length that the compiler knows.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS_A_DAY = 720, TICKS_AN_HOUR = 30, DAYS_A_YEAR = 365, NEVER = INT32_MAX };

/* Streams of draws, and indices within them: an address must name the same thing as in sim/rng.py. */
enum {
    OPPORTUNITY = 1, PLOT, CHOICE, INTERDICTION, SCREENING, GATE, HARM, MEETING, RECRUITMENT, INITIAL, TRIP, SOP, LEG,
    DISPATCH, POST, CANDIDATE, LEVEL = 18
};
enum { LEAK = 4, STOP = 5, PRIORITY = 6, CANCEL = 7, PASSENGERS = 0, ROUTE_DRAW = 1, SHIFT = 2, HABIT = 3 };
enum { WATCH_DAYS, PREPARE_DAYS, STATION, REMOVED, LOW_DAYS, HELP, WHICH, VEHICLE, AT_END, FOUND };
enum { CLEARED_GATE, WATCH_GATE, ESCORT_GATE, PERIMETER_GATE, COIN = 6, SHARED = 7 };
enum { FATAL, SEVERITY, SECURITY, RESIDENTS };
enum { FIRST_BORDER = 1 << 16, FIRST_TARGET = 16, NOTICED = 2, TENURE = 0, SCREEN = 1, RECHECK = 16 };

/* Items of the protocol, target classes, states. */
enum { ESCORT, ARMOUR, ROUTE, TIME, NEED_TO_KNOW, CLOSURE, NO_STOP, ITEMS };
enum { CONVOY, SITE, OUTING, PRIVATE, NOTHING, CLASSES = 4 };
enum { RESTING, PLANNED, CALLING, MOVING };
enum { EMPTY, IDLE, WATCHING, PREPARING, APPROACHING, WAITING, LYING_LOW };

/* What is on the agenda, in the order in which it happens within a tick. */
enum { TEAM_HOME, CONVOY_CALLS, CONVOY_GIVES_UP, CONVOY_LEAVES, CONVOY_LOSES_ESCORT, PLOT_ARRIVES, PLOT_STRIKES,
       CONVOY_ARRIVES };

/* ---- Tables: everything that stands still, laid out by floor.py. ---- */

typedef struct {
    double chance[8];                /* that an item is followed; the eighth is none */
    double phase, closure_share;     /* share of its movements for which the road is to be closed */
    uint32_t id;
    int32_t site, inbound, jurisdiction, origin, destination, first_route, routes;
    int32_t departure, notice;       /* tick of the day by habit; ticks before it at which an escort is asked for */
    int32_t distance[TEAMS];         /* of its jurisdiction's teams from its start */
} line_t;

typedef struct {
    int32_t first, length;           /* in path */
    int32_t checkpoints, borders;    /* its legs: checkpoints in order, then borders of jurisdictions */
    uint32_t index[LEGS];            /* of a leg's draw */
    int64_t place[LEGS], staffed[LEGS]; /* as wide as a draw, so that the compiler runs all legs at once */
    int64_t border[LEGS];            /* its place, NEVER at a checkpoint */
} route_t;

typedef struct {
    double adherence, detection;
    uint32_t id;
    int32_t staffed;
} checkpoint_t;

typedef struct {
    double stop;                     /* chance that it stops an attack on its convoy */
    int32_t home, serves;            /* base; 0: no team, to fill the jurisdiction's row */
} team_t;

typedef struct {
    double adherence, noticed;       /* hazard a day of a team that waits */
} jurisdiction_t;

typedef struct {
    int32_t vehicles, foreign_staff;
} site_t;

typedef struct {
    double watch[2], meeting;        /* chance that the watch sees a team alone, or served; to meet somebody, a day */
    uint32_t id;
    int32_t target_class, place, site, node, jurisdiction;
} target_t;

typedef struct {
    double log_attraction[4], chance[4];
} group_t;

typedef struct {
    uint32_t id;
    int32_t group, home, jurisdiction;
} slot_t;

typedef struct {
    double rate, thinning;           /* candidates a day on its clock; chance that one is a would-be insider */
    uint32_t id;
    int32_t site, opens;             /* whether it can open perimeter and gate */
} post_t;

typedef struct {
    int32_t lines, jurisdictions, sites, targets, groups, slots, posts, nodes;
    int32_t lanes, ring;             /* most addresses that draw together; ticks of the agenda, a power of 2 */
    int32_t start_day, policy_day, end_day;
    const line_t *line;
    const route_t *route;
    const checkpoint_t *checkpoint;
    const team_t *team;              /* (jurisdictions, TEAMS) */
    const uint32_t *team_id;
    const jurisdiction_t *jurisdiction;
    const site_t *site;
    const target_t *target;
    const group_t *group;
    const slot_t *slot;
    const post_t *post;
    const double *score;             /* (groups, targets): lambda u + log weight; -inf outside the group's regions */
    const double *interdiction;      /* (jurisdictions, jurisdictions): hazard by hideout, target */
    const int32_t *path;
    const int32_t *node_jurisdiction;
    const int32_t *node_checkpoint;  /* -1 where none */
    const int32_t *distance;         /* (sources, nodes) */
    const int32_t *toward;
    double trips_per_week, varied_window, habit_sd, cancel_share, leak_if_not_secret, coordination_gap;
    double delays, mean_delay;       /* a delay at a checkpoint is 0 .. delays - 1 */
    double closures_clear, wait_window, wait_at_ends;
    double fatigue, shift_hours, vigilance, staff;
    double opportunity_gap, recruit_gap, opportunity_interval, recruit_interval;
    double opportunities_rate, recruits_rate, level_sd; /* clocks run at so many times the base rate */
    double watch_mean, prepare_mean, lie_low_mean, removed_if_foiled, removed_if_engaged;
    double log_nothing;              /* of the pull of "nothing" */
    double activation, insider_found, insider_factor, turnover, sensitivity, recheck_interval, recheck_chance;
    double history_days;
    double common_cause, layer[3];   /* d of perimeter, gate, guards */
    double armour_harm, response_effect, response_time, fatal_convoy, fatal_site, fatal_outing, tail_alpha;
    double security_mean, resident_mean, vehicle_share, passengers_min, passengers_mode, passengers_max;
    int32_t severity[7], outing_present, private_present, guards, residents;
    int32_t team_size, responders, ticks_at_attack;
    int32_t patience, stop_ticks;    /* of a convoy that waits for its escort; of a stop on the way */
    int32_t closed_cells, wait_patience, end_cells, first_shift_hour;
} model_t;

/* A year's counts, by the names of sim/outcome.py. */
typedef struct {
    int64_t opportunities, candidates_capped, nothing_chosen, plots, in_progress_start, in_progress_end;
    int64_t foiled_interdiction, foiled_checkpoint, foiled_noticed, foiled_watch, foiled_closure, gave_up;
    int64_t incidents, incidents_convoy, incidents_site, incidents_outing, incidents_private, incidents_en_route;
    int64_t incidents_with_deviation, incidents_with_insider, incidents_past_checkpoint;
    int64_t breached, fatal, fatal_project, deaths_foreign, deaths_foreign_project, deaths_security, deaths_residents;
    int64_t trips_planned, trips, trips_cancelled, trips_with_deviation, deviations, trips_escorted, trips_armoured;
    int64_t teams_busy_most, handovers_failed, insiders_applied, insiders_hired, insiders_found, slot_days;
} counts_t;

/* ---- State of a replicate. ---- */

typedef struct {
    int32_t day, trip;               /* of the next movement or, once planned, of this one */
    int32_t state, followed, route, planned, due, since, team, armoured;
    int32_t stop;                    /* cell of its stop on the way, -1 where none */
    int32_t delay;                   /* ticks that it will stand at checkpoints and at its stop */
    int32_t lost_place, lost_after;  /* where it would lose an escort, NEVER: nowhere; ticks to there */
    int32_t lost_at;
    int32_t waited_for;              /* attacker teams that wait for its line */
    double priority;
    uint64_t order[TEAMS];           /* of its jurisdiction's teams: distance, then the draw that breaks ties */
} convoy_t;

typedef struct {
    double when, recruit_when;       /* next candidates on its two clocks */
    double begun, due, prepare_days; /* begin and end of the phase, or end of lying low; length of the second phase */
    double rate, threshold, hazard;  /* a day, while preparing; at which it is over; gathered while waiting */
    uint32_t number, recruit_number, plot;
    int32_t state, wakes;            /* day on which a clock or a phase next asks for something */
    int32_t target, target_class, insider; /* row of him who serves the plot, -1 where none */
    int32_t station, node, entry, found, passed; /* found: a checkpoint ends the approach; passed: those that missed */
    int32_t tries, day, from, to;    /* left; when last set; window */
} cell_t;

typedef struct {
    int32_t from, gone;              /* in post on the days from .. gone - 1 */
    int32_t caught, opens;           /* gone because a re-check found him */
} insider_t;

typedef struct {
    int32_t day, closed;             /* of a movement; whether its road is to be closed */
} trip_t;

typedef struct {
    uint32_t key;                    /* kind and agent */
    int32_t next;
} entry_t;

typedef struct {
    const model_t *m;
    uint64_t seed;
    int32_t day, tick, overflow;
    int32_t busy, waiting, living;   /* escort teams out, attacker teams in the field, cells that are not empty */
    counts_t *row, *rows, warmup;
    convoy_t *convoy;
    int32_t *vehicles_out;           /* a site */
    uint64_t *taken;                 /* (jurisdictions, TEAMS): all bits of a team that is out */
    int32_t *calling;                /* convoys that wait for an escort, a jurisdiction */
    cell_t *cell;
    insider_t *insider;
    int32_t insiders, room;
    int32_t *first_insider;          /* a site */
    double *level;                   /* log of the threat level, a month */
    int32_t *head;                   /* of a tick's list of entries */
    uint64_t *ticks;                 /* a bit for each tick that has one */
    entry_t *entry;
    int32_t spare;
    trip_t *timetable;               /* (lines, trips) */
    int32_t *first_trip, trips;
    int32_t *today;                  /* lines with a movement today */
    uint32_t *agents, *times, *indices; /* addresses that draw together, and what they draw */
    double *u, *v;
} run_t;

/* ---- Draws. ---- */

/* Ten rounds of Philox4x32 at (stream, agent, time, index), as two numbers of 52 bits in (0, 1). Words stand in 64
 * bits each: so the compiler, where it runs several at once, need not shuffle them for each product. */
static inline void draw_pair(uint64_t seed, uint32_t stream, uint32_t agent, uint32_t time, uint32_t index, double *u,
                             double *v)
{
    uint64_t c0 = stream, c1 = agent, c2 = time, c3 = index;
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (c0 & 0xFFFFFFFFu) * 0xD2511F53u, p1 = (c2 & 0xFFFFFFFFu) * 0xCD9E8D57u;
        c0 = p1 >> 32 ^ c1 ^ k0;
        c1 = p1 & 0xFFFFFFFFu;
        c2 = p0 >> 32 ^ c3 ^ k1;
        c3 = p0 & 0xFFFFFFFFu;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    *u = ((double)(int64_t)(c0 >> 6) * 0x1p26 + (double)(int64_t)(c1 >> 6) + 0.5) * 0x1p-52;
    *v = ((double)(int64_t)(c2 >> 6) * 0x1p26 + (double)(int64_t)(c3 >> 6) + 0.5) * 0x1p-52;
}

/* The same at the n addresses that were asked for; the compiler runs the loop on several at once, and there are
 * always eight to run, be they left over from before. */
static void draw_all(run_t *r, uint32_t stream, int n)
{
    const uint32_t *restrict agent = r->agents, *restrict time = r->times, *restrict index = r->indices;
    double *restrict u = r->u, *restrict v = r->v;
    uint64_t seed = r->seed;
    n = (n + 7) / 8 * 8;
    for (int i = 0; i < n; i++)
        draw_pair(seed, stream, agent[i], time[i], index[i], &u[i], &v[i]);
}

static double uniform(const run_t *r, uint32_t stream, uint32_t agent, uint32_t time, uint32_t index)
{
    double u, v;
    draw_pair(r->seed, stream, agent, time, index, &u, &v);
    return u;
}

static double exponential(const run_t *r, uint32_t stream, uint32_t agent, uint32_t time, uint32_t index)
{
    return -log(uniform(r, stream, agent, time, index));
}

static double gumbel(const run_t *r, uint32_t stream, uint32_t agent, uint32_t time, uint32_t index)
{
    return -log(exponential(r, stream, agent, time, index));
}

static double normal_of(double u, double v)
{
    return sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * v);
}

/* ---- The agenda: a ring with a list for each tick, in order of kind and agent, and a bit for each that is taken. */

static void push(run_t *r, int32_t tick, uint32_t kind, uint32_t agent)
{
    if (tick - r->tick >= r->m->ring || r->spare < 0) {
        r->overflow = 1;
        return;
    }
    int32_t at = tick & (r->m->ring - 1), e = r->spare, *p = &r->head[at];
    uint32_t key = kind << 24 | agent;
    r->spare = r->entry[e].next;
    while (*p >= 0 && r->entry[*p].key <= key)
        p = &r->entry[*p].next;
    r->entry[e] = (entry_t){key, *p};
    *p = e;
    r->ticks[at >> 6] |= 1ull << (at & 63);
}

/* First tick from `tick` on that has an entry, or `end` if that comes first. */
static int32_t next_tick(const run_t *r, int32_t tick, int32_t end)
{
    int32_t words = r->m->ring >> 6;
    uint64_t bits = r->ticks[(tick >> 6) & (words - 1)] & (~0ull << (tick & 63));
    int32_t word = tick >> 6;
    while (!bits) {
        if (++word << 6 >= end)
            return end;
        bits = r->ticks[word & (words - 1)];
    }
    tick = (word << 6) + __builtin_ctzll(bits);
    return tick < end ? tick : end;
}

static uint32_t pop(run_t *r, int32_t tick)
{
    int32_t at = tick & (r->m->ring - 1), e = r->head[at];
    r->head[at] = r->entry[e].next;
    if (r->head[at] < 0)
        r->ticks[at >> 6] &= ~(1ull << (at & 63));
    r->entry[e].next = r->spare;
    r->spare = e;
    return r->entry[e].key;
}

/* ---- Escorts. ---- */

static int32_t reach(const model_t *m, int32_t source, int32_t node)
{
    return m->distance[source * m->nodes + node];
}

static void set_off(run_t *r, int32_t t)
{
    r->taken[t] = ~0ull;
    if (++r->busy > r->row->teams_busy_most)
        r->row->teams_busy_most = r->busy;
}

static void send_home(run_t *r, int32_t tick, int32_t t, int32_t node)
{
    push(r, tick + reach(r->m, r->m->team[t].home, node), TEAM_HOME, t);
}

/* Rank of a team among those that could go: the nearest first, ties by a draw, which has 52 bits. */
static uint64_t order_of(int32_t distance, double tie)
{
    return (uint64_t)distance << 52 | (uint64_t)(tie * 0x1p52);
}

/* Of the free teams of a jurisdiction the one that comes first, -1 where none is free. */
static int32_t first_free(const run_t *r, int32_t jurisdiction, const uint64_t *order)
{
    const uint64_t *taken = &r->taken[jurisdiction * TEAMS];
    uint64_t least = ~0ull;
    int32_t best = -1;
    for (int t = 0; t < TEAMS; t++) {
        uint64_t rank = order[t] | taken[t];
        best = rank < least ? jurisdiction * TEAMS + t : best;
        least = rank < least ? rank : least;
    }
    return best;
}

/* The nearest free teams of the node's jurisdiction drive to an attack; ticks until the first is there. */
static int32_t respond(run_t *r, int32_t node, uint32_t slot_id, uint32_t plot)
{
    const model_t *m = r->m;
    int32_t j = m->node_jurisdiction[node], first = NEVER;
    uint64_t order[TEAMS];
    for (int k = 0; k < TEAMS; k++) {
        const team_t *team = &m->team[j * TEAMS + k];
        double tie = uniform(r, DISPATCH, slot_id, plot, m->team_id[j * TEAMS + k]);
        order[k] = order_of(reach(m, team->home, node), tie);
    }
    for (int k = 0; k < m->responders; k++) {
        int32_t t = first_free(r, j, order);
        if (t < 0)
            break;
        int32_t drive = reach(m, m->team[t].home, node);
        first = drive < first ? drive : first;
        push(r, r->tick + 2 * drive + m->ticks_at_attack, TEAM_HOME, t);
        set_off(r, t);
    }
    return first;
}

/* ---- Convoys. ---- */

static int closure_asked(double share, int32_t trip)
{
    return floor((trip + 1) * share) > floor(trip * share);
}

/* The movements of each line from the first day on, the same in every replicate. */
static void draw_up_timetable(run_t *r)
{
    const model_t *m = r->m;
    for (int i = 0; i < m->lines; i++) {
        const line_t *line = &m->line[i];
        r->first_trip[i] = (int32_t)ceil(m->start_day * m->trips_per_week / 7.0 - line->phase);
        for (int k = 0; k < r->trips; k++) {
            int32_t trip = r->first_trip[i] + k;
            int32_t day = (int32_t)floor((trip + line->phase) * 7.0 / m->trips_per_week);
            r->timetable[i * r->trips + k] = (trip_t){day, closure_asked(line->closure_share, trip)};
        }
    }
}

static const trip_t *on_timetable(const run_t *r, int32_t i)
{
    return &r->timetable[i * r->trips + r->convoy[i].trip - r->first_trip[i]];
}

/* Ask for a movement's draws at n indices, as the next of those that draw together. */
static inline void ask(run_t *r, int at, int32_t i, int n, const uint32_t *restrict index)
{
    uint32_t *restrict agents = &r->agents[at], *restrict times = &r->times[at], *restrict indices = &r->indices[at];
    uint32_t id = r->m->line[i].id, trip = r->convoy[i].trip;
    for (int k = 0; k < n; k++) {
        agents[k] = id;
        times[k] = trip;
        indices[k] = index[k];
    }
}

/* Items of today's movements; returns how many there are. Whether an item is followed is a coin that no processor
 * foresees, so neither here nor in the next two rules does a branch hang on it where a number can. */
static int draw_items(run_t *r)
{
    const model_t *m = r->m;
    int count = 0;
    for (int i = 0; i < m->lines; i++) {
        if (r->convoy[i].day != r->day)
            continue;
        ask(r, 4 * count, i, 4, (const uint32_t[]){0, 1, 2, 3});
        r->today[count++] = i;
    }
    draw_all(r, SOP, 4 * count);
    for (int k = 0; k < count; k++) {
        convoy_t *c = &r->convoy[r->today[k]];
        const line_t *line = &m->line[r->today[k]];
        int32_t mask = 0;
        for (int pair = 0; pair < 4; pair++) {
            mask |= (r->u[4 * k + pair] < line->chance[2 * pair]) << 2 * pair;
            mask |= (r->v[4 * k + pair] < line->chance[2 * pair + 1]) << (2 * pair + 1);
        }
        /* an item that is not asked for counts as followed */
        c->followed = mask | !on_timetable(r, r->today[k])->closed << CLOSURE;
    }
    return count;
}

/* Route, departure and stop of the movements of a day. */
static void draw_departures(run_t *r, int count)
{
    const model_t *m = r->m;
    int32_t dawn = r->day * TICKS_A_DAY;
    for (int k = 0; k < count; k++) {
        uint32_t varied = r->convoy[r->today[k]].followed >> TIME & 1;
        ask(r, 3 * k, r->today[k], 3, (const uint32_t[]){varied ? SHIFT : HABIT, ROUTE_DRAW, STOP});
    }
    draw_all(r, TRIP, 3 * count);
    for (int k = 0; k < count; k++) {
        convoy_t *c = &r->convoy[r->today[k]];
        const line_t *line = &m->line[r->today[k]];
        const double *u = &r->u[3 * k];
        double shift;
        if (c->followed >> TIME & 1)
            shift = (u[0] - 0.5) * m->varied_window * TICKS_AN_HOUR;
        else
            shift = normal_of(u[0], r->v[3 * k]) * m->habit_sd * TICKS_AN_HOUR / 60.0;
        int32_t planned = dawn + line->departure + (int32_t)floor(shift + 0.5);
        int32_t stops = ~c->followed >> NO_STOP & 1;
        c->planned = planned > dawn ? planned : dawn;
        c->route = line->first_route + (int32_t)(u[1] * line->routes) * (c->followed >> ROUTE & 1);
        c->stop = stops ? 1 + (int32_t)(u[2] * (m->route[c->route].length - 2)) : -1;
        c->delay = stops ? m->stop_ticks : 0;
    }
}

/* Legs of a convoy's route at which it draws: only an escort can be lost at a border. */
static int legs_of(const run_t *r, int32_t i)
{
    const convoy_t *c = &r->convoy[i];
    const route_t *route = &r->m->route[c->route];
    return route->checkpoints + route->borders * (c->followed >> ESCORT & 1);
}

/* Delays at checkpoints, and the border at which each would lose an escort. */
static void draw_legs(run_t *r, int count)
{
    const model_t *m = r->m;
    int n = 0;
    for (int k = 0; k < count; k++) {
        const route_t *route = &m->route[r->convoy[r->today[k]].route];
        ask(r, n, r->today[k], LEGS, route->index);
        n += legs_of(r, r->today[k]);
    }
    draw_all(r, LEG, n);
    n = 0;
    for (int k = 0; k < count; k++) {
        convoy_t *c = &r->convoy[r->today[k]];
        const route_t *route = &m->route[c->route];
        const double *u = &r->u[n];
        double delays = m->delays, gap = m->coordination_gap;
        int64_t delay[LEGS], sum = 0, before = 0, place = NEVER;
#pragma GCC unroll 1
        for (int x = 0; x < LEGS; x++) {
            int64_t lost = u[x] < gap ? route->border[x] : NEVER;
            delay[x] = (int64_t)(u[x] * delays) * route->staffed[x];
            sum += delay[x];
            place = lost < place ? lost : place;
        }
#pragma GCC unroll 1
        for (int x = 0; x < LEGS; x++)
            before += route->place[x] < place ? delay[x] : 0;
        c->delay += sum;
        c->lost_place = place;
        c->lost_after = (place < NEVER ? place : 0) + before + (c->stop >= 0 && c->stop < place ? m->stop_ticks : 0);
        n += legs_of(r, r->today[k]);
    }
}

/* Which team would come first to the start of each movement that asks for one. */
static void draw_order(run_t *r, int count)
{
    const model_t *m = r->m;
    int n = 0;
    for (int k = 0; k < count; k++) {
        int32_t i = r->today[k];
        ask(r, n, i, TEAMS, &m->team_id[m->line[i].jurisdiction * TEAMS]);
        n += (r->convoy[i].followed >> ESCORT & 1) * TEAMS;
    }
    draw_all(r, DISPATCH, n);
    n = 0;
    for (int k = 0; k < count; k++) {
        int32_t i = r->today[k];
        for (int t = 0; t < TEAMS; t++)
            r->convoy[i].order[t] = order_of(m->line[i].distance[t], r->u[n + t]);
        n += (r->convoy[i].followed >> ESCORT & 1) * TEAMS;
    }
}

static void set_out_at(run_t *r, int32_t i, int32_t tick);

/* Plan today's movements. */
static void plan(run_t *r)
{
    int count = draw_items(r);
    int32_t dawn = r->day * TICKS_A_DAY;
    draw_departures(r, count);
    draw_legs(r, count);
    draw_order(r, count);
    r->row->trips_planned += count;
    for (int k = 0; k < count; k++)
        r->convoy[r->today[k]].state = PLANNED;
    for (int k = 0; k < count; k++) {
        int32_t i = r->today[k];
        const convoy_t *c = &r->convoy[i];
        if (c->followed >> ESCORT & 1) {
            int32_t asks = c->planned - r->m->line[i].notice;
            push(r, asks > dawn ? asks : dawn, CONVOY_CALLS, i);
        } else {
            set_out_at(r, i, c->planned);
        }
    }
}

/* Tick at which a convoy on the road comes to a position of its route. */
static int32_t tick_at(const run_t *r, int32_t i, int32_t place)
{
    const convoy_t *c = &r->convoy[i];
    const route_t *route = &r->m->route[c->route];
    int32_t tick = c->since + place;
    for (int x = 0; x < route->checkpoints && route->place[x] < place; x++)
        if (route->staffed[x])
            tick += (int32_t)(uniform(r, LEG, r->m->line[i].id, c->trip, x) * r->m->delays);
    return c->stop >= 0 && c->stop < place ? tick + r->m->stop_ticks : tick;
}

static void rest(run_t *r, int32_t i)
{
    convoy_t *c = &r->convoy[i];
    c->state = RESTING;
    c->team = -1;
    for (;;) {
        c->trip++;
        c->day = on_timetable(r, i)->day;
        if (c->day > r->day)
            return;
        r->row->trips_planned++;
        r->row->trips_cancelled++;
    }
}

static void count_movement(run_t *r, const convoy_t *c, int armoured)
{
    int32_t missed = ITEMS - __builtin_popcount(c->followed);
    r->row->trips++;
    r->row->trips_escorted += c->team >= 0;
    r->row->trips_armoured += armoured;
    r->row->deviations += missed;
    r->row->trips_with_deviation += missed > 0;
}

/* Whether nothing can come between a convoy's departure and its arrival on the same day: nobody waits for it, and the
 * other line of its site, the row beside its own, does not want the vehicle that it takes. */
static int undisturbed(const run_t *r, int32_t i, int32_t arrival)
{
    const convoy_t *c = &r->convoy[i], *other = &r->convoy[i ^ 1];
    int32_t site = r->m->line[i].site;
    if (c->waited_for || arrival >= (r->day + 1) * TICKS_A_DAY)
        return 0;
    if (!(c->followed >> ARMOUR & 1) || r->m->site[site].vehicles > 1)
        return 1;
    int still_to_leave = other->state == PLANNED || other->state == CALLING;
    return r->m->site[site].vehicles == 1 && !r->vehicles_out[site] && !(still_to_leave && other->planned <= arrival);
}

/* A convoy will leave at a tick. Undisturbed, all that its movement does is done at once. */
static void set_out_at(run_t *r, int32_t i, int32_t tick)
{
    const model_t *m = r->m;
    convoy_t *c = &r->convoy[i];
    int32_t arrival = tick + m->route[c->route].length - 1 + c->delay;
    if (!undisturbed(r, i, arrival)) {
        c->due = tick;
        push(r, tick, CONVOY_LEAVES, i);
        return;
    }
    count_movement(r, c, c->followed >> ARMOUR & 1);
    if (c->team >= 0 && c->lost_place < NEVER) {
        r->row->handovers_failed++;
        send_home(r, tick + c->lost_after, c->team, m->path[m->route[c->route].first + c->lost_place]);
    } else if (c->team >= 0) {
        send_home(r, arrival, c->team, m->line[i].destination);
    }
    rest(r, i);
}

static void assign(run_t *r, int32_t i, int32_t t)
{
    convoy_t *c = &r->convoy[i];
    int32_t arrival = r->tick + r->m->line[i].distance[t % TEAMS];
    c->team = t;
    set_off(r, t);
    set_out_at(r, i, arrival > c->planned ? arrival : c->planned);
}

static void call(run_t *r, int32_t i)
{
    convoy_t *c = &r->convoy[i];
    int32_t t = first_free(r, r->m->line[i].jurisdiction, c->order);
    c->state = CALLING;
    if (t >= 0) {
        assign(r, i, t);
        return;
    }
    c->priority = uniform(r, TRIP, r->m->line[i].id, c->trip, PRIORITY);
    r->calling[r->m->line[i].jurisdiction]++;
    c->due = c->planned + r->m->patience;
    push(r, c->due, CONVOY_GIVES_UP, i);
}

/* A team is back at its base, and takes the waiting convoy whose turn it is. */
static void come_home(run_t *r, int32_t t)
{
    int32_t jurisdiction = t / TEAMS, best = -1;
    r->busy--;
    r->taken[t] = 0;
    if (!r->calling[jurisdiction])
        return;
    for (int i = 0; i < r->m->lines; i++) {
        const convoy_t *c = &r->convoy[i];
        if (c->state == CALLING && c->team < 0 && r->m->line[i].jurisdiction == jurisdiction &&
            (best < 0 || c->priority < r->convoy[best].priority))
            best = i;
    }
    r->calling[jurisdiction]--;
    assign(r, best, t);
}

static void give_up_waiting(run_t *r, int32_t i)
{
    convoy_t *c = &r->convoy[i];
    const line_t *line = &r->m->line[i];
    if (c->state != CALLING || c->team >= 0 || c->due != r->tick)
        return;
    r->calling[line->jurisdiction]--;
    if (uniform(r, TRIP, line->id, c->trip, CANCEL) < r->m->cancel_share) {
        r->row->trips_cancelled++;
        rest(r, i);
    } else {
        c->followed &= ~(1 << ESCORT);
        set_out_at(r, i, r->tick);
    }
}

static void look_out(run_t *r, int32_t i);

/* A convoy leaves on a road, or with a vehicle, that it has to share. */
static void leave(run_t *r, int32_t i)
{
    const model_t *m = r->m;
    convoy_t *c = &r->convoy[i];
    int32_t site = m->line[i].site, arrival = r->tick + m->route[c->route].length - 1 + c->delay;
    if (undisturbed(r, i, arrival)) {
        set_out_at(r, i, r->tick);
        return;
    }
    c->state = MOVING;
    c->since = r->tick;
    c->due = arrival;
    c->armoured = c->followed >> ARMOUR & 1 && r->vehicles_out[site] < m->site[site].vehicles;
    r->vehicles_out[site] += c->armoured;
    c->followed &= c->armoured ? ~0 : ~(1 << ARMOUR);
    count_movement(r, c, c->armoured);
    push(r, c->due, CONVOY_ARRIVES, i);
    c->lost_at = -1;
    if (c->team >= 0 && c->lost_place < NEVER) {
        c->lost_at = r->tick + c->lost_after;
        push(r, c->lost_at, CONVOY_LOSES_ESCORT, i);
    }
    if (c->waited_for)
        look_out(r, i);
}

static void lose_escort(run_t *r, int32_t i)
{
    convoy_t *c = &r->convoy[i];
    if (c->state != MOVING || c->team < 0 || c->lost_at != r->tick)
        return;
    r->row->handovers_failed++;
    send_home(r, r->tick, c->team, r->m->path[r->m->route[c->route].first + c->lost_place]);
    c->team = -1;
}

static void end_movement(run_t *r, int32_t i, int32_t node)
{
    convoy_t *c = &r->convoy[i];
    if (c->team >= 0)
        send_home(r, r->tick, c->team, node);
    r->vehicles_out[r->m->line[i].site] -= c->armoured;
    c->armoured = 0;
    rest(r, i);
}

static void arrive(run_t *r, int32_t i)
{
    if (r->convoy[i].state == MOVING && r->convoy[i].due == r->tick)
        end_movement(r, i, r->m->line[i].destination);
}

/* ---- Insiders: nothing in the run touches their clocks, so all who come are known when a replicate begins. ---- */

static counts_t *row_of_day(run_t *r, int32_t day)
{
    int32_t past = day - r->m->policy_day;
    return past >= 0 && day < r->m->end_day ? &r->rows[past / DAYS_A_YEAR] : &r->warmup;
}

/* First day on which he is no longer in post: his tenure ends, or a re-check finds him before. */
static int32_t last_day(const run_t *r, const post_t *post, uint32_t number, double hired, double leaves, int *caught)
{
    const model_t *m = r->m;
    int32_t gone = leaves < m->end_day ? (int32_t)floor(leaves) : m->end_day;
    double checked = hired;
    *caught = 0;
    if (m->recheck_interval <= 0)
        return gone;
    for (uint32_t k = 0;; k++) {
        checked += m->recheck_interval;
        double day = ceil(checked) - 1.0;
        if (day >= gone)
            return gone;
        if (uniform(r, CANDIDATE, post->id, number, RECHECK + k) < m->recheck_chance) {
            *caught = 1;
            return (int32_t)day;
        }
    }
}

static void hire(run_t *r, const post_t *post, uint32_t number, double hired, double leaves)
{
    int caught;
    int32_t gone = last_day(r, post, number, hired, leaves, &caught);
    if (gone < r->m->start_day || gone <= floor(hired))
        return;
    if (r->insiders == r->room) {
        r->room *= 2;
        r->insider = realloc(r->insider, r->room * sizeof *r->insider);
    }
    r->insider[r->insiders++] = (insider_t){(int32_t)floor(hired), gone, caught, post->opens};
    if (caught)
        row_of_day(r, gone)->insiders_found++;
}

static void settle(run_t *r)
{
    const model_t *m = r->m;
    int32_t site = -1;
    r->insiders = 0;
    for (int p = 0; p < m->posts; p++) {
        const post_t *post = &m->post[p];
        while (site < post->site)
            r->first_insider[++site] = r->insiders;
        if (post->rate <= 0.0)
            continue;
        double when = -m->history_days + exponential(r, POST, post->id, 0, 0) / post->rate;
        for (uint32_t number = 0; when < m->end_day; when += exponential(r, POST, post->id, ++number, 0) / post->rate) {
            counts_t *row = row_of_day(r, (int32_t)floor(when));
            row->candidates_capped += post->thinning > 1.0;
            if (uniform(r, POST, post->id, number, 1) >= post->thinning)
                continue;
            row->insiders_applied++;
            if (uniform(r, CANDIDATE, post->id, number, SCREEN) < m->sensitivity)
                continue;
            row->insiders_hired++;
            double tenure = exponential(r, CANDIDATE, post->id, number, TENURE);
            hire(r, post, number, when, when + tenure / m->turnover * DAYS_A_YEAR);
        }
    }
    while (site < m->sites)
        r->first_insider[++site] = r->insiders;
}

static int in_post(const run_t *r, int32_t k, int32_t day)
{
    return r->insider[k].from <= day && day < r->insider[k].gone;
}

static int32_t count_at(const run_t *r, int32_t site, int32_t day)
{
    int32_t count = 0;
    for (int k = r->first_insider[site]; k < r->first_insider[site + 1]; k++)
        count += in_post(r, k, day);
    return count;
}

/* In order of post and number, which is the order in which they came in. */
static int32_t nth_at(const run_t *r, int32_t site, int32_t day, int32_t n)
{
    int32_t k = r->first_insider[site];
    while (n -= in_post(r, k, day), n >= 0)
        k++;
    return k;
}

static void find_out(run_t *r, int32_t k)
{
    if (r->insider[k].caught)
        row_of_day(r, r->insider[k].gone)->insiders_found--;
    r->insider[k].gone = r->day;
    r->insider[k].caught = 0;
    r->row->insiders_found++;
}

/* ---- Attackers: clocks, choice, preparation. ---- */

static uint32_t id_of(const run_t *r, int32_t s)
{
    return r->m->slot[s].id;
}

static double gap(const run_t *r, int32_t s)
{
    return exponential(r, OPPORTUNITY, id_of(r, s), r->cell[s].number, 0) * r->m->opportunity_gap;
}

static double recruit_gap(const run_t *r, int32_t s)
{
    return exponential(r, RECRUITMENT, id_of(r, s), r->cell[s].recruit_number, 0) * r->m->recruit_gap;
}

/* A plot is over: the cell is lost, or lies low. */
static void end_plot(run_t *r, int32_t s, double time, double removed)
{
    cell_t *a = &r->cell[s];
    if (a->state == WAITING) {
        r->waiting--;
        if (a->target_class == CONVOY)
            r->convoy[r->m->target[a->target].place].waited_for--;
    }
    if (uniform(r, PLOT, id_of(r, s), a->plot, REMOVED) < removed) {
        a->state = EMPTY;
        r->living--;
    } else {
        a->state = LYING_LOW;
        a->due = time + exponential(r, PLOT, id_of(r, s), a->plot, LOW_DAYS) * r->m->lie_low_mean;
    }
}

static void foil(run_t *r, int32_t s, double time)
{
    end_plot(r, s, time, r->m->removed_if_foiled);
}

static void begin_phase(run_t *r, int32_t s, double time, double days, int phase)
{
    cell_t *a = &r->cell[s];
    a->state = phase == 0 ? WATCHING : PREPARING;
    a->begun = time;
    a->due = time + days;
    a->threshold = exponential(r, INTERDICTION, id_of(r, s), a->plot, phase);
}

static int32_t choose_class(const run_t *r, int32_t s, int may_pass)
{
    const group_t *group = &r->m->group[r->m->slot[s].group];
    uint32_t id = id_of(r, s), plot = r->cell[s].plot;
    int32_t best = NOTHING;
    double most = may_pass ? r->m->log_nothing + gumbel(r, CHOICE, id, plot, NOTHING) : -1e300;
    for (int c = 0; c < CLASSES; c++) {
        double score = group->log_attraction[c] + gumbel(r, CHOICE, id, plot, c);
        if (score > most) {
            best = c;
            most = score;
        }
    }
    return best;
}

static int32_t choose_target(const run_t *r, int32_t s, int32_t target_class)
{
    const model_t *m = r->m;
    const double *base = &m->score[m->slot[s].group * m->targets];
    int32_t best = -1;
    double most = -INFINITY;
    for (int t = 0; t < m->targets; t++) {
        if (m->target[t].target_class != target_class || base[t] == -INFINITY)
            continue;
        double score = base[t] + gumbel(r, CHOICE, id_of(r, s), r->cell[s].plot, FIRST_TARGET + m->target[t].id);
        if (score > most) {
            best = t;
            most = score;
        }
    }
    return best;
}

static void choose(run_t *r, int32_t s, double time, int may_pass)
{
    const model_t *m = r->m;
    cell_t *a = &r->cell[s];
    uint32_t id = id_of(r, s);
    int32_t drawn = choose_class(r, s, may_pass);
    if (drawn == NOTHING) {
        r->row->nothing_chosen++;
        return;
    }
    a->target_class = drawn;
    a->target = choose_target(r, s, drawn);
    r->row->plots++;
    const target_t *target = &m->target[a->target];
    a->insider = -1;
    int32_t count = target->site >= 0 ? count_at(r, target->site, r->day) : 0;
    if (count && uniform(r, PLOT, id, a->plot, HELP) < 1.0 - pow(1.0 - m->activation, count))
        a->insider = nth_at(r, target->site, r->day, (int32_t)(uniform(r, PLOT, id, a->plot, WHICH) * count));
    a->rate = m->interdiction[m->slot[s].jurisdiction * m->jurisdictions + target->jurisdiction];
    a->prepare_days = exponential(r, PLOT, id, a->plot, PREPARE_DAYS) * m->prepare_mean;
    begin_phase(r, s, time, exponential(r, PLOT, id, a->plot, WATCH_DAYS) * m->watch_mean, 0);
}

static void meet_candidate(run_t *r, int32_t s)
{
    const model_t *m = r->m;
    cell_t *a = &r->cell[s];
    double rate = exp(r->level[(int32_t)(r->day / (DAYS_A_YEAR / 12.0))]);
    r->row->candidates_capped += rate > m->opportunities_rate;
    if (uniform(r, OPPORTUNITY, id_of(r, s), a->number, 1) < fmin(1.0, rate / m->opportunities_rate)) {
        r->row->opportunities++;
        a->plot = a->number;
        choose(r, s, a->when, 1);
    }
}

/* ---- The approach, with its checkpoints. ---- */

static double chance_of_finding(const model_t *m, const checkpoint_t *post, int32_t tick)
{
    if (!post->staffed)
        return 0.0;
    double hours = fmod((double)(tick % TICKS_A_DAY) / TICKS_AN_HOUR - m->first_shift_hour, m->shift_hours);
    double rested = fmax(0.0, 1.0 - m->fatigue * (hours < 0.0 ? hours + m->shift_hours : hours));
    return fmin(1.0, post->adherence * rested * m->vigilance * m->staff) * post->detection;
}

/* Where a team waits for a line: in the middle 80 % of the habitual route, or on the last cells before the site. */
static int32_t station(const run_t *r, int32_t s, int32_t i)
{
    const model_t *m = r->m;
    const route_t *route = &m->route[m->line[i].first_route];
    int32_t last = route->length - 1;
    double u = uniform(r, PLOT, id_of(r, s), r->cell[s].plot, STATION);
    int32_t place = (int32_t)((0.1 + 0.8 * u) * last);
    if (uniform(r, PLOT, id_of(r, s), r->cell[s].plot, AT_END) < m->wait_at_ends) {
        place = (int32_t)(u * (last < m->end_cells ? last : m->end_cells));
        if (m->line[i].inbound)
            place = last - place;
    }
    return m->path[route->first + place];
}

/* Set out from the hideout. Nobody sees the team on its way but the checkpoints, so where it ends is known now. */
static void set_out(run_t *r, int32_t s, double time)
{
    const model_t *m = r->m;
    cell_t *a = &r->cell[s];
    const target_t *target = &m->target[a->target];
    int32_t home = m->slot[s].home, begun = (int32_t)(time * TICKS_A_DAY);
    a->station = a->node = a->target_class == CONVOY ? station(r, s, target->place) : target->node;
    if (a->insider >= 0 && !in_post(r, a->insider, r->day))
        a->insider = -1;
    a->state = APPROACHING;
    a->entry = begun + reach(m, home, a->node);
    a->found = 0;
    a->passed = 0;
    /* From the far end back: what a checkpoint nearer home does comes first and overrules what lies beyond it. */
    int32_t distance = reach(m, home, a->node);
    for (int32_t here = a->node, away = distance; away > 0 || away == distance; away--) {
        int32_t at = m->node_checkpoint[here];
        if (at >= 0) {
            const checkpoint_t *post = &m->checkpoint[at];
            a->passed += post->staffed;
            if (uniform(r, SCREENING, id_of(r, s), a->plot, post->id) < chance_of_finding(m, post, begun + away)) {
                a->found = 1;
                a->entry = begun + away;
            }
        }
        here = m->toward[home * m->nodes + here];
    }
    push(r, a->entry, PLOT_ARRIVES, s);
}

/* ---- The clocks and phases of a cell. ---- */

static void set_wake(run_t *r, int32_t s)
{
    cell_t *a = &r->cell[s];
    double next = fmin(a->when, a->recruit_when);
    if (a->state == WATCHING || a->state == PREPARING)
        next = fmin(next, fmin(a->due, a->begun + a->threshold / a->rate));
    a->wakes = (int32_t)floor(next);
}

static void end_phase(run_t *r, int32_t s, double end, int stopped)
{
    cell_t *a = &r->cell[s];
    if (stopped) {
        r->row->foiled_interdiction++;
        foil(r, s, end);
    } else if (a->state == WATCHING) {
        begin_phase(r, s, end, a->prepare_days, 1);
    } else {
        set_out(r, s, end);
    }
}

static void wake(run_t *r, int32_t s)
{
    cell_t *a = &r->cell[s];
    double tomorrow = r->day + 1;
    while (a->recruit_when < tomorrow) {
        if (a->state == EMPTY &&
            uniform(r, RECRUITMENT, id_of(r, s), a->recruit_number, 1) * r->m->recruits_rate < 1.0) {
            a->state = IDLE;
            r->living++;
        }
        a->recruit_number++;
        a->recruit_when += recruit_gap(r, s);
    }
    while (a->when < tomorrow) {
        if (a->state == LYING_LOW && a->due <= a->when)
            a->state = IDLE;
        if (a->state == IDLE)
            meet_candidate(r, s);
        a->number++;
        a->when += gap(r, s);
    }
    while (a->state == WATCHING || a->state == PREPARING) {
        int stopped = a->rate * (a->due - a->begun) >= a->threshold;
        double end = stopped ? a->begun + a->threshold / a->rate : a->due;
        if (end >= tomorrow)
            break;
        end_phase(r, s, end, stopped);
    }
    set_wake(r, s);
}

/* ---- Teams in the field. ---- */

static int32_t index_on_route(const model_t *m, int32_t route, int32_t node)
{
    const int32_t *path = &m->path[m->route[route].first];
    for (int place = 0; place < m->route[route].length; place++)
        if (path[place] == node)
            return place;
    return -1;
}

/* Set the window around the habitual time on the habitual route, or where and when a known convoy will pass. */
static void wait_for_convoy(run_t *r, int32_t s, int32_t i)
{
    const model_t *m = r->m;
    cell_t *a = &r->cell[s];
    const line_t *line = &m->line[i];
    const convoy_t *c = &r->convoy[i];
    const route_t *habit = &m->route[line->first_route], *route = &m->route[c->route];
    if (c->day != r->day || c->state == RESTING)
        return;
    a->tries--;
    a->node = a->station;
    int32_t dawn = r->day * TICKS_A_DAY, place = index_on_route(m, line->first_route, a->station), before = 0;
    for (int x = 0; x < habit->checkpoints; x++)
        before += habit->place[x] < place;
    double half = m->wait_window * TICKS_AN_HOUR / 120.0;
    double middle = dawn + line->departure + place + (int32_t)(before * m->mean_delay);
    a->from = (int32_t)ceil(middle - half);
    a->to = (int32_t)floor(middle + half);
    int leaked = !(c->followed >> NEED_TO_KNOW & 1) &&
                 uniform(r, TRIP, line->id, c->trip, LEAK) < m->leak_if_not_secret;
    if (leaked || a->insider >= 0) {
        double share = (double)place / (habit->length - 1);
        a->node = m->path[route->first + (int32_t)(share * (route->length - 1))];
        a->from = dawn;
        a->to = dawn + 2 * TICKS_A_DAY;
    }
}

static void wait_in_town(run_t *r, int32_t s)
{
    cell_t *a = &r->cell[s];
    double chance = r->m->target[a->target].meeting;
    a->tries--;
    double u = uniform(r, MEETING, id_of(r, s), a->plot, a->tries);
    if (u < chance) {
        a->entry = r->day * TICKS_A_DAY + (int32_t)((8.0 + 12.0 * u / chance) * TICKS_AN_HOUR);
        push(r, a->entry, PLOT_STRIKES, s);
    }
}

/* Each morning: noticed, out of patience, or set for today's window. */
static void stand(run_t *r)
{
    const model_t *m = r->m;
    for (int s = 0; s < m->slots; s++) {
        cell_t *a = &r->cell[s];
        if (a->state != WAITING || a->day == r->day)
            continue;
        const target_t *target = &m->target[a->target];
        a->hazard += m->jurisdiction[target->jurisdiction].noticed;
        if (a->hazard >= a->threshold) {
            r->row->foiled_noticed++;
            foil(r, s, r->day);
        } else if (a->tries <= 0) {
            r->row->gave_up++;
            r->waiting--;
            if (a->target_class == CONVOY)
                r->convoy[target->place].waited_for--;
            a->state = IDLE;
        } else if (a->target_class == CONVOY) {
            wait_for_convoy(r, s, target->place);
        } else {
            wait_in_town(r, s);
        }
    }
}

/* A convoy leaves: who waits for it on its route and in the window will meet it; longer if word has it that it stops. */
static void look_out(run_t *r, int32_t i)
{
    for (int s = 0; s < r->m->slots; s++) {
        cell_t *a = &r->cell[s];
        if (a->state != WAITING || a->target_class != CONVOY || r->m->target[a->target].place != i || a->to < r->tick)
            continue;
        int32_t here = index_on_route(r->m, r->convoy[i].route, a->node);
        if (here < 0)
            continue;
        int32_t passes = tick_at(r, i, here), stop = r->convoy[i].stop;
        if (a->from <= passes && (passes <= a->to || (stop >= 0 && stop < here))) {
            a->entry = passes;
            push(r, passes, PLOT_STRIKES, s);
        }
    }
}

/* ---- Engagement and harm. ---- */

static int32_t passengers(const run_t *r, int32_t i)
{
    const model_t *m = r->m;
    double u = uniform(r, TRIP, m->line[i].id, r->convoy[i].trip, PASSENGERS);
    double low = m->passengers_min, mode = m->passengers_mode, high = m->passengers_max, width = high - low;
    double drawn = low;
    if (width > 0)
        drawn = u * width < mode - low ? low + sqrt(u * width * (mode - low)) : high - sqrt((1.0 - u) * width * (high - mode));
    int32_t people = (int32_t)(drawn + 0.5), staff = m->site[m->line[i].site].foreign_staff;
    return people < staff ? people : staff;
}

static int32_t deaths_of(const model_t *m, double u, int32_t most)
{
    if (m->tail_alpha > 1.0) {
        double deaths = -log(1.0 - u) / (m->tail_alpha - 1.0);
        return deaths >= log((double)most) ? most : (int32_t)exp(deaths);
    }
    int32_t deaths = m->severity[(int32_t)(u * 7)];
    return deaths < most ? deaths : most;
}

static int32_t poisson(double mean, double u, int32_t most)
{
    double term = exp(-mean), below = term;
    int32_t count = 0;
    while (u >= below && count < most) {
        count++;
        term *= mean / count;
        below += term;
    }
    return count;
}

/* Whether an attack on a site gets past the layers that an insider leaves standing. */
static int past_layers(const run_t *r, int32_t s)
{
    const model_t *m = r->m;
    const cell_t *a = &r->cell[s];
    uint32_t id = id_of(r, s);
    double adherence = m->jurisdiction[m->target[a->target].jurisdiction].adherence;
    int shared = uniform(r, GATE, id, a->plot, COIN) < m->common_cause;
    int works = uniform(r, GATE, id, a->plot, SHARED) < adherence;
    for (int layer = a->insider >= 0 && r->insider[a->insider].opens ? 2 : 0; layer < 3; layer++) {
        double u = uniform(r, GATE, id, a->plot, PERIMETER_GATE + layer);
        if (shared ? works && u < m->layer[layer] : u < adherence * m->layer[layer])
            return 0;
    }
    return 1;
}

static int breaches(const run_t *r, int32_t s)
{
    const cell_t *a = &r->cell[s];
    if (a->target_class == SITE)
        return past_layers(r, s);
    if (a->target_class != CONVOY)
        return 1;
    int32_t team = r->convoy[r->m->target[a->target].place].team;
    double chance = team >= 0 ? r->m->team[team].stop : 0.0;
    if (a->insider >= 0)
        chance *= r->m->insider_factor;
    return uniform(r, GATE, id_of(r, s), a->plot, ESCORT_GATE) >= chance;
}

static void harm(run_t *r, int32_t s, double left)
{
    const model_t *m = r->m;
    const cell_t *a = &r->cell[s];
    counts_t *row = r->row;
    uint32_t id = id_of(r, s);
    int32_t place = m->target[a->target].place, most, guards = 0, deaths = 0;
    double fatal;
    if (a->target_class == CONVOY) {
        most = passengers(r, place);
        fatal = m->fatal_convoy * left * (r->convoy[place].armoured ? m->armour_harm : 1.0);
        guards = r->convoy[place].team >= 0 ? m->team_size : 0;
    } else if (a->target_class == SITE) {
        most = m->site[place].foreign_staff;
        fatal = m->fatal_site * left;
        guards = m->guards;
    } else {
        most = a->target_class == OUTING ? m->outing_present : m->private_present;
        fatal = m->fatal_outing * left;
    }
    int breached = breaches(r, s);
    if (breached && uniform(r, HARM, id, a->plot, FATAL) < fatal)
        deaths = deaths_of(m, uniform(r, HARM, id, a->plot, SEVERITY), most);
    row->breached += breached;
    row->fatal += deaths > 0;
    row->deaths_foreign += deaths;
    row->deaths_security += poisson(m->security_mean * left, uniform(r, HARM, id, a->plot, SECURITY), guards);
    row->deaths_residents += poisson(m->resident_mean * left, uniform(r, HARM, id, a->plot, RESIDENTS), m->residents);
    if (a->target_class <= OUTING) {
        row->fatal_project += deaths > 0;
        row->deaths_foreign_project += deaths;
    }
}

static void count_incident(run_t *r, int32_t s)
{
    const cell_t *a = &r->cell[s];
    counts_t *row = r->row;
    row->incidents++;
    row->incidents_with_insider += a->insider >= 0;
    row->incidents_past_checkpoint += a->passed > 0;
    switch (a->target_class) {
    case CONVOY:
        row->incidents_convoy++;
        row->incidents_en_route++;
        row->incidents_with_deviation += r->convoy[r->m->target[a->target].place].followed != (1 << ITEMS) - 1;
        break;
    case SITE:
        row->incidents_site++;
        break;
    case OUTING:
        row->incidents_outing++;
        row->incidents_en_route++;
        break;
    default:
        row->incidents_private++;
        row->incidents_en_route += uniform(r, PLOT, id_of(r, s), a->plot, VEHICLE) < r->m->vehicle_share;
    }
}

/* Whether the road was closed and cleared where the team stands: the cells at the site's end of the route. */
static int cleared(const run_t *r, int32_t s)
{
    const model_t *m = r->m;
    const cell_t *a = &r->cell[s];
    int32_t i = m->target[a->target].place;
    const convoy_t *c = &r->convoy[i];
    if (!(c->followed >> CLOSURE & 1) || !on_timetable(r, i)->closed)
        return 0;
    int32_t from_site = index_on_route(m, c->route, a->node);
    if (m->line[i].inbound)
        from_site = m->route[c->route].length - 1 - from_site;
    return from_site < m->closed_cells && uniform(r, GATE, id_of(r, s), a->plot, CLEARED_GATE) < m->closures_clear;
}

static void attempt(run_t *r, int32_t s)
{
    const model_t *m = r->m;
    cell_t *a = &r->cell[s];
    const target_t *target = &m->target[a->target];
    double time = (double)r->tick / TICKS_A_DAY;
    if (a->target_class == CONVOY && cleared(r, s)) {
        r->row->foiled_closure++;
        foil(r, s, time);
        return;
    }
    if (uniform(r, GATE, id_of(r, s), a->plot, WATCH_GATE) < target->watch[a->insider >= 0]) {
        r->row->foiled_watch++;
        foil(r, s, time);
        return;
    }
    count_incident(r, s);
    int32_t first = respond(r, a->node, id_of(r, s), a->plot);
    harm(r, s, first == NEVER ? 1.0 : 1.0 - m->response_effect * exp(-(first * 2.0) / m->response_time));
    if (a->target_class == CONVOY)
        end_movement(r, target->place, a->node);
    if (a->insider >= 0 && in_post(r, a->insider, r->day) &&
        uniform(r, PLOT, id_of(r, s), a->plot, FOUND) < m->insider_found)
        find_out(r, a->insider);
    end_plot(r, s, time, m->removed_if_engaged);
}

/* The approach ends: found at a checkpoint, at a site that is attacked at once, or where the team will wait. */
static void end_approach(run_t *r, int32_t s)
{
    cell_t *a = &r->cell[s];
    if (a->found) {
        r->row->foiled_checkpoint++;
        foil(r, s, (double)r->tick / TICKS_A_DAY);
    } else if (a->target_class == SITE) {
        attempt(r, s);
    } else {
        a->state = WAITING;
        a->tries = r->m->wait_patience;
        a->day = r->day;
        a->from = 0;
        a->to = -1;
        a->hazard = 0.0;
        a->threshold = exponential(r, INTERDICTION, id_of(r, s), a->plot, NOTICED);
        r->waiting++;
        if (a->target_class == CONVOY)
            r->convoy[r->m->target[a->target].place].waited_for++;
    }
}

static void strike(run_t *r, int32_t s)
{
    const cell_t *a = &r->cell[s];
    if (a->state != WAITING || a->entry != r->tick)
        return;
    if (a->target_class == CONVOY && r->convoy[r->m->target[a->target].place].state != MOVING)
        return;
    attempt(r, s);
}

/* ---- A replicate. ---- */

/* Draw a cell's state in proportion to the mean time that a cycle spends in it. */
static void begin_cell(run_t *r, int32_t s)
{
    const model_t *m = r->m;
    cell_t *a = &r->cell[s];
    const group_t *group = &m->group[m->slot[s].group];
    double day = m->start_day;
    memset(a, 0, sizeof *a);
    for (a->when = gap(r, s); a->when < day; a->when += gap(r, s))
        a->number++;
    for (a->recruit_when = recruit_gap(r, s); a->recruit_when < day; a->recruit_when += recruit_gap(r, s))
        a->recruit_number++;

    double hazard = m->interdiction[m->slot[s].jurisdiction * (m->jurisdictions + 1)];
    double through_watch = 1.0 / (1.0 + hazard * m->watch_mean);
    double through = through_watch / (1.0 + hazard * m->prepare_mean);
    double removed = (1.0 - through) * m->removed_if_foiled + through * m->removed_if_engaged;
    double nothing = 1.0;
    for (int c = 0; c < CLASSES; c++)
        nothing -= group->chance[c];
    double idle = m->opportunity_interval / fmax(1e-9, 1.0 - nothing);
    double watch = through_watch * m->watch_mean, prepare = through * m->prepare_mean;
    double low = (1.0 - removed) * m->lie_low_mean, empty = removed * m->recruit_interval;
    double u = uniform(r, INITIAL, id_of(r, s), 0, 0) * (idle + watch + prepare + low + empty);
    a->state = IDLE;
    if (u < empty) {
        a->state = EMPTY;
    } else if (u < empty + low) {
        a->state = LYING_LOW;
        a->due = day + exponential(r, INITIAL, id_of(r, s), 0, 1) * m->lie_low_mean;
    } else if (u < empty + low + watch + prepare) {
        a->plot = a->number - 1; /* before the epoch: 2^32 - 1 */
        choose(r, s, day, 0);
        if (a->state == WATCHING && u >= empty + low + watch)
            begin_phase(r, s, day, a->prepare_days, 1);
    }
    r->living += a->state != EMPTY;
    set_wake(r, s);
}

static void begin(run_t *r)
{
    const model_t *m = r->m;
    int32_t months = (int32_t)(m->end_day / (DAYS_A_YEAR / 12.0)) + 1;
    double kept = exp(-1.0 / 12.0), fresh = m->level_sd * sqrt(1.0 - kept * kept), u, v;
    memset(&r->warmup, 0, sizeof r->warmup);
    r->row = &r->warmup;
    r->day = m->start_day - 1;
    r->tick = m->start_day * TICKS_A_DAY;
    r->busy = r->waiting = r->living = r->overflow = 0;
    for (int k = 0; k < months; k++) {
        draw_pair(r->seed, LEVEL, 0, k, 0, &u, &v);
        r->level[k] = k ? kept * r->level[k - 1] + fresh * normal_of(u, v) : m->level_sd * normal_of(u, v);
    }
    memset(r->head, -1, m->ring * sizeof *r->head);
    memset(r->ticks, 0, (m->ring >> 6) * sizeof *r->ticks);
    r->spare = 0;
    for (int e = 0; e < m->ring; e++)
        r->entry[e].next = e + 1 < m->ring ? e + 1 : -1;
    memset(r->vehicles_out, 0, m->sites * sizeof *r->vehicles_out);
    memset(r->calling, 0, m->jurisdictions * sizeof *r->calling);
    for (int t = 0; t < m->jurisdictions * TEAMS; t++)
        r->taken[t] = m->team[t].serves ? 0 : ~0ull;
    settle(r);
    for (int i = 0; i < m->lines; i++) {
        convoy_t *c = &r->convoy[i];
        memset(c, 0, sizeof *c);
        c->trip = r->first_trip[i];
        c->day = on_timetable(r, i)->day;
        c->team = -1;
    }
    for (int s = 0; s < m->slots; s++)
        begin_cell(r, s);
}

static int32_t plots_in_progress(const run_t *r)
{
    int32_t count = 0;
    for (int s = 0; s < r->m->slots; s++)
        count += r->cell[s].state >= WATCHING && r->cell[s].state <= WAITING;
    return count;
}

static void happen(run_t *r, uint32_t key)
{
    int32_t who = key & 0xFFFFFF;
    switch (key >> 24) {
    case TEAM_HOME: come_home(r, who); break;
    case CONVOY_CALLS: call(r, who); break;
    case CONVOY_GIVES_UP: give_up_waiting(r, who); break;
    case CONVOY_LEAVES: leave(r, who); break;
    case CONVOY_LOSES_ESCORT: lose_escort(r, who); break;
    case PLOT_ARRIVES: end_approach(r, who); break;
    case PLOT_STRIKES: strike(r, who); break;
    default: arrive(r, who);
    }
}

static void live_a_day(run_t *r)
{
    int32_t dawn = r->day * TICKS_A_DAY, dusk = dawn + TICKS_A_DAY;
    r->tick = dawn;
    r->row->slot_days += r->living;
    for (int s = 0; s < r->m->slots; s++)
        if (r->cell[s].wakes <= r->day)
            wake(r, s);
    plan(r);
    if (r->waiting)
        stand(r);
    while ((r->tick = next_tick(r, r->tick, dusk)) < dusk)
        happen(r, pop(r, r->tick));
}

static void live(run_t *r)
{
    const model_t *m = r->m;
    begin(r);
    for (r->day = m->start_day; r->day < m->end_day; r->day++) {
        int32_t past = r->day - m->policy_day;
        if (past >= 0 && past % DAYS_A_YEAR == 0) {
            int32_t count = plots_in_progress(r);
            r->row->in_progress_end = count;
            r->row = &r->rows[past / DAYS_A_YEAR];
            r->row->in_progress_start = count;
        }
        live_a_day(r);
    }
    r->row->in_progress_end = plots_in_progress(r);
}

/* Run replicates one after the other. `rows`: (replicates, years), zero. Returns how many found an array full. */
int32_t floor_run(const model_t *m, int32_t replicates, const uint64_t *seeds, int32_t years, counts_t *rows)
{
    run_t *r = calloc(1, sizeof *r);
    int32_t bad = 0;
    r->m = m;
    r->room = 64;
    r->convoy = calloc(m->lines + 1, sizeof *r->convoy);
    r->today = calloc(m->lines + 1, sizeof *r->today);
    r->vehicles_out = calloc(m->sites + 1, sizeof *r->vehicles_out);
    r->first_insider = calloc(m->sites + 2, sizeof *r->first_insider);
    r->taken = calloc(m->jurisdictions * TEAMS + 1, sizeof *r->taken);
    r->calling = calloc(m->jurisdictions + 1, sizeof *r->calling);
    r->cell = calloc(m->slots + 1, sizeof *r->cell);
    r->insider = calloc(r->room, sizeof *r->insider);
    r->level = calloc(m->end_day / 30 + 2, sizeof *r->level);
    r->head = calloc(m->ring, sizeof *r->head);
    r->entry = calloc(m->ring, sizeof *r->entry);
    r->ticks = calloc(m->ring >> 6, sizeof *r->ticks);
    r->trips = (int32_t)((m->end_day - m->start_day + 14) * m->trips_per_week / 7.0) + 2;
    r->timetable = calloc((m->lines + 1) * r->trips, sizeof *r->timetable);
    r->first_trip = calloc(m->lines + 1, sizeof *r->first_trip);
    draw_up_timetable(r);
    r->agents = calloc(m->lanes, sizeof *r->agents);
    r->times = calloc(m->lanes, sizeof *r->times);
    r->indices = calloc(m->lanes, sizeof *r->indices);
    r->u = calloc(m->lanes, sizeof *r->u);
    r->v = calloc(m->lanes, sizeof *r->v);
    for (int k = 0; k < replicates; k++) {
        r->seed = seeds[k];
        r->rows = rows + (int64_t)k * years;
        live(r);
        bad += r->overflow;
    }
    free(r->convoy), free(r->today), free(r->vehicles_out), free(r->first_insider);
    free(r->taken), free(r->calling), free(r->cell), free(r->insider), free(r->level);
    free(r->head), free(r->entry), free(r->ticks), free(r->timetable), free(r->first_trip);
    free(r->agents), free(r->times), free(r->indices), free(r->u), free(r->v), free(r);
    return bad;
}
