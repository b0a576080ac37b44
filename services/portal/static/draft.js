// A report that is being written outlives a reload and a lost line; without scripts nothing is kept.
"use strict";

(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const PATIENCE_MS = 8000;
  const AGAIN_MS = 5000;
  const KEPT_MS = 7 * 24 * 3600 * 1000;
  const NOT_TYPED = new Set(["at", "go", "lang", "print"]);
  // What the page fills in by itself: of these alone nobody has written anything.
  const USUAL = new Set(["key", "region", "attempts", "kind"]);
  const PLACE = "backstop-draft";

  // This tab forgets it when it is closed; the telephone keeps it only if its owner says so.
  const shelves = () => {
    try {
      return [sessionStorage, localStorage];
    } catch {
      return []; // a browser that lets nothing be kept
    }
  };
  const forget = () => shelves().forEach((shelf) => shelf.removeItem(PLACE));
  const recall = () => {
    for (const shelf of shelves()) {
      try {
        const kept = JSON.parse(shelf.getItem(PLACE));
        if (kept && Date.now() - kept.at < KEPT_MS) return { ...kept, lasting: shelf === localStorage };
      } catch {
        // What cannot be read is none.
      }
      shelf.removeItem(PLACE);
    }
    return null;
  };

  if (one("[data-draft-sent]")) forget();
  const form = one("form[data-draft]");
  if (!form || document.body.dataset.kiosk !== undefined) return;

  const consent = one("[data-draft-consent] input");
  const restored = one("[data-draft-restored]");
  const offline = one("[data-draft-offline]");

  const typed = () => {
    const told = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_TYPED.has(name));
    return Object.fromEntries(told);
  };
  const isWritten = (values) => Object.entries(values).some(([name, value]) => value.trim() && !USUAL.has(name));
  const keep = () => {
    const values = typed();
    forget();
    const shelf = shelves()[consent.checked ? 1 : 0];
    if (!shelf || !isWritten(values)) return;
    try {
      shelf.setItem(PLACE, JSON.stringify({ at: Date.now(), values }));
    } catch {
      // No room: the page itself still has it.
    }
  };
  const fill = (values) => {
    for (const [name, value] of Object.entries(values)) {
      const field = form.elements[name];
      if (field) field.value = value; // a group of choices, too
    }
  };

  one("[data-draft-consent]").hidden = false;
  const kept = recall();
  if (kept) consent.checked = kept.lasting;
  if (kept && !isWritten(typed())) {
    fill(kept.values);
    restored.hidden = false;
  }
  one("[data-draft-clear]").addEventListener("click", () => {
    forget();
    location.replace(form.action);
  });
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  keep();

  // A form that is sent into a dead line is lost to an error page: ask first whether one answers.
  const answers = async () => {
    const patience = new AbortController();
    const over = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const answer = await fetch("/healthz", { cache: "no-store", signal: patience.signal });
      await answer.text();
      return answer.ok;
    } catch {
      return false;
    } finally {
      clearTimeout(over);
    }
  };

  let waiting = false;
  let again = 0;
  const send = async (button) => {
    clearTimeout(again);
    if (!(await answers())) {
      offline.hidden = false;
      offline.scrollIntoView({ block: "nearest" });
      again = setTimeout(send, AGAIN_MS, button);
      return;
    }
    const chosen = document.createElement("input");
    Object.assign(chosen, { type: "hidden", name: button.name, value: button.value });
    form.append(chosen);
    form.submit();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter || one("button[name=go]");
    if (waiting) return; // a second tap is the same again
    waiting = true;
    keep();
    send(button);
  }, true);
  window.addEventListener("pageshow", () => {
    waiting = false;
    clearTimeout(again);
    offline.hidden = true;
  });
  form.addEventListener("input", () => {
    // Who goes on writing meanwhile has not finished: nothing is sent behind their back.
    waiting = false;
    clearTimeout(again);
    offline.hidden = true;
  });
})();
