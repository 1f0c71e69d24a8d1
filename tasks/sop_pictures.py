"""Pictures of instructions: kept once by what they show, seen by everybody who works in the shop."""

from collections.abc import Iterable

from sqlalchemy import select

from base import files
from base.errors import NotFound
from base.images import Picture
from base.once import once
from base.rows import mine
from base.scope import Scope
from tasks.models import SopPicture

PICTURE = 26_000_000  # bytes of one picture as it is sent


def keep(scope: Scope, picture: Picture) -> str:
    """Keeps a cleaned picture; its name is the hash of its bytes, and the same one again is the one there."""
    if not known(scope, [picture.sha256]):
        row = {
            "shop_id": scope.shop_id,
            "sha256": picture.sha256,
            "file_key": files.put(scope.world.files, picture.jpeg),
            "width": picture.width,
            "height": picture.height,
            "size": len(picture.jpeg),
            "by": scope.actor.id,
            "at": scope.now,
        }
        once(scope.session, SopPicture, row)
    return picture.sha256


def known(scope: Scope, names: Iterable[str]) -> set[str]:
    """Which of these pictures the shop has."""
    stmt = select(SopPicture.sha256).where(
        SopPicture.shop_id == scope.shop_id, SopPicture.sha256.in_(list(names))
    )
    return set(scope.session.scalars(stmt))


def jpeg(scope: Scope, name: str) -> bytes:
    """The bytes of a picture of the shop. Raises NotFound."""
    row = scope.session.scalar(mine(scope, SopPicture).where(SopPicture.sha256 == name))
    if row is None:
        raise NotFound
    return files.get(scope.world.files, row.file_key)
