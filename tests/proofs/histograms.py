"""Proofs of the rules about histograms."""

from __future__ import annotations

from tests.proofs.proof import Proof, histogram

_WEB = 'job="web",instance="a:1"'
_GET = _WEB + ',method="GET",handler="/a"'
_REQUESTS = "http_request_duration_seconds"
_JOBS = "job_duration_seconds"

_P95 = f"histogram_quantile(0.95, sum by (le) (rate({_REQUESTS}_bucket[5m])))"
_P95_OF_JOBS = f"histogram_quantile(0.95, sum by (le) (rate({_JOBS}_bucket[5m])))"
_MEAN = "(sum(rate({0}_sum[5m])) / sum(rate({0}_count[5m])))"

_SLOW = histogram(_REQUESTS, _GET, (30, {10.0: 60}))

PROOFS = (
    Proof(
        "H001",
        "A day of requests of up to 1 s, then a quarter of an hour of requests of 5 to 10 s: how slow is it now?",
        histogram(_REQUESTS, _GET, (1440, {1.0: 60}), (15, {10.0: 60})),
        "24h15m",
        f"histogram_quantile(0.95, sum by (le) ({_REQUESTS}_bucket))",
        {"{}": 0.5 + 0.5 * (0.95 * 87300 / 86400)},
        _P95,
        {"{}": 9.75},
    ),
    Proof(
        "H001",
        "The same, asked of the one process without a sum.",
        histogram(_REQUESTS, _GET, (1440, {1.0: 60}), (15, {10.0: 60})),
        "24h15m",
        f"histogram_quantile(0.95, {_REQUESTS}_bucket)",
        {f"{{{_GET}}}": 0.5 + 0.5 * (0.95 * 87300 / 86400)},
        _P95,
        {"{}": 9.75},
    ),
    Proof(
        "H002",
        "Requests of 5 to 10 s: how slow are 95 of 100?",
        _SLOW,
        "20m",
        f"histogram_quantile(0.95, sum(rate({_REQUESTS}_bucket[5m])))",
        {},
        _P95,
        {"{}": 9.75},
    ),
    Proof(
        "H002",
        "The same by handler.",
        _SLOW,
        "20m",
        f"histogram_quantile(0.95, sum by (handler) (rate({_REQUESTS}_bucket[5m])))",
        {},
        f"histogram_quantile(0.95, sum by (le, handler) (rate({_REQUESTS}_bucket[5m])))",
        {'{handler="/a"}': 9.75},
    ),
    Proof(
        "H003",
        "Requests of 5 to 10 s: the 95th percentile is no quantile 95.",
        _SLOW,
        "20m",
        f"histogram_quantile(95, sum by (le) (rate({_REQUESTS}_bucket[5m])))",
        {"{}": float("inf")},
        _P95,
        {"{}": 9.75},
    ),
    Proof(
        "H003",
        "Queues of 1, 2 and 3 jobs: the median queue.",
        {
            f'queue_length{{{_WEB},queue="{name}"}}': f"{count}x20"
            for name, count in zip("abc", "123", strict=True)
        },
        "10m",
        "quantile(50, queue_length)",
        {"{}": float("inf")},
        "quantile(0.5, queue_length)",
        {"{}": 2.0},
    ),
    Proof(
        "H004",
        "8 requests a second of up to 0.5 s on one handler, 1 of 5 to 10 s on another: half of them take up to 0.4 s.",
        {
            **histogram(_REQUESTS, _GET, (30, {0.5: 480})),
            **histogram(_REQUESTS, _GET.replace("/a", "/b"), (30, {10.0: 60})),
        },
        "20m",
        f"sum by (job) (histogram_quantile(0.5, rate({_REQUESTS}_bucket[5m])))",
        {'{job="web"}': 0.375 + 7.5},
        f"histogram_quantile(0.5, sum by (le, job) (rate({_REQUESTS}_bucket[5m])))",
        {'{job="web"}': 0.25 + 0.25 * 4.5 / 8},
    ),
    Proof(
        "H005",
        "Jobs of 3 s; 95 requests of up to 0.5 s to 5 slower ones, 0.5 s in the mean: a job takes six times as long.",
        {
            **histogram(_REQUESTS, _GET, (30, {0.5: 95, 5.0: 5})),
            f"{_REQUESTS}_sum{{{_GET}}}": "0+50x30",
            f"{_REQUESTS}_count{{{_GET}}}": "0+100x30",
            **histogram(_JOBS, _WEB + ',queue="mail"', (30, {5.0: 100})),
            f'{_JOBS}_sum{{{_WEB},queue="mail"}}': "0+300x30",
            f'{_JOBS}_count{{{_WEB},queue="mail"}}': "0+100x30",
        },
        "20m",
        f"{_P95_OF_JOBS} / {_P95}",
        {"{}": 9.6},
        f"{_MEAN.format(_JOBS)} / {_MEAN.format(_REQUESTS)}",
        {"{}": 6.0},
    ),
    Proof(
        "H006",
        "One request a second, of up to 1 s: how many of them are that fast?",
        histogram(_REQUESTS, _GET, (30, {1.0: 60})),
        "20m",
        f'rate({_REQUESTS}_bucket{{le="1"}}[5m])',
        {},
        f'rate({_REQUESTS}_bucket{{le="1.0"}}[5m])',
        {f'{{{_GET},le="1.0"}}': 1.0},
    ),
    Proof(
        "H006",
        "The same, and a bound that was never declared.",
        histogram(_REQUESTS, _GET, (30, {1.0: 60})),
        "20m",
        f'rate({_REQUESTS}_bucket{{le="0.3"}}[5m])',
        {},
        f'rate({_REQUESTS}_bucket{{le="0.25"}}[5m])',
        {f'{{{_GET},le="0.25"}}': 0.0},
    ),
    Proof(
        "H007",
        "Requests of 5 to 10 s: the sum of their seconds has no buckets.",
        {**_SLOW, f"{_REQUESTS}_sum{{{_GET}}}": "0+450x30"},
        "20m",
        f"histogram_quantile(0.9, sum(rate({_REQUESTS}_sum[5m])))",
        {},
        f"histogram_quantile(0.9, sum by (le) (rate({_REQUESTS}_bucket[5m])))",
        {"{}": 9.5},
    ),
    Proof(
        "H007",
        "One request a second: the function that counts native histograms finds none in classic buckets.",
        {**_SLOW, f"{_REQUESTS}_count{{{_GET}}}": "0+60x30"},
        "20m",
        f"histogram_count(rate({_REQUESTS}_bucket[5m]))",
        {},
        f"sum(rate({_REQUESTS}_count[5m]))",
        {"{}": 1.0},
    ),
    Proof(
        "H008",
        "Requests of up to 0.1 s and jobs of 30 to 60 s, as many: nothing took longer than 60 s.",
        {
            **histogram(_REQUESTS, _GET, (30, {0.1: 60})),
            **histogram(_JOBS, _WEB + ',queue="mail"', (30, {60.0: 60})),
        },
        "20m",
        'histogram_quantile(0.9, sum by (le) (rate({__name__=~"(http_request|job)_duration_seconds_bucket"}[5m])))',
        {"{}": 300.0},
        f"histogram_quantile(0.9, sum by (le) (rate({_JOBS}_bucket[5m])))",
        {"{}": 57.0},
    ),
    Proof(
        "H009",
        "Every request takes between 1 and 2.5 s, and nobody measured where: half of them are not above 2 s.",
        histogram(_REQUESTS, _GET, (30, {2.5: 60})),
        "20m",
        f"histogram_quantile(0.99, sum by (le) (rate({_REQUESTS}_bucket[5m]))) > 2",
        {"{}": 2.485},
        f"histogram_quantile(0.99, sum by (le) (rate({_REQUESTS}_bucket[5m]))) > 2.5",
        {},
    ),
)
