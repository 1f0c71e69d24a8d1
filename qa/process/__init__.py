"""The process map (프로세스 매핑): the way of an order or product through people, and where it waits."""
