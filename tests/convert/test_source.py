"""Declarations in source code: what is found, what it is called there, and what is left to a person."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from signalproof.catalogue.family import Family, Type
from signalproof.convert.declarations import declarations
from signalproof.convert.found import Found
from signalproof.errors import SignalproofError


def found_in(folder: Path, text: str, **others: str) -> dict[str, Found]:
    """Return the metrics that the module ``app`` declares, by name."""
    for name, one in {"app": text, **others}.items():
        (folder / f"{name}.py").write_text(dedent(one))
    return {one.family.name: one for one in declarations(folder)[0]}


def family(folder: Path, text: str, **others: str) -> Family:
    """Return the one family that is declared."""
    (one,) = found_in(folder, text, **others).values()
    return one.family


@pytest.mark.parametrize(
    ("declaration", "name"),
    [
        ('Counter("hits", "H.")', "hits_total"),
        ('Counter("hits_total", "H.")', "hits_total"),
        ('Counter("read", "H.", unit="bytes")', "read_bytes_total"),
        ('Counter("read_bytes_total", "H.", unit="bytes")', "read_bytes_total"),
        ('Gauge("size", "H.", namespace="shop", subsystem="db")', "shop_db_size"),
        ('Gauge("size", "H.", (), "shop", "db", "bytes")', "shop_db_size_bytes"),
        ('Histogram(name="wait", documentation="H.", unit="seconds")', "wait_seconds"),
        ('Summary("wait_seconds", "H.", unit="seconds")', "wait_seconds"),
        ('Info("build", "H.")', "build_info"),
        ('Enum("state", "H.", states=["on", "off"])', "state"),
    ],
)
def test_a_name_is_put_together_as_prometheus_client_does(
    tmp_path: Path, declaration: str, name: str
) -> None:
    import prometheus_client

    made = eval(f"one.{declaration[:-1]}, registry=None)", {"one": prometheus_client})
    exposed = {sample.name for metric in made.collect() for sample in metric.samples}
    assert not exposed or any(one.startswith(name.removesuffix("_total")) for one in exposed)
    assert (
        family(
            tmp_path, f"from prometheus_client import *\nimport prometheus_client as p\nX = p.{declaration}"
        ).name
        == name
    )


@pytest.mark.parametrize(
    "text",
    [
        'from prometheus_client import Counter\nX = Counter("hits", "H.")',
        'import prometheus_client\nX = prometheus_client.Counter("hits", "H.")',
        'import prometheus_client as prom\nX = prom.Counter("hits", "H.")',
        'from prometheus_client import Counter as C\nX = C("hits", "H.")',
        'from prometheus_client.metrics import Counter\nclass A:\n    x = Counter("hits", "H.")',
        'from prometheus_client import Counter\ndef make():\n    return Counter("hits", "H.")',
        'from prometheus_client import Counter\nNAME = "hits"\nX = Counter(NAME, "H.")',
        'from prometheus_client import Counter\nP = "hi"\nX = Counter(f"{P}ts", "H.")',
        'from prometheus_client import Counter\nX = Counter("hi" + "ts", "H.")',
        'from prometheus_client import Counter\nX = Counter("%sts" % "hi", "H.")',
        'from prometheus_client import Counter\nX = Counter("{}ts".format("hi"), "H.")',
        'from prometheus_client import Counter\nX = Counter("_".join(["hits"]), "H.")',
        'from prometheus_client import Counter\nclass N:\n    HITS = "hits"\nX = Counter(N.HITS, "H.")',
        'from prometheus_client import Counter\nA = {"name": "hits", "documentation": "H."}\nX = Counter(**A)',
        'from prometheus_client import Counter\ndef make(name):\n    return Counter(name, "H.")\nX = make("hits")',
        'from prometheus_client import Counter\ndef make(name, p="hi"):\n    full = f"{p}{name}"\n    return Counter(full, "H.")\nX = make("ts")',
        'from prometheus_client import Counter\nclass M:\n    def __init__(self, p):\n        self.p = p\n        self.x = Counter(f"{self.p}ts", "H.")\nm = M("hi")',
        'from prometheus_client import Counter\nXS = [Counter(n, "H.") for n in ("hits",)]',
        'from prometheus_client import Counter\nXS = {}\nfor n, h in [("hits", "H.")]:\n    XS[n] = Counter(n, h)',
    ],
)  # fmt: skip
def test_a_counter_is_found_however_it_is_written(tmp_path: Path, text: str) -> None:
    one = family(tmp_path, text)
    assert (one.name, one.type, one.help) == ("hits_total", Type.COUNTER, "H.")


def test_names_are_followed_into_other_modules(tmp_path: Path) -> None:
    text = """
        from own import Counter
        from names import HITS
        X = Counter(HITS, "H.")
    """
    one = family(tmp_path, text, own="from prometheus_client import Counter", names='HITS = "hits"')
    assert one.name == "hits_total"


@pytest.mark.parametrize(
    "labels", ['["a", "b"]', '("a", "b")', "L", "(*L,)", "list(L)", '["a"] + ["b"]', "[x.value for x in E]"]
)
def test_label_names_are_found_however_they_are_written(tmp_path: Path, labels: str) -> None:
    text = f"""
        from enum import Enum
        from prometheus_client import Gauge
        L = ("a", "b")
        class E(Enum):
            A = "a"
            B = "b"
        X = Gauge("size", "H.", {labels})
    """
    assert list(family(tmp_path, text).labels) == ["a", "b"]


def test_values_that_the_source_writes_out_are_the_values_of_a_label(tmp_path: Path) -> None:
    text = """
        from prometheus_client import Counter
        X = Counter("hits", "H.", ["how", "who"])
        def hit(user, ok):
            X.labels("good" if ok else "bad", user).inc()
            X.labels(how="lost", who=user).inc()
    """
    labels = family(tmp_path, text).labels
    assert (labels["how"].values, labels["who"].values) == (frozenset({"good", "bad", "lost"}), None)


def test_buckets_of_the_source_are_those_of_the_histogram(tmp_path: Path) -> None:
    text = """
        from prometheus_client import Histogram
        X = Histogram("wait", "H.", buckets=[1, 2.5, float("inf")])
    """
    assert family(tmp_path, text).buckets == ("1.0", "2.5")


@pytest.mark.parametrize(
    ("declaration", "part"),
    [
        ('Gauge("size", "H.", labelnames=names())', "labels"),
        ('Histogram("wait", "H.", buckets=bounds())', "buckets"),
        ('Gauge("size", text())', "help"),
        ('Gauge("size", "H.", unit=unit())', "name"),
    ],
)
def test_what_is_made_at_run_time_is_to_be_checked(tmp_path: Path, declaration: str, part: str) -> None:
    (one,) = found_in(
        tmp_path, f"from prometheus_client import *\nimport prometheus_client as p\nX = p.{declaration}"
    ).values()
    assert "run time" in one.doubts[part]


def test_a_name_that_is_made_at_run_time_is_listed(tmp_path: Path) -> None:
    text = 'from prometheus_client import Counter\nimport os\nX = Counter("hits", "H.")\nY = Counter(os.environ["NAME"], "H.")\n'
    (tmp_path / "app.py").write_text(text)
    (unread,) = declarations(tmp_path)[1]
    assert (unread.where.line, unread.of) == (4, "os.environ['NAME']")


def test_a_module_that_is_no_python_is_listed_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text('from prometheus_client import Counter\nX = Counter("hits", "H.")\n')
    (tmp_path / "old.py").write_text("print 'two'\n")
    found, unread = declarations(tmp_path)
    assert (len(found), [one.of for one in unread]) == (1, ["old.py"])


def test_source_is_never_run(tmp_path: Path) -> None:
    text = f"""
        from pathlib import Path
        from prometheus_client import Counter
        Path({str(tmp_path / "ran")!r}).touch()
        X = Counter("hits", "H.")
    """
    assert family(tmp_path, text).name == "hits_total"
    assert not (tmp_path / "ran").exists()


def test_constants_that_double_each_other_come_to_an_end(tmp_path: Path) -> None:
    doubled = "\n".join(f"A{n} = A{n + 1} + A{n + 1}" for n in range(40))
    text = f'from prometheus_client import Counter\n{doubled}\nA40 = "x"\nX = Counter("hits", A0)\n'
    assert family(tmp_path, text).help == ""


def test_source_without_a_metric_is_refused(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")
    with pytest.raises(SignalproofError, match="declares a metric"):
        declarations(tmp_path)


@pytest.mark.parametrize(
    ("declaration", "name", "kind"),
    [
        ('create_counter("shop.orders", unit="{order}")', "shop_orders_total", Type.COUNTER),
        ('create_counter("shop.read", unit="By")', "shop_read_bytes_total", Type.COUNTER),
        ('create_up_down_counter("shop.open")', "shop_open", Type.GAUGE),
        ('create_histogram("shop.wait", unit="s")', "shop_wait_seconds", Type.HISTOGRAM),
        ('create_gauge("shop.full", "1")', "shop_full_ratio", Type.GAUGE),
        ('create_observable_gauge("shop.heat", callbacks=[], unit="Cel")', "shop_heat_celsius", Type.GAUGE),
    ],
)
def test_an_instrument_of_opentelemetry_is_named_as_prometheus_sees_it(
    tmp_path: Path, declaration: str, name: str, kind: Type
) -> None:
    text = f"from opentelemetry import metrics\nmeter = metrics.get_meter('shop')\nX = meter.{declaration}"
    one = family(tmp_path, text)
    assert (one.name, one.type) == (name, kind)


def test_attributes_of_opentelemetry_that_the_source_writes_out_are_labels(tmp_path: Path) -> None:
    text = """
        from opentelemetry import metrics
        class A:
            def __init__(self):
                self.orders = metrics.get_meter("shop").create_counter("orders")
            def order(self, how):
                self.orders.add(1, {"payment.kind": how})
    """
    assert list(family(tmp_path, text).labels) == ["payment_kind"]


def test_what_the_environment_may_set_is_its_default_and_to_be_checked(tmp_path: Path) -> None:
    text = """
        import os
        from prometheus_client import Counter
        X = Counter("hits", "H.", namespace=os.getenv("PREFIX", "shop"))
    """
    (one,) = found_in(tmp_path, text).values()
    assert (one.family.name, one.doubts["name"]) == (
        "shop_hits_total",
        "its name may be set by PREFIX in the environment",
    )


def test_of_two_branches_the_one_that_is_known_is_taken_and_to_be_checked(tmp_path: Path) -> None:
    text = """
        from prometheus_client import Histogram
        if given():
            bounds = [float(one) for one in given()]
        else:
            bounds = [1, 2]
        X = Histogram("wait", "W.", buckets=bounds)
    """
    (one,) = found_in(tmp_path, text).values()
    assert (one.family.buckets, one.doubts["buckets"]) == (
        ("1.0", "2.0"),
        "its buckets may be made at run time",
    )


def test_a_label_may_be_called_as_a_part_of_a_declaration(tmp_path: Path) -> None:
    (one,) = found_in(
        tmp_path, 'from prometheus_client import Gauge\nX = Gauge("size", "S.", ["name", "help"])'
    ).values()
    assert set(one.doubts) == {"label name", "label help"}


def test_methods_that_call_each_other_come_to_an_end(tmp_path: Path) -> None:
    calls = "\n".join(
        f"    def m{a}(self, name):\n" + "".join(f"        self.m{b}(name)\n" for b in range(20))
        for a in range(20)
    )
    text = f'from prometheus_client import Gauge\nclass A:\n{calls}\n    def make(self, name):\n        self.m1(name)\n        return Gauge(name, "G.")\nA().make("size")\n'
    assert family(tmp_path, text).name == "size"
