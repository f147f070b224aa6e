"""Who pays for what a policy asks for: codes of its ledgers, in the order of the schema's choices."""

STATE, PROJECT = 0, 1
