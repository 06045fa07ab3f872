/* SPDX-License-Identifier: ISC */
"use strict";
/*
 * Keeps the page alive: the words with data-k from /status.json every few
 * seconds, the parts with data-live from the page itself, less often or when
 * the state changes.  Without it everything is there, as of the last load.
 */
(() => {
	const FAST_MS = 3000, SLOW_MS = 12000, PATIENCE_MS = 5000;
	const fresh = document.getElementById("fresh");
	const parts = new Map(), sorted = new Map();
	let state = document.querySelector("[data-state]")?.dataset.state;
	let heard = Date.now(), whole = Date.now(), failing = 0;

	/* As text_seconds() of the daemon has it. */
	function seconds(s, sign) {
		const scale = [[144000, 86400, "d"], [6000, 3600, "h"],
		    [100, 60, "min"], [1, 1, "s"], [1e-3, 1e-3, "ms"],
		    [1e-6, 1e-6, "\u00b5s"], [0, 1e-9, "ns"]];
		const a = Math.abs(s) < 0.5e-9 ? 0 : Math.abs(s);
		const [, unit, name] = scale.find(([from]) => a >= from);
		const v = a / unit;
		let digits = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
		if (unit === 1e-9 || (unit >= 1 && v === Math.floor(v)))
			digits = 0;
		else if (unit > 1)
			digits = v < 9.95 ? 1 : 0;
		return (a > 0 && s < 0 ? "\u2212" : a > 0 && sign ? "+" : "") +
		    v.toFixed(digits) + "\u00a0" + name;
	}

	function put(key, words) {
		for (const e of document.querySelectorAll(`[data-k="${key}"]`))
			if (e.textContent !== words)
				e.textContent = words;
	}

	function show(v) {
		const count = new Intl.NumberFormat("en");
		if (v.error_bound_s !== null)
			put("bound", seconds(v.error_bound_s, false));
		if (v.offset_s !== null) {
			put("signed", seconds(v.offset_s, true));
			put("offset", seconds(Math.abs(v.offset_s), false) +
			    (v.offset_s < 0 ? " fast" : " slow"));
		}
		put("sent", String(v.upstream.sent_day));
		put("answered", count.format(v.serve.answered));
	}

	/* ---- sorting */

	function value(row, column) {
		const cell = row.cells[column];
		if (cell === undefined)
			return null;
		if (cell.dataset.v !== undefined)
			return Number(cell.dataset.v);
		return cell.textContent === "\u2013" ? null : cell.textContent;
	}

	function compare(a, b) {
		if (a === null || b === null)
			return a === b ? 0 : a === null ? 2 : -2;
		return typeof a === "number" && typeof b === "number" ? a - b :
		    String(a).localeCompare(String(b));
	}

	function sort(table, column, direction) {
		const body = table.tBodies[0];
		const rows = [...body.rows].sort((a, b) => {
			const c = compare(value(a, column), value(b, column));
			/* What is not known stays last, either way. */
			return Math.abs(c) === 2 &&
			    (value(a, column) === null || value(b, column) === null) ?
			    c : c * direction;
		});
		body.append(...rows);
		[...table.tHead.rows[0].cells].forEach((th, i) => {
			if (i === column)
				th.setAttribute("aria-sort", direction > 0 ?
				    "ascending" : "descending");
			else
				th.removeAttribute("aria-sort");
		});
	}

	/* Its headings become buttons, and the order that was chosen returns. */
	function enhance(part) {
		const table = part.querySelector("table");
		if (table === null)
			return;
		[...table.tHead.rows[0].cells].forEach((th, i) => {
			const button = document.createElement("button");
			button.type = "button";
			button.append(...th.childNodes);
			button.addEventListener("click", () => {
				const was = sorted.get(part.id);
				const direction = was && was.column === i ?
				    -was.direction : 1;
				sorted.set(part.id, { column: i, direction });
				sort(table, i, direction);
			});
			th.append(button);
		});
		const order = sorted.get(part.id);
		if (order)
			sort(table, order.column, order.direction);
	}

	/* ---- parts of the page */

	/* Where the reader is: selecting, or in a part by keyboard. */
	function focusIn(part) {
		const at = document.activeElement;
		if (!part.contains(at) || at === document.body)
			return -1;
		return [...part.querySelectorAll("a,button,[tabindex]")].indexOf(at);
	}

	function replace(part, next) {
		const chosen = document.getSelection();
		if (chosen && !chosen.isCollapsed && chosen.containsNode(part, true))
			return;
		const focus = focusIn(part);
		const left = part.querySelector(".scroll")?.scrollLeft;
		part.className = next.className;
		if (next.dataset.state)
			part.dataset.state = next.dataset.state;
		parts.set(part.id, next.innerHTML);
		part.replaceChildren(...next.childNodes);
		enhance(part);
		if (left)
			part.querySelector(".scroll").scrollLeft = left;
		if (focus >= 0)
			part.querySelectorAll("a,button,[tabindex]")[focus]?.focus();
	}

	function remove(part) {
		parts.delete(part.id);
		part.remove();
	}

	/* A part that was not there, behind the one that it follows; false: we
	 * have none of that, this is another page. */
	function insert(next) {
		const before = document.getElementById(
		    next.previousElementSibling?.id ?? "");
		if (before === null)
			return false;
		const part = document.importNode(next, true);
		parts.set(part.id, part.innerHTML);
		before.after(part);
		enhance(part);
		return true;
	}

	async function refresh() {
		const answer = await ask(location.pathname + location.search);
		const page = new DOMParser().parseFromString(
		    await answer.text(), "text/html");
		const next = [...page.querySelectorAll("[data-live]")];
		for (const part of document.querySelectorAll("[data-live]"))
			if (!next.some((n) => n.id === part.id))
				remove(part);
		for (const n of next) {
			const part = document.getElementById(n.id);
			if (part === null) {
				if (!insert(n)) {
					location.reload();
					return;
				}
			} else if (parts.get(n.id) !== n.innerHTML) {
				replace(part, n);
			}
		}
		document.title = page.title;
		state = page.querySelector("[data-state]")?.dataset.state;
		whole = Date.now();
	}

	function ask(path) {
		return fetch(path, { cache: "no-store",
		    signal: AbortSignal.timeout(PATIENCE_MS) });
	}

	function say(words, bad) {
		if (fresh.textContent === words)
			return;
		fresh.textContent = words;
		fresh.className = bad ? "bad" : "";
	}

	/* What was green an hour ago must not look so now. */
	function lose(who, when) {
		const part = document.getElementById("answer");
		part.className = "bad";
		part.querySelector("h2").textContent = who + " does not answer";
		part.querySelector("p").textContent =
		    "What stands here is of " + when + ".";
		parts.set(part.id, "");
	}

	async function beat() {
		const when = new Date(heard).toLocaleTimeString();
		try {
			const answer = await ask("/status.json");
			if (answer.ok) {
				const v = await answer.json();
				if (v.state !== state || failing > 0 ||
				    Date.now() - whole > SLOW_MS)
					await refresh();
				show(v);
				heard = Date.now();
				failing = 0;
			} else if (++failing > 1) {
				lose("The engine", when);
			}
			if (failing > 0 || state === "silent")
				say("waiting for the engine", true);
			else
				say("live", false);
		} catch (e) {
			say("The gateway does not answer: this page is of " +
			    when, true);
			if (++failing > 1)
				lose("The gateway", when);
		}
		setTimeout(beat, FAST_MS);
	}

	for (const part of document.querySelectorAll("[data-live]")) {
		parts.set(part.id, part.innerHTML);
		enhance(part);
	}
	beat();
})();
