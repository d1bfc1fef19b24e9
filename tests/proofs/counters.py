"""Proofs of the rules about what counts and what does not."""

from __future__ import annotations

from tests.proofs.proof import Proof

_A = 'status="success",queue="mail",job="web",instance="a:1"'
_B = _A.replace("a:1", "b:1")
_QUEUE = 'queue="mail",job="web",instance="a:1"'
_IDLE = {f"jobs_total{{{_A}}}": "0+60x100 6000x60"}
_RESTARTED = {f"jobs_total{{{_A}}}": "0+60x9 0+60x10"}
_ONE_RESTARTED = {f"jobs_total{{{_A}}}": "0+60x100 0+60x20", f"jobs_total{{{_B}}}": "0+60x121"}
_BYTES = "http_response_size_bytes"
_LIST = 'handler="list",job="web",instance="a:1"'
_OTHER = _LIST.replace("a:1", "b:1")
_ANSWERS = {
    f"{_BYTES}_sum{{{_LIST}}}": "0+1000x30",
    f"{_BYTES}_count{{{_LIST}}}": "0+10x30",
    f"{_BYTES}_sum{{{_OTHER}}}": "0+1000x30",
    f"{_BYTES}_count{{{_OTHER}}}": "0+1x30",
}

_PEAKS = {
    f"queue_length{{{_QUEUE}}}": "10x20 0x60",
    f"queue_length{{{_QUEUE.replace('a:1', 'b:1')}}}": "0x40 6x40",
}

PROOFS = (
    Proof(
        "T001",
        "A queue that loses one job a minute: how fast does it grow?",
        {f"queue_length{{{_QUEUE}}}": "100-1x60"},
        "10m",
        "rate(queue_length[5m])",
        {f"{{{_QUEUE}}}": 460 / 300},
        "delta(queue_length[5m])",
        {f"{{{_QUEUE}}}": -5.0},
    ),
    Proof(
        "T001",
        "Workers come and go, and nothing restarts.",
        {'workers{region="eu",job="web",instance="a:1"}': "4 3 4 3 4 3 4 3 4 3 4"},
        "10m",
        "resets(workers[1h])",
        {'{region="eu",job="web",instance="a:1"}': 5.0},
        "changes(workers[1h])",
        {'{region="eu",job="web",instance="a:1"}': 10.0},
    ),
    Proof(
        "T002",
        "60 jobs a minute, and a restart in the window: 240 jobs were counted.",
        _RESTARTED,
        "12m",
        "delta(jobs_total[5m])",
        {f"{{{_A}}}": -300.0},
        "increase(jobs_total[5m])",
        {f"{{{_A}}}": 240.0},
    ),
    Proof(
        "T002",
        "A counter at 6000 jobs, its restart, and no job since: how many will it be in an hour? Not less than none.",
        {f"jobs_total{{{_A}}}": "6000x30 0x30"},
        "1h",
        "predict_linear(jobs_total[1h], 3600)",
        {f"{{{_A}}}": -10229.508196721312},
        "increase(jobs_total[30m])",
        {f"{{{_A}}}": 0.0},
    ),
    Proof(
        "T003",
        "6000 jobs, and none for an hour: how many in the last five minutes?",
        _IDLE,
        "2h30m",
        "avg_over_time(jobs_total[5m])",
        {f"{{{_A}}}": 6000.0},
        "increase(jobs_total[5m])",
        {f"{{{_A}}}": 0.0},
    ),
    Proof(
        "T003",
        "The same as a quantile.",
        _IDLE,
        "2h30m",
        "quantile_over_time(0.9, jobs_total[1h])",
        {f"{{{_A}}}": 6000.0},
        "increase(jobs_total[30m])",
        {f"{{{_A}}}": 0.0},
    ),
    Proof(
        "T004",
        "Two processes end one job a second each; one has just restarted, and half of the sum is gone.",
        _ONE_RESTARTED,
        "1h51m",
        "sum by (queue) (jobs_total)",
        {'{queue="mail"}': 600 + 6660.0},
        "sum by (queue) (rate(jobs_total[5m]))",
        {'{queue="mail"}': 2.0},
    ),
    Proof(
        "T004",
        "6000 jobs, and none for an hour: does it end more than 100 jobs?",
        _IDLE,
        "2h30m",
        "jobs_total > 100",
        {f"jobs_total{{{_A}}}": 6000.0},
        "increase(jobs_total[5m]) > 100",
        {},
    ),
    Proof(
        "T005",
        "Two processes end one job a second each; one restarts, and loses a minute: a spike that never was.",
        _ONE_RESTARTED,
        "1h43m",
        "rate(sum(jobs_total)[5m:15s])",
        {"{}": 21.8},
        "sum(rate(jobs_total[5m]))",
        {"{}": 1.8},
    ),
    Proof(
        "T006",
        "The first payment that fails, after half an hour: has one failed in the last five minutes?",
        {'payment_errors_total{reason="limit",job="web",instance="a:1"}': "_x30 1x30"},
        "33m",
        "increase(payment_errors_total[5m]) > 0",
        {},
        "increase(payment_errors_total[5m]) > 0 or (payment_errors_total unless payment_errors_total offset 5m)",
        {'payment_errors_total{reason="limit",job="web",instance="a:1"}': 1.0},
    ),
    Proof(
        "T007",
        "One instance answers ten requests with 100 bytes each, another one with 1000: bytes per answer.",
        _ANSWERS,
        "20m",
        f"sum by (handler) (rate({_BYTES}_sum[5m]) / rate({_BYTES}_count[5m]))",
        {'{handler="list"}': 1100.0},
        f"sum by (handler) (rate({_BYTES}_sum[5m])) / sum by (handler) (rate({_BYTES}_count[5m]))",
        {'{handler="list"}': 2000 / 11},
    ),
    Proof(
        "T008",
        "A hundred minutes with answers of 100 bytes, and five with 1000: bytes per answer now.",
        {f"{_BYTES}_sum{{{_LIST}}}": "0+6000x100 660000+60000x5", f"{_BYTES}_count{{{_LIST}}}": "0+60x106"},
        "1h46m",
        f"{_BYTES}_sum / {_BYTES}_count",
        {f"{{{_LIST}}}": 16000 / 106},
        f"rate({_BYTES}_sum[4m]) / rate({_BYTES}_count[4m])",
        {f"{{{_LIST}}}": 1000.0},
    ),
    Proof(
        "T009",
        "A hundred jobs a minute that fail and twenty that are cancelled: how many a minute did not succeed?",
        {
            f"jobs_total{{{_A.replace('success', 'failure')}}}": "0+100x30",
            f"jobs_total{{{_A.replace('success', 'cancelled')}}}": "0+20x30",
        },
        "20m",
        'avg(rate(jobs_total{status!="success"}[5m]))',
        {"{}": 1.0},
        'avg(sum without (status) (rate(jobs_total{status!="success"}[5m])))',
        {"{}": 2.0},
    ),
    Proof(
        "T010",
        "Ten jobs wait in the first minutes, six of another process in the last ones: how many waited at most?",
        _PEAKS,
        "1h",
        "sum(max_over_time(queue_length[1h]))",
        {"{}": 16.0},
        "max_over_time(sum(queue_length)[1h:1m])",
        {"{}": 10.0},
    ),
)
