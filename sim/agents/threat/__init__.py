"""What attackers are and meet: slots, targets and their choice, defences at the target, the threat level."""
