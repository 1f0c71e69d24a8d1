"""The kinds of work: what each asks, is judged by, and knows of its task beforehand."""
