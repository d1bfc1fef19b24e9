"""Proofs of the rules about what is not there, and what is 0."""

from __future__ import annotations

from math import inf

from tests.proofs.proof import Proof

_JOB = 'job="web",instance="a:1"'
_MAIL = {f'jobs_total{{status="success",queue="mail",{_JOB}}}': "0+60x30"}
_IDLE = {
    f'jobs_total{{status="success",queue="mail",{_JOB}}}': "6000x30",
    f'jobs_total{{status="failure",queue="mail",{_JOB}}}': "6000x30",
}
_SUCCEEDING = 'sum(rate(jobs_total{status="success"}[5m]))'
_LONG = {f'queue_length{{queue="mail",{_JOB}}}': "9x30"}

PROOFS = (
    Proof(
        "N001",
        "One payment a second, and none has ever failed: the share that fails.",
        {f'payments_total{{status="success",{_JOB}}}': "0+60x30"},
        "20m",
        "sum(rate(payment_errors_total[5m])) / sum(rate(payments_total[5m]))",
        {},
        "(sum(rate(payment_errors_total[5m])) or vector(0)) / sum(rate(payments_total[5m]))",
        {"{}": 0.0},
    ),
    Proof(
        "N002",
        "A process without a limit: is it above nine tenths of it?",
        {f"memory_used_bytes{{{_JOB}}}": "100x30", f"memory_limit_bytes{{{_JOB}}}": "0x30"},
        "20m",
        "memory_used_bytes / memory_limit_bytes > 0.9",
        {f"{{{_JOB}}}": inf},
        "memory_used_bytes / (memory_limit_bytes > 0) > 0.9",
        {},
    ),
    Proof(
        "N005",
        "One job a second from the one queue there is: jobs by queue.",
        _MAIL,
        "20m",
        "sum by (queue) (rate(jobs_total[5m])) or vector(0)",
        {'{queue="mail"}': 1.0, "{}": 0.0},
        "sum by (queue) (rate(jobs_total[5m])) or on () vector(0)",
        {'{queue="mail"}': 1.0},
    ),
    Proof(
        "N007",
        "No worker in Europe, two in America: how many regions have none?",
        {f'workers{{region="eu",{_JOB}}}': "0x30", f'workers{{region="us",{_JOB}}}': "2x30"},
        "20m",
        "sum(workers == 0)",
        {"{}": 0.0},
        "sum(workers == bool 0)",
        {"{}": 1.0},
    ),
    Proof(
        "N008",
        "No job ends and nine wait, which is meant to be told only where jobs fail.",
        {**_IDLE, **_LONG},
        "20m",
        f"sum(queue_length) > 5 unless {_SUCCEEDING} / sum(rate(jobs_total[5m])) > 0.9",
        {"{}": 9.0},
        f"sum(queue_length) > 5 and sum(rate(jobs_total[5m])) > 0 unless {_SUCCEEDING} / sum(rate(jobs_total[5m])) > 0.9",
        {},
    ),
)
