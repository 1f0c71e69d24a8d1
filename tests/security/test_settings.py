"""The owner's rules: everything wrong with the form is said at once, and nothing is kept until all is right."""

from dataclasses import replace

import pytest
from werkzeug.datastructures import MultiDict

from security.forms import RulesForm, answered, asked
from security.shops import Rules, rules
from tests.cast import ActingAs, Cast, SignedIn


def sent(**changes: str) -> dict[str, str]:
    return {name: str(value) for name, value in asked(Rules()).items()} | changes


def test_what_is_typed_is_kept_in_the_units_of_the_rules(
    cast: Cast, signed_in: SignedIn, acting_as: ActingAs
) -> None:
    client = signed_in(cast.haneul)
    typed = sent(newcomer_n=" 1,000 ", lease_s="90", cutoff="09:30")
    assert client.post("/settings", data={"csrf": client.csrf, **typed}).status_code == 302
    with acting_as(cast.haneul, reading=True) as scope:
        assert rules(scope) == replace(Rules(), newcomer_n=1000, lease_s=5400, cutoff="09:30")
    assert 'value="90"' in client.get("/settings").text


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_kept(
    cast: Cast, signed_in: SignedIn, acting_as: ActingAs
) -> None:
    client = signed_in(cast.haneul)
    typed = sent(newcomer_n="1001", sample_percent="many", lease_s="", cutoff="25:00", max_rounds="4")
    page = client.post("/settings", data={"csrf": client.csrf, **typed})
    words = ("0에서 1000 사이로", "숫자만, 소수점 없이", "적어 주세요.</span>", "모양이 달라요")
    assert (
        page.status_code,
        page.text.count('aria-invalid="true"'),
        [w for w in words if w not in page.text],
    ) == (422, 4, [])
    assert 'value="1001"' in page.text  # what was typed stands, to be mended
    with acting_as(cast.haneul, reading=True) as scope:
        assert rules(scope) == Rules()


def test_only_the_owner_sets_rules(cast: Cast, signed_in: SignedIn) -> None:
    for person in (cast.boram, cast.minji):
        client = signed_in(person)
        assert client.post("/settings", data={"csrf": client.csrf, **sent()}).status_code == 403


@pytest.mark.parametrize("text", ["1e3", "½", "1_0", "-1", "0x10", "9" * 400, "1.5", "१०००००"])
def test_no_odd_number_is_a_rule(text: str) -> None:
    form = RulesForm(MultiDict(sent(ship_days=text)), meta={"locale": "en"})
    assert (form.validate(), sorted(form.errors)) == (False, ["ship_days"])


def test_a_form_says_what_the_rules_say() -> None:
    form = RulesForm(MultiDict(sent()), meta={"locale": "en"})
    assert (form.validate(), answered(form, before=Rules())) == (True, Rules())
