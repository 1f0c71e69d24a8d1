"""What a machine sees on a photo before a person does: too small, blurred, dark, bright (pure).

It warns and holds nothing up: a plain white box may look blurred, and the partner knows which it is.
"""

SMALLEST = 500  # pixels of the longer side: labels cannot be read below it
#: Of 69 sharp photos of goods the softest had 40; blurred by 3 in 1,000 of the side, most had above 60.
SOFTEST = 60
DARKEST, BRIGHTEST = 35, 240  # mean light, from 0 to 255


def troubles(*, width: int, height: int, softness: int, light: int) -> tuple[str, ...]:
    """What may be wrong with it, as codes; the words are `tasks.photo_trouble.<code>`."""
    found = {
        "too_small": max(width, height) < SMALLEST,
        "too_dark": light < DARKEST,
        "too_bright": light > BRIGHTEST,
        "blurred": softness > SOFTEST,
    }
    return tuple(code for code, is_so in found.items() if is_so)
