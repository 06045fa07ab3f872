#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""grafana.py DASHBOARD METRICS RULES - has the dashboard what Grafana needs to
load it, and are its metrics and labels ours?  Its expressions become rules in
the file RULES, so that promtool can parse them."""

import json
import re
import sys

KINDS = ("gauge", "stat", "table", "timeseries")
ALWAYS = {"instance", "job"}  # Prometheus adds them

with open(sys.argv[1]) as f:
    board = json.load(f)
with open(sys.argv[2]) as f:
    ours = {}
    for line in f:
        m = re.match(r"(ntpgate_\w+)(?:{(.*)})? ", line)
        if m:
            ours[m[1]] = set(re.findall(r'(\w+)="', m[2] or ""))
wrong, rules = [], []


def want(ok, sentence):
    if not ok:
        wrong.append(sentence)


def target(panel, t):
    here = f"panel {panel['title']!r}, {t.get('refId')!r}"
    want(t.get("refId") and t.get("datasource"), f"{here}: no id or source")
    named = re.findall(r"ntpgate_\w+", t["expr"])
    want(named, f"{here}: no metric of ours")
    labels = set(ALWAYS).union(*(ours.get(n, ()) for n in named))
    for n in named:
        want(n in ours, f"{here}: no metric {n}")
    for label in re.findall(r"{{(\w+)}}", t.get("legendFormat", "")):
        want(label in labels, f"{here}: no label {label}")
    rules.append(t["expr"].replace("$__rate_interval", "5m"))


def panel(p):
    here = f"panel {p.get('title')!r}"
    want(p.get("type") in KINDS, f"{here}: type {p.get('type')!r}")
    want(p.get("datasource", {}).get("uid") == "${source}",
         f"{here}: a source that only we have")
    at = p.get("gridPos", {})
    want(set(at) == set("xywh") and at["x"] + at["w"] <= 24,
         f"{here}: no place on the grid of 24")
    want(isinstance(p.get("fieldConfig", {}).get("overrides"), list)
         and "defaults" in p["fieldConfig"], f"{here}: no fieldConfig")
    want(p.get("targets"), f"{here}: no target")
    for t in p.get("targets", ()):
        target(p, t)


def apart(a, b):
    return (a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
            or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"])


for key in ("title", "uid", "schemaVersion", "version", "panels", "time",
            "templating"):
    want(key in board, f"no {key}")
want("id" not in board, "it has the id of another Grafana")
ids = [p.get("id") for p in board["panels"]]
want(len(set(ids)) == len(ids) and None not in ids, "panels share an id")
for p in board["panels"]:
    panel(p)
places = [p["gridPos"] for p in board["panels"]]
want(all(apart(a, b) for i, a in enumerate(places) for b in places[:i]),
     "panels lie over each other")
for v in board["templating"]["list"]:
    for n in re.findall(r"ntpgate_\w+", json.dumps(v)):
        want(n in ours, f"variable {v['name']}: no metric {n}")
used = set(re.findall(r"\$(?:{)?([a-z]\w*)", json.dumps(board["panels"])))
want(used <= {v["name"] for v in board["templating"]["list"]},
     "a variable that it does not have")
with open(sys.argv[3], "w") as f:
    json.dump({"groups": [{"name": "grafana", "rules": [
        {"record": f"r{i}", "expr": e} for i, e in enumerate(rules)]}]}, f)
print("\n".join(wrong))
sys.exit(1 if wrong or not rules else 0)
