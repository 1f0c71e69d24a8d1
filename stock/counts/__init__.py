"""Weekly counts: some shelves and homes are counted blind, so that book and goods stay one."""
