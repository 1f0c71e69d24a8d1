"""Appeals: a partner asks for a second look at a verdict, and a second reviewer takes it."""
