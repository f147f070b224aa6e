"""A busy threat: many short plots, so that a month holds dozens of events at all stages."""

BUSY_THREAT = {
    "threat.cells_per_group": 60,
    "threat.plot_interval": 60.0,
    "threat.declined": 0.2,
    "threat.watch_mean": 15.0,
    "threat.prepare_mean": 10.0,
    "threat.lie_low_mean": 20.0,
    "threat.rationality": 0.5,
    "threat.delta0": 0.002,
}
