"""What this package is: its version, the version of its model, and what must stand under every result."""

__version__ = "0.2.0"
# Raised by hand whenever the baseline file of the tests changes: results of another version are not mixed.
MODEL_VERSION = 4
BANNER = "Fictional corridor. Compares policies; no forecast, not for choosing targets or screening persons."
