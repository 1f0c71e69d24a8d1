"""Partners at a glance: rolled-up figures, a scorecard by the owner's own weights, one page each."""
