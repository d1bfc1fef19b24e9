"""Row: Record – what do log and journal say?."""

from __future__ import annotations

from signalproof.dashboard import Row, Text

ROW = Row(
    "Record – what do log and journal say?",
    (
        Text(
            "How to ask",
            """Metrics count deployments; one of them is told by its number and by its correlation id, which the first two commands say.

```sh
python -m ai_deployer show                        # the queue: numbers, targets, outcomes
python -m ai_deployer show NUMBER                 # one deployment: correlation id, error, every event of its journal
python -m ai_deployer rollback TARGET             # back to the good release before the last
python -m ai_deployer unblock TARGET              # after a rollback that failed, once a person has been there
```

Every line of the log about it carries the correlation id, from the task over the plan to the rollback:

```sh
jq -c --arg id CORRELATION_ID 'select(.correlation_id == $id)' ai_deployer.log ai_planner.log
```
""",
            width=14,
            height=11,
            raw={"maxDataPoints": 100, "options": {"mode": "markdown"}},
        ),
        Text(
            "Fields of the log",
            """| field | says |
|---|---|
| `time`, `level`, `event` | when, how bad, what happened |
| `correlation_id` | common to a task, its plan and its deployment |
| `deployment`, `attempt` | its number in the queue, and which attempt this is |
| `strategy`, `target`, `release` | how, where to, and what |
| `status` | of *deployment ended*: `succeeded`, `rolled_back`, `failed` or `needs_person` |
| `error_type`, `error` | of *deployment failed* and *not rolled back*: the type is the one that the panels above count |
| `serving` | of *rolled back*: what serves again |
""",
            width=10,
            height=11,
            raw={"maxDataPoints": 100, "options": {"mode": "markdown"}},
        ),
    ),
)
