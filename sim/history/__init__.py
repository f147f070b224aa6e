"""What happened, in public or to the user, against what the model shows: records, patterns, nulls, calibration."""
