"""사업자등록번호: whether ten digits can be a business's, by weights and what its parts may be (pure).

Form alone: that the business lives is another question, which somebody answers by looking (partners.checks).
The check digit is (10 - s % 10) % 10 with s the weighted sum of nine digits and the tens of the last product;
the common library does not look at it, and leaving out the outer `% 10` refuses one real number in eight.
"""

import re
import unicodedata

WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
FIRST_OFFICE = 101  # tax offices are numbered from here
BETWEEN = re.compile(r"[\s\-‐-―−]+")
TEN = re.compile(r"\d{10}", re.ASCII)


def normalised(text: str) -> str | None:
    """The ten digits of a business number, however it is written; None where it cannot be one."""
    digits = BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    return digits if TEN.fullmatch(digits) and _has_parts(digits) and _checks(digits) else None


def written(digits: str) -> str:
    """The number as people write it: 123-45-67891."""
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"


def _has_parts(digits: str) -> bool:
    return int(digits[:3]) >= FIRST_OFFICE and digits[3:5] != "00" and digits[5:9] != "0000"


def _checks(digits: str) -> bool:
    nine = [int(digit) for digit in digits[:9]]
    weighed = sum(digit * weight for digit, weight in zip(nine, WEIGHTS, strict=True)) + nine[8] * 5 // 10
    return int(digits[9]) == (10 - weighed % 10) % 10
