"""Banks by the code of the clearing house, and what an account number looks like (pure)."""

import re

#: 금융결제원 기관코드, as bulk transfer files take them.
BANKS = {
    "002": "산업은행", "003": "기업은행", "004": "국민은행", "007": "수협은행", "011": "농협은행",
    "020": "우리은행", "023": "SC제일은행", "027": "한국씨티은행", "031": "iM뱅크", "032": "부산은행",
    "034": "광주은행", "035": "제주은행", "037": "전북은행", "039": "경남은행", "045": "새마을금고",
    "048": "신협", "050": "저축은행", "071": "우체국",
    "081": "하나은행", "088": "신한은행", "089": "케이뱅크", "090": "카카오뱅크", "092": "토스뱅크",
}  # fmt: skip
TYPED = re.compile(r"[\d\s-]+", re.ASCII)
SHORTEST, LONGEST = 10, 16


def digits_of(typed: str) -> str | None:
    """The digits of an account number as typed, with or without hyphens; none for anything else."""
    if not TYPED.fullmatch(typed):
        return None
    digits = re.sub(r"\D", "", typed)
    return digits if SHORTEST <= len(digits) <= LONGEST else None
