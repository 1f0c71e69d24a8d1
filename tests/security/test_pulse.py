"""The pulse: it changes when the shop does, and tells nobody anything else."""

from base.scope import World, acting
from bench.recording import heard
from security import audit
from security.pulse import LENGTH
from tests.cast import Cast, Person, SignedIn


def done(world: World, person: Person) -> None:
    """Something is done in this person's shop."""
    with acting(world, shop_id=person.shop_id, actor=person.actor) as scope:
        audit.note(scope, "pulse.tried")


def test_it_changes_with_every_act_of_the_shop_and_with_nothing_else(
    world: World, cast: Cast, signed_in: SignedIn
) -> None:
    owner, stranger = signed_in(cast.haneul), signed_in(cast.stranger)
    felt = [client.get("/pulse").text for client in (owner, stranger)]
    assert felt == [client.get("/pulse").text for client in (owner, stranger)]
    done(world, cast.boram)
    later = [client.get("/pulse").text for client in (owner, stranger)]
    assert (later[0] != felt[0], later[1] == felt[1]) == (True, True)


def test_nobody_can_compare_theirs_with_another_s(cast: Cast, signed_in: SignedIn) -> None:
    people = (cast.haneul, cast.boram, cast.minji, cast.sujin, cast.stranger, cast.stranger_partner)
    felt = [signed_in(person).get("/pulse").text for person in people]
    assert (len(set(felt)), {len(one) for one in felt}) == (len(people), {LENGTH})


def test_who_is_not_signed_in_feels_none(client) -> None:
    told = client.get("/pulse", headers={"Accept": "application/json"})
    assert (told.status_code, told.get_json()["code"]) == (401, "security.sign_in_first")


def test_feeling_it_takes_two_statements_and_writes_nothing(
    world: World, cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.minji)
    client.get("/pulse")
    with heard(world) as asked:
        client.get("/pulse")
    kinds = [("audit_heads" in statement, statement.split()[0]) for statement, _facts in asked.said]
    assert (kinds, asked.objects) == ([(False, "SELECT"), (True, "SELECT")], 0)
