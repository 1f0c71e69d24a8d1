"""The one mask rule: what of a recipient may be seen without opening the seal (pure; the numbers are data).

Screens, labels and files all use it, so two of them laid side by side show no more than one.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["name", "phone", "postcode", "address", "memo", "account"]

SHUT = "●●●"  # what stands where a seal does not open
HIDDEN = "***"  # stands for text of any length
STAR = "*"


@dataclass(frozen=True, slots=True)
class Cover:
    """How many signs stay visible at the beginning and at the end; at least `least` are always hidden."""

    first: int
    last: int
    least: int


ASIAN_WORD = Cover(first=1, last=1, least=1)  # 김민수 김*수 · 이수 이* · 남궁민수 남**수
OTHER_WORD = Cover(first=1, last=0, least=1)  # John Smith J*** S****
PHONE = Cover(first=7, last=0, least=4)  # 010-1234-**** : the last four, and all that exceeds an exchange
POSTCODE = Cover(first=3, last=0, least=2)  # 062** : the first three are the district the address shows too
ACCOUNT = Cover(first=0, last=3, least=7)  # *********123 : enough to tell one's own accounts apart
DISTRICTS = 2  # 경기도 성남시 분당구 ***

PROVINCE = re.compile(
    "(서울|부산|대구|인천|광주|대전|울산|세종)(시|특별시|광역시|특별자치시)?"
    "|(경기|강원|제주)(도|특별자치도)?|전북특별자치도|충[북남]|전[북남]|경[북남]|(충청|전라|경상)[북남]도"
)
DISTRICT = re.compile("[가-힣]{1,5}[시군구]")
ASIAN = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af]")


def mask(kind: Kind, text: str) -> str:
    """The text as anybody with access to the page may see it; nothing stays nothing."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return MASKS[kind](plain) if plain else ""


def _name(text: str) -> str:
    return " ".join(_covered(word, ASIAN_WORD if ASIAN.search(word) else OTHER_WORD) for word in text.split())


def _phone(text: str) -> str:
    return _covered(re.sub(r"[^\d +().\-]", "", text), PHONE, counts=str.isdecimal)


def _postcode(text: str) -> str:
    return _covered(re.sub(r"[^\w \-]", "", text), POSTCODE, counts=str.isalnum)


def _address(text: str) -> str:
    """Province and district as far as they are recognised; a place nobody recognises is hidden whole."""
    province, *rest = text.split()
    if not PROVINCE.fullmatch(province):
        return HIDDEN
    shown = [province]
    for word in rest[:DISTRICTS]:
        if not DISTRICT.fullmatch(word):
            break
        shown.append(word)
    return " ".join([*shown, HIDDEN])


def _account(text: str) -> str:
    return _covered(re.sub(r"[^\d -]", "", text), ACCOUNT, counts=str.isdecimal)


def _memo(_text: str) -> str:
    return HIDDEN


MASKS: Mapping[Kind, Callable[[str], str]] = {
    "name": _name,
    "phone": _phone,
    "postcode": _postcode,
    "address": _address,
    "memo": _memo,
    "account": _account,
}


def _covered(text: str, cover: Cover, counts: Callable[[str], bool] = lambda _sign: True) -> str:
    """The text with the signs that count hidden as far as the cover says."""
    places = [place for place, sign in enumerate(text) if counts(sign)]
    if not places:
        return HIDDEN
    may_show = max(0, len(places) - cover.least)
    first = min(cover.first, may_show)
    last = min(cover.last, may_show - first)
    hidden = set(places[first : len(places) - last])
    return "".join(STAR if place in hidden else sign for place, sign in enumerate(text))


def within_budget(count: int, limit: int) -> bool:
    """Whether somebody who has looked `count` times may look once more."""
    return count < limit
