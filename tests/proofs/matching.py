"""Proofs of the rules about which series find each other."""

from __future__ import annotations

from tests.proofs.proof import Proof

_JOB = 'job="web",instance="a:1"'
_SUCCESS = f'jobs_total{{status="success",queue="mail",{_JOB}}}'
_FAILURE = _SUCCESS.replace("success", "failure")
_TWO_QUEUES = {
    f'jobs_total{{status="success",queue="mail",{_JOB}}}': "0+60x30",
    f'jobs_total{{status="success",queue="film",{_JOB}}}': "0+180x30",
}
_HALF_FAILS = {_SUCCESS: "0+60x30", _FAILURE: "0+60x30"}
_WORKERS = {f'workers{{region="eu",{_JOB}}}': "2x30", f'workers{{region="us",{_JOB}}}': "4x30"}
_MEMORY = {f"memory_used_bytes{{{_JOB}}}": "100x30"}
_LIMIT = {f"memory_limit_bytes{{{_JOB}}}": "200x30"}
_SECOND = {
    'memory_used_bytes{job="web",instance="b:1"}': "100x30",
    'memory_limit_bytes{job="web",instance="b:1"}': "400x30",
}

PROOFS = (
    Proof(
        "V001",
        "One job a second from one queue, three from the other: the share of each.",
        _TWO_QUEUES,
        "20m",
        "sum by (queue) (rate(jobs_total[5m])) / sum(rate(jobs_total[5m]))",
        {},
        "sum by (queue) (rate(jobs_total[5m])) / on () group_left sum(rate(jobs_total[5m]))",
        {'{queue="mail"}': 0.25, '{queue="film"}': 0.75},
    ),
    Proof(
        "V001",
        "The queues of a process that uses 100 bytes.",
        {**_MEMORY, f'queue_length{{queue="mail",{_JOB}}}': "7x30"},
        "20m",
        "memory_used_bytes and queue_length",
        {},
        "memory_used_bytes and on (job, instance) queue_length",
        {f"memory_used_bytes{{{_JOB}}}": 100.0},
    ),
    Proof(
        "V002",
        "Two and four workers beside the memory of their job.",
        {**_WORKERS, **_MEMORY},
        "20m",
        "workers * on (instance) group_left sum by (job) (memory_used_bytes)",
        {},
        "workers * on (job) group_left sum by (job) (memory_used_bytes)",
        {f'{{region="eu",{_JOB}}}': 200.0, f'{{region="us",{_JOB}}}': 400.0},
    ),
    Proof(
        "V003",
        "Every second job fails: which share succeeds?",
        _HALF_FAILS,
        "20m",
        'rate(jobs_total{status="success"}[5m]) / rate(jobs_total[5m])',
        {f'{{status="success",queue="mail",{_JOB}}}': 1.0},
        'sum by (queue) (rate(jobs_total{status="success"}[5m])) / sum by (queue) (rate(jobs_total[5m]))',
        {'{queue="mail"}': 0.5},
    ),
    Proof(
        "V003",
        "Every second job fails: which share does?",
        _HALF_FAILS,
        "20m",
        'sum by (status, queue) (rate(jobs_total{status!="success"}[5m])) / sum by (status, queue) (rate(jobs_total[5m]))',
        {'{status="failure",queue="mail"}': 1.0},
        'sum by (queue) (rate(jobs_total{status!="success"}[5m])) / sum by (queue) (rate(jobs_total[5m]))',
        {'{queue="mail"}': 0.5},
    ),
    Proof(
        "V004",
        "Two and four workers share 100 bytes: workers per byte, by region.",
        {**_WORKERS, **_MEMORY},
        "20m",
        "workers / on (job, instance) memory_used_bytes",
        "many-to-one matching must be explicit",
        "workers / on (job, instance) group_left memory_used_bytes",
        {f'{{region="eu",{_JOB}}}': 0.02, f'{{region="us",{_JOB}}}': 0.04},
    ),
    Proof(
        "V004",
        "The workers of a region among those of its job.",
        _WORKERS,
        "20m",
        "workers * on (job) group_left workers",
        "many-to-many matching not allowed",
        "workers / on (job) group_left sum by (job) (workers)",
        {f'{{region="eu",{_JOB}}}': 2 / 6, f'{{region="us",{_JOB}}}': 4 / 6},
    ),
    Proof(
        "V005",
        "Three workers in Europe, by version of the program: the region is gone.",
        {f'workers{{region="eu",{_JOB}}}': "3x30", f'build_info{{version="1.2",{_JOB}}}': "1x30"},
        "20m",
        "workers * on (instance) group_left (region) build_info",
        {f"{{{_JOB}}}": 3.0},
        "workers * on (instance) group_left (version) build_info",
        {f'{{region="eu",version="1.2",{_JOB}}}': 3.0},
    ),
    Proof(
        "V006",
        "Every second job fails: failures for each success.",
        _HALF_FAILS,
        "20m",
        'rate(jobs_total{status="failure"}[5m]) / rate(jobs_total{status="success"}[5m])',
        {},
        'rate(jobs_total{status="failure"}[5m]) / ignoring (status) rate(jobs_total{status="success"}[5m])',
        {f'{{queue="mail",{_JOB}}}': 1.0},
    ),
    Proof(
        "V006",
        "Two workers in Europe, four in America: how many more are here?",
        _WORKERS,
        "20m",
        'workers{region="eu"} - on (job, region) workers{region="us"}',
        {},
        'sum(workers{region="eu"}) - sum(workers{region="us"})',
        {"{}": -2.0},
    ),
    Proof(
        "V004",
        "Memory in use of what may be used: with a second instance nobody can tell which belongs to which.",
        {**_MEMORY, **_LIMIT, **_SECOND},
        "20m",
        "memory_used_bytes / on (job) memory_limit_bytes",
        "found duplicate series for the match group",
        "memory_used_bytes / on (job, instance) memory_limit_bytes",
        {f"{{{_JOB}}}": 0.5, '{job="web",instance="b:1"}': 0.25},
    ),
    Proof(
        "V008",
        "All jobs succeed, one a minute for half an hour, and then sixty: the share of successes is never above 1.",
        {_SUCCESS: "0+1x29 30+60x3"},
        "31m",
        'sum(irate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m]))',
        {"{}": 4.6875},
        'sum(rate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m]))',
        {"{}": 1.0},
    ),
    Proof(
        "V007",
        "A queue of 500: is it longer than 10 and shorter than 100?",
        {f'queue_length{{queue="mail",{_JOB}}}': "500x30"},
        "20m",
        "queue_length > bool 10 < bool 100",
        {f'{{queue="mail",{_JOB}}}': 1.0},
        "(queue_length > bool 10) * (queue_length < bool 100)",
        {f'{{queue="mail",{_JOB}}}': 0.0},
    ),
)
