"""Pictures of modules: kept once by what they show, seen by who teaches and who learns in the shop."""

from sqlalchemy import select

from base import files
from base.errors import NotFound
from base.images import Picture
from base.once import once
from base.rows import mine
from base.scope import Scope
from partners.training.models import TrainingPicture

LARGEST = 26_000_000  # bytes of one picture as it is sent


def keep(scope: Scope, picture: Picture) -> str:
    """Keeps a cleaned picture; its name is the hash of its bytes, and the same one again is the one there."""
    if picture.sha256 not in known(scope):
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
        once(scope.session, TrainingPicture, row)
    return picture.sha256


def known(scope: Scope) -> list[str]:
    """The names of the pictures the shop has."""
    names = select(TrainingPicture.sha256).where(TrainingPicture.shop_id == scope.shop_id)
    return list(scope.session.scalars(names.order_by(TrainingPicture.id)))


def jpeg(scope: Scope, name: str) -> bytes:
    """The bytes of a picture of the shop. Raises NotFound."""
    row = scope.session.scalar(mine(scope, TrainingPicture).where(TrainingPicture.sha256 == name))
    if row is None:
        raise NotFound
    return files.get(scope.world.files, row.file_key)
