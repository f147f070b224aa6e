"""What the report's tables and pictures are called, and the paragraphs that explain them."""

SHARES = {
    "foiled_of_plots_ended": "foiled, of plots that ended",
    "en_route_of_incidents": "en route, of incidents",
    "fatal_of_incidents": "fatal, of incidents",
    "with_deviation_of_convoy_incidents": "with a protocol deviation, of convoy incidents",
    "with_insider_of_incidents": "served by an insider, of incidents",
    "inside_of_incidents": "served by an insider or his word of a movement, of incidents",
    "inside_of_project_incidents": "the same, of project incidents",
    "success_with_insider": "incidents, of plots against convoys and sites that an insider served from the start",
    "success_without_insider": "incidents, of other plots against convoys and sites",
    "declined_of_opportunities": "declined, of opportunities and offers of insiders",
    "unprotected_of_incidents": "outside any protocol (outings, private nationals), of incidents",
}
ODDS = {"with_deviation_of_convoy_incidents_to_trips": "with a protocol deviation, convoy incidents to all movements"}
PAIRING = {
    "correlation": "correlation of the two (incidents)",
    "crn_factor": "variance without pairing over variance with it (incidents)",
    "replicates_saved": "replicates saved by common random numbers (incidents)",
}
SPLIT_HEAD = (
    "policy",
    "of",
    "draws",
    "mean over draws [95 % interval]",
    "sd between draws",
    "Monte Carlo sd of a draw's mean",
    "5 to 95 % of draws",
    "draws better than the reference, % [95 % interval]",
    "surely better / worse, draws",
)
SPLIT_NOTE = (
    "Dots: means over draws; thick bars: their 95 % intervals; thin bars: 5 to 95 % of draws; grey: each draw. "
    "Orange: the reference."
)

RATES_TEXT = """An incident is an attack that reached execution against a foreign national, a site or a convoy,
whatever its outcome. Project incidents leave out those against private nationals, who stand outside every protocol
here. Expected counts replace each gate whose odds are known by its mean: same mean, less noise; their intervals are t
intervals over replicates. Counted incidents have Garwood's intervals, which are exact for Poisson counts and too narrow
where variance over mean is above 1; counted deaths have a bootstrap. Intervals say how sure the simulation is of its
own mean, no more."""

PAIRED_TEXT = """Policy less reference, replicate by replicate on the same random numbers: below 0 is safer. Replicates
saved is the number of further replicates that each policy would need with independent random numbers for an interval
as narrow as this one, as measured in this sweep."""

DRAWS_TEXT = """Each draw sets the uncertain parameters to other values, the same for all policies. The standard
deviation between draws is what is not known about the parameters; Monte Carlo noise is taken off it, and stands apart
as the standard deviation of one draw's mean: more replicates make that smaller, and not the other. The range over draws
holds the noise of a draw's mean too. A draw counts as better where its mean difference to the reference is below 0, as
surely better or worse where that difference's 95 % interval leaves out 0."""

FUNNEL_TEXT = """Attackers take up opportunities, begin plots, and are foiled, give up, or come to execution. The
incidents by kind add up to the incidents; plots begun need not add up to what became of plots, since some are in
progress when the years begin and end. Counts have Garwood's intervals, shares Wilson's. Most convoys that are attacked
had a deviation, but so have most movements: the odds ratio says how much likelier one is where there was an attack, 1
being no likelier, with Woolf's interval."""

EXCEEDANCE_TEXT = """Incidents a year are by each incident's probability of so many foreign deaths, with t intervals;
the probability of so many deaths in a whole replicate is the share of replicates, with Wilson's intervals."""

COLUMNS_TEXT = """All that an outcome row counts, per year at all sites; where it says (mean), as it is on average.
Where something has an expected count, that is shown, since it has less noise. Intervals are t intervals, but Garwood's
for counts of the funnel and a bootstrap for counted deaths; the file says which. What each column means stands in the
table columns of sitesec query."""

LEVERS_TEXT = """Whether a lever does what it is meant to shows in the outcome nearest to it, before anything shows in
incidents. Levers are listed where a policy differs from the reference on one axis alone."""

COSTS_TEXT = """Three ledgers, never added up: the projects' share of project cost for security, the state's forces and
programmes, and the partner country's equipment and teams. What stands outside the ledgers is borne by others or by the
work itself. A figure without brackets is the same in every replicate."""

SEEDS_TEXT = """Each replicate's seed is a hash of the root seed and the replicate's number, the same at all design
points; each stored row holds its own. The first three are"""

AGAIN_TEXT = """Same code, same libraries, same command: the same rows, to the last byte. In the folder that it made the
command runs only what is missing; with --out and another folder it runs all again."""
