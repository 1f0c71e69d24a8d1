"""Where a notice leads, as a path of the house (pure): pages and mails say the same."""

CHOICES = "/notices/choices"
PAGES = {
    "appeal": "/appeals",
    "standing": "/standing",
    "alarm": "/quality",
    "action_due": "/quality/actions",
    "round_ended": "/rounds",
    "training": "/my-training",
    "offered": "/today",  # where it stands with its two buttons
    "paper": "/my-papers",
    "papers": "/checks",
    "leaving": "/my-leaving",
    "going": "/leavings",
}
WORK = frozenset({"sent_back", "lease", "assigned"})  # what is to be done, rather than to be talked about


TEAMS = {"owner": "/teams"}  # where a role sees a team


def path(
    kind: str,
    *,
    task_id: int | None,
    announcement_id: int | None,
    team_id: int | None = None,
    role: str = "partner",
) -> str:
    """The page on which the person can act."""
    if team_id is not None:
        return f"{TEAMS.get(role, '/my-teams')}/{team_id}"
    if announcement_id is not None:
        return f"/announcements/{announcement_id}"
    if kind in PAGES:
        return PAGES[kind]
    return f"/work/{task_id}" if kind in WORK else f"/tasks/{task_id}/thread"
