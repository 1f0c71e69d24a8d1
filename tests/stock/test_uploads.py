"""Uploaded files that nobody said yes to: swept after a day, each shop its own, whatever a crash left behind."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from base import files
from base.errors import NotFound
from base.scope import Scope, World
from stock import uploads
from stock.models import WaitingFile
from tests.cast import ActingAs, Cast

DATA = "상품코드,상품명\nMUG,머그\n".encode()


def there(scope: Scope, token: str) -> bool:
    try:
        return uploads.opened(scope, token).data == DATA
    except NotFound:
        return False


@pytest.mark.both
def test_files_without_a_yes_are_swept_after_a_day(world: World, cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        first = uploads.keep(scope, data=DATA, name="첫 파일.csv")
    with acting_as(cast.stranger) as scope:
        theirs = uploads.keep(scope, data=DATA, name="남의 파일.csv")
        now = scope.session.scalar(select(func.max(WaitingFile.at)))
    with acting_as(cast.haneul) as scope:
        said_yes = uploads.keep(scope, data=DATA, name="넣은 파일.csv")
        uploads.drop(scope, said_yes)

    assert now is not None
    with acting_as(cast.haneul, now=now + timedelta(hours=23)) as scope:
        assert uploads.sweep(scope) == 0
        assert (there(scope, first), there(scope, said_yes)) == (True, False)
    with acting_as(cast.haneul, now=now + timedelta(hours=25)) as scope:
        assert (uploads.sweep(scope), uploads.sweep(scope)) == (1, 0)
        assert there(scope, first) is False
    with acting_as(cast.stranger, now=now + timedelta(hours=25)) as scope:
        assert there(scope, theirs) is True
        assert (
            scope.session.scalar(select(func.count()).where(WaitingFile.shop_id == cast.stranger.shop_id))
            == 1
        )


@pytest.mark.both
def test_what_a_crash_left_is_known(
    world: World, cast: Cast, acting_as: ActingAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is noted before the file is there: half written or not written at all, it is swept."""

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, acting_as(cast.haneul, reading=True) as scope:
        broken.setattr(files, "write", crash)
        with pytest.raises(KeyboardInterrupt):
            uploads.keep(scope, data=DATA, name="파일.csv")
    with acting_as(cast.haneul, reading=True) as scope:
        noted = scope.session.scalars(
            select(WaitingFile.at).where(WaitingFile.shop_id == scope.shop_id)
        ).all()
    assert len(noted) == 1
    with acting_as(cast.haneul, now=noted[0] + timedelta(hours=25)) as scope:
        assert uploads.sweep(scope) == 1
