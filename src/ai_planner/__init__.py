"""The planner: takes tasks from a durable queue, plans them with Claude, and hands approved plans to the deployer."""
