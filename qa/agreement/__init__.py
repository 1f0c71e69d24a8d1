"""How far several judgements of the same things agree, with intervals that admit how little is known."""
