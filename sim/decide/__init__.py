"""From answers to a decision: which policy, how sure, what would flip it, what is worth finding out."""
