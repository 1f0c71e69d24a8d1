"""Work: procedures, dispatch, doing, and the promises about time."""
