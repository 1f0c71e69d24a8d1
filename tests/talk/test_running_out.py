"""Papers shown as pictures, seen by two sides alone, and papers that run out: told three times, then no new work."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import get_args

import pytest
from PIL import Image
from sqlalchemy import select, update

from base import files
from base.config import ROOT
from base.models import Errand
from base.scope import acting
from partners.checks import documents, listing, reminding, seeing
from partners.checks.models import Document
from partners.checks.seeing import Seen
from partners.pay import accounts
from partners.pay.models import PayAccount
from qa.doctor.seals import seals
from security import vault
from security.models import AuditEntry
from talk import api, papers, quiet
from talk.models import Notice
from tasks import dispatch
from tests.attacks.estate import ACCOUNT
from tests.cast import MONDAY

UNTIL = datetime(2027, 1, 1, 15, tzinfo=UTC)  # midnight in Seoul: the last day is the first of January
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("before", "days"),
    [
        (32 * DAY, None),
        (31 * DAY, 30),  # the thirtieth day before the last one has begun
        (8 * DAY + timedelta(seconds=1), 30),
        (8 * DAY, 7),
        (DAY, 0),  # the last day
        (-3 * DAY, 0),  # what was missed is told once more
        (-3 * DAY - timedelta(seconds=1), None),
    ],
)
def test_when_somebody_is_reminded(before, days):
    assert reminding.stage(UNTIL, at=UNTIL - before) == days


def test_every_notice_has_an_icon_and_stands_in_the_api() -> None:
    page = (ROOT / "templates" / "talk" / "notices.html").read_text("utf-8")
    assert [kind for kind in quiet.KINDS if f'"{kind}": "' not in page] == []
    assert set(get_args(api.Kind)) == set(quiet.KINDS)


def photo() -> bytes:
    """A photo as a phone takes it, with where it was taken in it."""
    kept, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "37.5665N 126.9780E"
    Image.new("RGB", (60, 40), "white").save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def test_a_paper_is_shown_seen_and_runs_out(world, cast, acting_as, signed_in):
    with acting_as(cast.haneul) as scope:
        paper = listing.add(scope, name="사업자등록증", what="document", whom="any", lasts=True)
        meeting = listing.add(scope, name="만남", what="meeting", whom="any", lasts=False)
    with acting_as(cast.stranger) as scope:
        theirs = listing.add(scope, name="통장 사본", what="document", whom="any", lasts=True)
    minji, sujin, haneul = (signed_in(who) for who in (cast.minji, cast.sujin, cast.haneul))

    def send(browser, path, data=None, **form):
        sent = {"document": (BytesIO(data), "사업자등록증.jpg")} if data else {}
        return browser.post(path, data={"csrf": browser.csrf} | form | sent).status_code

    door = f"/my-papers/{paper}/document"
    wrong = [(b"", "1"), (b"%PDF-1.7 900101-1234567", "1"), (photo(), "")]
    assert [send(minji, door, data, covered=covered) for data, covered in wrong] == [422] * 3
    lost = [f"/my-papers/{item}/document" for item in (meeting, theirs, 987654321)]
    assert [send(minji, path, photo(), covered="1") for path in lost] == [404] * 3
    assert send(minji, door, photo(), covered="1") == 302
    with acting_as(cast.haneul) as scope:
        row = scope.session.scalars(select(Document)).one()
        lies = files.get(world.files, row.file_key)
        with pytest.raises(vault.Unreadable):  # bound to its own place
            vault.open_bytes(scope, at=documents.spot("0" * 24), sealed=lies)
    own = minji.get(f"/my-papers/documents/{row.id}")
    assert (own.mimetype, own.data[:2], b"37.5665N" in own.data, own.data in lies) == (
        "image/jpeg", b"\xff\xd8", False, False,
    )  # fmt: skip
    # nobody else, by whichever door
    others = [
        (sujin, f"/my-papers/documents/{row.id}/removal", 404),
        (sujin, f"/documents/{row.id}", 403),
        (minji, f"/documents/{row.id}", 403),
        (signed_in(cast.boram), f"/documents/{row.id}", 403),
        (signed_in(cast.stranger), f"/documents/{row.id}", 404),
        (signed_in(cast.stranger), f"/documents/{row.id}/removal", 404),
    ]
    assert [send(browser, path) for browser, path, _ in others] == [status for *_, status in others]
    assert sujin.get(f"/my-papers/documents/{row.id}").status_code == 404
    checks = f"/partners/{cast.minji.partner_id}/checks"
    assert "아직 안 봤어요" in haneul.get(checks).text
    seen = haneul.post(f"/documents/{row.id}", data={"csrf": haneul.csrf})
    assert (seen.status_code, "data:image/jpeg;base64," in seen.text) == (200, True)
    assert send(haneul, f"{checks}/{paper}/document", photo(), covered="1") == 302
    with acting_as(cast.haneul, reading=True) as scope:
        looked = select(AuditEntry.subject_id).where(AuditEntry.act == documents.LOOKED)
        assert list(scope.session.scalars(looked)) == [cast.minji.partner_id]
        assert [one.kind for one in scope.session.scalars(select(Notice))] == ["papers"]

    # it is good for forty days: told three times each, to owners when it is near, once each and by mail
    last = (MONDAY + 40 * DAY).date()

    def note(item, day, last_day=None):
        with acting_as(cast.haneul, now=day) as scope:
            on = day.date() if day == MONDAY else seeing.today(scope)
            seeing.note_of_partner(
                scope, cast.minji.partner_id, Seen(item, "good", "원본을 봤어요", on, last_day)
            )

    note(meeting, MONDAY)
    note(paper, MONDAY, last)
    mailing = replace(world, settings=replace(world.settings, mail_url="smtp://127.0.0.1:1"))
    again = 0
    for day in range(45):
        for turn in range(2):
            at, house = MONDAY + day * DAY, replace(cast.haneul.actor, id=0)
            with acting(mailing, shop_id=cast.shop_id, actor=house, now=at) as scope:
                told = papers.remind(scope)
                again += told * turn
    assert again == 0  # whoever runs it twice a day tells it once
    with acting_as(cast.haneul, reading=True) as scope:
        rows = scope.session.scalars(select(Notice).where(Notice.key.startswith("paper-")))
        hers = f"paper-{cast.minji.partner_id}-"
        mine = Counter(one.kind for one in rows if one.key.startswith(hers))
        assert mine == {"paper": 3, "papers": 2}
        assert scope.session.query(Errand).filter_by(job="talk.mail").count() > 0
    # over: no new work, and the step that mends it
    after = MONDAY + 41 * DAY
    with acting_as(cast.minji, now=after) as scope, pytest.raises(dispatch.NotReady) as missing:
        dispatch.claim_next(scope)
    assert missing.value.facts == {"pieces": "사업자등록증", "next_url": "/my-papers"}
    note(paper, after, (after + 400 * DAY).date())
    with acting_as(cast.minji, now=after) as scope, pytest.raises(dispatch.NothingOpen):
        dispatch.claim_next(scope)
    with acting_as(cast.haneul, now=after) as scope:
        papers.remind(scope)
        unread = select(Notice.kind).where(Notice.key.startswith(hers), Notice.read_at.is_(None))
        assert list(scope.session.scalars(unread)) == []  # nothing to see to any more
    # the doctor knows of all that is sealed
    with acting_as(cast.minji) as scope:
        accounts.save(scope, bank="004", number=ACCOUNT, holder="카나리아")
    with acting_as(cast.haneul) as scope:
        assert list(seals(scope)) == []
        other = scope.session.scalars(select(Document).where(Document.id != row.id)).one()
        vault.throw_away(scope, [documents.spot(other.uid).record])
        scope.session.execute(update(PayAccount).values(number=PayAccount.holder))
        found = [(one.code, one.facts["table"]) for one in seals(scope)]
        assert found == [("seal_shut_of", "pay_accounts"), ("key_missing_of", "documents")]
    # taken away for good: bytes and key
    assert send(minji, f"/my-papers/documents/{row.id}/removal") == 302
    assert [files.exists(world.files, row.file_key), minji.get(f"/my-papers/documents/{row.id}").status_code] == [
        False, 404,
    ]  # fmt: skip
    with acting_as(cast.haneul) as scope, pytest.raises(vault.Unreadable):
        vault.open_bytes(scope, at=documents.spot(row.uid), sealed=lies)
