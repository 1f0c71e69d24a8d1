"""Sampling plans: which work is inspected, by rules chosen beforehand and draws that anyone can check."""
