"""From figures to a decision: which policy, how sure, at what price."""
