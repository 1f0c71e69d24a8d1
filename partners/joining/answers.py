"""What an application says, and what is wrong with it (pure); as one text, because it is sealed as one."""

import json
import re
import unicodedata
from dataclasses import asdict, dataclass, replace
from typing import Any

from base.errors import Invalid
from base.personal import resident_number
from partners.joining.business_number import normalised

PERSON, BUSINESS = "person", "business"
KINDS = (PERSON, BUSINESS)
WHEN = ("morning", "afternoon", "evening", "weekend")
SPACES = ("none", "shelf", "corner", "room")
TOOLS = ("phone", "computer", "printer", "scale", "packing")
LONGEST = {"name": 40, "phone": 20, "login": 245, "business_no": 20, "words": 1000}
MOST_HOURS = 60
PHONE = re.compile(r"0\d{8,10}", re.ASCII)
LOGIN = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,}")


class Unanswered(Invalid):
    """Something asked for is missing, or longer than there is room for. Facts: field, most."""

    code = "joining.unanswered"


class ResidentNumber(Invalid):
    """A text holds what looks like a 주민등록번호; Dari takes none. Facts: field."""

    code = "joining.resident_number"


class NotABusinessNumber(Invalid):
    """The ten digits cannot be a business's number. Facts: field."""

    code = "joining.not_a_business_number"


class NotAPhone(Invalid):
    """A telephone number begins with 0 and has nine to eleven digits. Facts: field."""

    code = "joining.not_a_phone"


class NotALogin(Invalid):
    """An e-mail address is expected. Facts: field."""

    code = "joining.not_a_login"


class NotOffered(Invalid):
    """An answer that was not among the choices. Facts: field."""

    code = "joining.not_offered"


@dataclass(frozen=True, slots=True)
class Answers:
    """An application in its own words; `hours` are those of a week that somebody offers, no duty."""

    name: str
    phone: str
    login: str
    kind: str = PERSON
    business_no: str = ""
    skills: tuple[int, ...] = ()
    hours: int = 0
    when: tuple[str, ...] = ()
    space: str = "none"
    tools: tuple[str, ...] = ()
    words: str = ""


def checked(said: Answers) -> Answers:
    """The answers as they are kept. Raises the refusals of this module, for the first field that is wrong."""
    plain: dict[str, Any] = {name: _plain(getattr(said, name)) for name in LONGEST}
    said = replace(said, **plain)
    for name in LONGEST:
        _check_text(said, name)
    _check_choices(said)
    phone = re.sub(r"[^\d+]", "", said.phone).replace("+82", "0", 1)
    if not PHONE.fullmatch(phone):
        raise NotAPhone(field="phone")
    login = said.login.casefold()
    if not LOGIN.fullmatch(login):
        raise NotALogin(field="login")
    return replace(said, phone=phone, login=login, business_no=_business_no(said))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _check_text(said: Answers, name: str) -> None:
    text, most = getattr(said, name), LONGEST[name]
    if resident_number(text):
        raise ResidentNumber(field=name)
    if len(text) > most or (not text and name in {"name", "phone", "login"}):
        raise Unanswered(field=name, most=most)


def _check_choices(said: Answers) -> None:
    fits = {
        "kind": said.kind in KINDS,
        "hours": 1 <= said.hours <= MOST_HOURS,
        "when": bool(said.when) and set(said.when) <= set(WHEN),
        "space": said.space in SPACES,
        "tools": set(said.tools) <= set(TOOLS),
    }
    for name, fit in fits.items():
        if not fit:
            raise NotOffered(field=name)


def _business_no(said: Answers) -> str:
    """A business has a number; a person without one is a kind of its own and has none."""
    if said.kind == PERSON:
        return ""
    digits = normalised(said.business_no)
    if digits is None:
        raise NotABusinessNumber(field="business_no")
    return digits


def told(said: Answers) -> str:
    """The answers as one text."""
    return json.dumps(asdict(said), ensure_ascii=False, sort_keys=True)


def heard(text: str) -> Answers:
    """The answers of such a text."""
    facts: dict[str, Any] = json.loads(text)
    known: dict[str, Any] = {n: tuple(one) if isinstance(one, list) else one for n, one in facts.items()}
    return Answers(**known)
