"""Carrying procedures in and out: an edition as a file, and a file as the first draft of a procedure."""

from dataclasses import dataclass
from itertools import count

from sqlalchemy import select

from base import images
from base.errors import NotFound
from base.images import Picture
from base.scope import Scope
from partners.kinds import OWN
from tasks import sop_files, sop_pictures, sops
from tasks.kinds.known import kind as known_kind
from tasks.models import Sop, SopRevision
from tasks.sop_files import BadSopFile, SopFile

ANY_OWN = "own"  # what a file calls a kind that an owner made: its number means nothing elsewhere


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that was read, and those of its pictures that the shop has not, cleaned, by their name in it."""

    file: SopFile
    pictures: dict[str, Picture]


def file_of(scope: Scope, revision: SopRevision) -> bytes:
    """An edition as a file, with its pictures."""
    kind = ANY_OWN if OWN.fullmatch(revision.sop.kind) else revision.sop.kind
    pictures = {name: sop_pictures.jpeg(scope, name) for name in sop_files.shown(revision.items)}
    return sop_files.write(SopFile(kind, revision.sop.title, revision.items, revision.rubric, pictures))


def read(scope: Scope, data: bytes) -> Brought:
    """A file ready to be kept, its pictures cleaned as every picture from outside.

    Raises BadSopFile, BadItem, BadCriterion, NotAnImage, ImageTooBig.
    """
    file = sop_files.read(data)
    wanted = sop_files.shown(file.doc)
    here = sop_pictures.known(scope, wanted)
    for name in set(wanted) - here - set(file.pictures):
        raise BadSopFile(why="no_picture", about=name[:12])
    return Brought(file, {name: images.clean(file.pictures[name]) for name in wanted if name not in here})


def bring_in(scope: Scope, brought: Brought, *, kind: str = "") -> SopRevision:
    """Makes a procedure of what a file says, as a draft; of a kind of the shop where the file's is another's.

    A title that is taken is numbered. Raises BadSopFile.
    """
    file = brought.file
    names = {name: sop_pictures.keep(scope, picture) for name, picture in brought.pictures.items()}
    kind = _known(scope, kind or file.kind)
    title = _free(scope, kind, file.titled(scope.actor.locale))
    return sops.adopt(
        scope, kind=kind, title=title, doc=sop_files.renamed(file.doc, names), rubric=file.rubric
    )


def _known(scope: Scope, kind: str) -> str:
    try:
        return known_kind(scope, kind).name
    except NotFound:
        raise BadSopFile(why="kind", about=kind) from None


def _free(scope: Scope, kind: str, title: str) -> str:
    """The title, numbered where another procedure of the kind has it."""
    taken = set(
        scope.session.scalars(select(Sop.title).where(Sop.shop_id == scope.shop_id, Sop.kind == kind))
    )
    title = title.strip()
    if title not in taken:
        return title
    return next(named for n in count(2) if (named := f"{title[:74]} ({n})") not in taken)
