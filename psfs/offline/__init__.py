"""Recording where there is no network: devices, what is taken along on them, and what they hand in."""
