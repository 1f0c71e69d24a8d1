"""Training: what is read and asked before work, by edition; samples, the pilot, and learning again."""
