// What pages do better with JavaScript; every one of them works without it.
"use strict";

(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // An error summary or a revealed person is what the reader waits for.
  const wanted = one("[data-focus]");
  if (wanted) {
    wanted.classList.add("shown");
    wanted.focus();
  }
  // A form that is filled in many times a day begins where one types.
  const first = one("[data-steps] textarea");
  if (first && !wanted) first.focus();

  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // The link of a receipt carries number and code behind `#`: they never reach a log or a referrer.
  const follow = one("[data-follow]");
  if (follow && location.hash.includes("number=")) {
    const told = new URLSearchParams(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
    follow.elements.number.value = told.get("number") || "";
    follow.elements.code.value = told.get("code") || "";
    if (told.get("number") && told.get("code")) follow.submit();
  }

  // So does the link of an outside party.
  const outside = one("[data-outside]");
  if (outside && location.hash.includes("link=")) {
    const told = new URLSearchParams(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
    outside.elements.link.value = told.get("link") || "";
    if (told.get("link")) outside.submit();
  }

  // A long list is narrowed by typing; without scripts it stays whole.
  const narrow = (select) => {
    const options = all("option", select).filter((option) => option.value);
    if (options.length < 8) return;
    const input = document.createElement("input");
    input.type = "search";
    input.placeholder = select.dataset.narrow;
    input.setAttribute("aria-label", select.dataset.narrow);
    input.setAttribute("aria-controls", select.id);
    input.autocomplete = "off";
    const heard = document.createElement("span");
    heard.className = "hint";
    heard.setAttribute("role", "status");
    const whole = [...select.children].map((child) => child.cloneNode(true));
    input.addEventListener("input", () => {
      const asked = input.value.trim().toLowerCase();
      const chosen = select.value;
      select.replaceChildren(...whole.map((child) => child.cloneNode(true)));
      const left = all("option", select).filter((option) => option.value);
      const found = left.filter((option) => option.text.toLowerCase().includes(asked));
      left.filter((option) => !found.includes(option)).forEach((option) => option.remove());
      all("optgroup", select).forEach((group) => group.children.length || group.remove());
      const only = asked && found.length === 1 ? found[0].value : chosen;
      select.value = found.some((option) => option.value === only) ? only : "";
      heard.textContent = asked ? `${found.length} / ${options.length}` : "";
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      select.focus();
    });
    select.before(input, heard);
  };

  // A second click while the first is under way would only be the same again.
  const sendOnce = (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  };

  // Whoever chose too large a file learns it before minutes of sending.
  const measure = (input) => {
    input.addEventListener("change", () => {
      const [file] = input.files;
      const fits = !file || file.size <= Number(input.dataset.mostBytes);
      input.setCustomValidity(fits ? "" : input.dataset.tooLarge);
      if (!fits) input.reportValidity();
    });
  };

  // A long form is sent by its buttons, and by Ctrl+Enter: by the one whose step was begun.
  const stepOf = (form) => {
    const typed = (button) => form.elements[button.dataset.ifTyped].value.trim();
    const buttons = all('[aria-keyshortcuts="Control+Enter"]', form);
    return buttons.find((button) => button.dataset.ifTyped && typed(button))
      || buttons.find((button) => !button.dataset.ifTyped);
  };
  const lead = (form, from) => {
    const fields = all("input, select, textarea, button, summary", form);
    const open = fields.filter((field) => !field.disabled && field.type !== "hidden" && field.offsetParent);
    const group = (field) => (field.type === "radio" ? field.name : null);
    const next = open.slice(open.indexOf(from) + 1).find((field) => !group(field) || group(field) !== group(from));
    if (next) next.focus();
  };
  const steer = (form) => {
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
      const button = event.ctrlKey || event.metaKey ? stepOf(form) : null;
      const leads = !button && "steps" in form.dataset && event.target.matches("input, select");
      if (!button && !leads) return;
      event.preventDefault();
      if (button) button.click();
      else lead(form, event.target);
    });
  };

  const enhance = (within) => {
    all("select[data-narrow]:not([data-suggest])", within).forEach(narrow);
    all("input[data-most-bytes]", within).forEach(measure);
    all('form[method="post"]', within).forEach(sendOnce);
    all("form", within).filter((form) => one("[aria-keyshortcuts]", form)).forEach(steer);
  };
  enhance(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) enhance(event.detail.elt);
  });
  window.addEventListener("pageshow", () => {
    all("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // On a small screen the open list may lie beyond the edge of the row of lists.
  const current = one(".tabs [aria-current]");
  if (current) current.scrollIntoView({ block: "nearest", inline: "center" });

  // ---- desk: everything by keyboard ----

  const rows = () => all("[data-row]");

  const walk = (by) => {
    const listed = rows();
    if (!listed.length) return;
    const focused = listed.indexOf(document.activeElement);
    const open = listed.findIndex((row) => row.getAttribute("aria-current"));
    const from = focused >= 0 ? focused : open;
    const to = from < 0 ? 0 : Math.min(Math.max(from + by, 0), listed.length - 1);
    listed[to].focus();
  };

  const act = () => {
    const first = one(".acts .next select, .acts .next input:not([type=hidden]), .acts .next textarea, .acts .next button");
    const place = first || one("#acts");
    if (place) place.focus();
  };

  const showKeys = () => {
    const keys = one("[data-keys]");
    keys.open = !keys.open;
    if (keys.open) one("summary", keys).focus();
  };

  const goNew = () => {
    const link = one('a[href="/desk/new"]');
    if (link) link.click();
  };

  const turn = (way) => {
    const link = one(`a[rel="${way}"]`);
    if (link) link.click();
  };

  const find = () => {
    const search = one("[data-search]");
    if (!search) return;
    const fold = search.closest("details");
    if (fold) fold.open = true;
    search.focus();
  };

  const keys = {
    "[": () => turn("prev"),
    "]": () => turn("next"),
    j: () => walk(1),
    k: () => walk(-1),
    a: act,
    n: goNew,
    "/": find,
    "?": showKeys,
  };

  if (one("[data-keys]")) {
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea");
      if (event.key === "Escape" && typing) typing.blur();
      if (typing || event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
  }
})();
