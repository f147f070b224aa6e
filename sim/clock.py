"""Time: its units, the epoch, and the clock, which the engine alone turns.

A day has 720 ticks of 2 minutes. Ticks and days count from the epoch, 10 years before the policy starts at t = 0, so
that another warm-up or horizon moves no clock.
"""

from sim.record import Record

TICKS_A_DAY = 720
TICKS_AN_HOUR = 30
MINUTES_A_TICK = 2.0
DAYS_A_YEAR = 365
EPOCH_DAYS = 3650
NEVER = 1 << 60  # a tick or a day that no run reaches
NO_DAY = 1e18  # the same as a time in days

CLOCK = Record(
    "clock",
    ("tick", "i8", "tick", "now, since the epoch"),
    ("day", "i8", "day", "the day that was last begun, since the epoch"),
    ("policy_day", "i8", "day", "day on which the scenario's policy starts"),
    ("horizon_day", "i8", "day", "day on which the run ends, as its scenario has it"),
    ("delivery_day", "i8", "day", "day on which what it pays for is delivered"),
)
