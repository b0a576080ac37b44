// A list that is long to choose from is found by typing: signs, pinyin, its initials, a code.
// A select stays what is sent; without scripts it is what one chooses from. A text field stays free.
"use strict";

(() => {
  let made = 0;

  const element = (name, attributes, text = "") => {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.textContent = text;
    return made;
  };

  const option = (value, title) =>
    element("li", { role: "option", "aria-selected": "false", "data-value": value, "data-title": title }, title);

  const found = async (address, typed) => {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams({ typed }) });
    const told = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
    return [...told.querySelectorAll("li")];
  };

  // A select gives its place to a text field; a text field is one already.
  const fieldOf = (field) => {
    if (field.matches("input")) return field;
    const input = element("input", { id: field.id, type: "text", maxlength: "100" });
    ["aria-describedby", "aria-invalid"].forEach((name) => {
      if (field.hasAttribute(name)) input.setAttribute(name, field.getAttribute(name));
    });
    field.id = `${field.id}-chosen`;
    field.hidden = true;
    return input;
  };

  const combine = (field) => {
    const { suggest: address, narrow: hint } = field.dataset;
    delete field.dataset.suggest;
    const select = field.matches("select") ? field : null;
    const list = `suggestions-${made += 1}`;
    // What it means to choose nothing is said where nothing is chosen.
    const none = select ? [...select.options].find((each) => !each.value && each.text.trim()) : null;
    const around = element("div", { class: "combobox" });
    field.before(around);
    const input = fieldOf(field);
    Object.entries({
      role: "combobox", autocomplete: "off", placeholder: none ? `${none.text.trim()} · ${hint}` : hint,
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list,
    }).forEach(([name, value]) => input.setAttribute(name, value));
    const box = element("ul", { id: list, role: "listbox", class: "suggestions", hidden: "", "aria-label": hint });
    const heard = element("span", { role: "status", class: "unseen" });
    around.append(field, input, box, heard);

    let active = -1;
    let asked = 0;
    const options = () => [...box.querySelectorAll("[role=option]")];
    const shownTitle = () => (select.value ? select.selectedOptions[0].text.trim() : "");
    const isOpen = () => !box.hidden;
    const kept = (typed) =>
      (select ? [...select.options] : [])
        .filter((each) => "keep" in each.dataset && each.text.includes(typed))
        .map((each) => option(each.value, each.text.trim()));

    const mark = (to) => {
      const found = options();
      active = found.length ? (to + found.length) % found.length : -1;
      found.forEach((option, n) => {
        option.id = `${list}-${n}`;
        option.setAttribute("aria-selected", n === active ? "true" : "false");
      });
      if (active < 0) input.removeAttribute("aria-activedescendant");
      else {
        input.setAttribute("aria-activedescendant", found[active].id);
        found[active].scrollIntoView({ block: "nearest" });
      }
    };

    const markNone = () => {
      options().forEach((option, n) => (option.id = `${list}-${n}`));
      active = -1;
    };

    const close = () => {
      asked += 1;
      box.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };

    const changed = (...fields) =>
      fields.forEach((each) => each.dispatchEvent(new Event("change", { bubbles: true })));

    const choose = (option) => {
      const { value, title } = option.dataset;
      const before = select ? select.value : input.value;
      if (select) {
        if (![...select.options].some((each) => each.value === value)) select.add(new Option(title, value));
        select.value = value;
      }
      input.value = title;
      close();
      if (before !== (select ? value : title)) changed(...new Set([field, input]));
    };

    const settle = () => {
      if (select) {
        const emptied = !input.value.trim() && [...select.options].some((each) => !each.value);
        if (emptied && select.value) {
          select.value = "";
          changed(select);
        }
        input.value = shownTitle();
      }
      close();
    };

    const open = async () => {
      const mine = asked += 1;
      const typed = select && input.value === shownTitle() ? "" : input.value;
      const suggested = await found(address, typed);
      if (mine !== asked) return;
      const own = kept(typed.trim());
      box.replaceChildren(...own, ...suggested.filter((each) => !own.length || each.getAttribute("role") === "option"));
      const shown = options();
      if (!shown.length && (!typed || !select)) return close();
      box.hidden = false;
      input.setAttribute("aria-expanded", "true");
      heard.textContent = shown.length ? `${shown.length}` : box.textContent.trim();
      if (typed && select) mark(0);
      else markNone();
    };

    let soon;
    input.addEventListener("input", () => {
      clearTimeout(soon);
      soon = setTimeout(open, 80);
    });
    if (select) input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => {
      clearTimeout(soon);
      settle();
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const moves = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in moves) {
        event.preventDefault();
        if (isOpen()) mark(active < 0 && event.key === "ArrowUp" ? -1 : active + moves[event.key]);
        else open();
      } else if (event.key === "Enter" && isOpen() && (select || active >= 0) && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        if (active >= 0) choose(options()[active]);
      } else if (event.key === "Tab" && isOpen() && active >= 0) {
        choose(options()[active]);
      } else if (event.key === "Escape" && isOpen()) {
        event.preventDefault();
        event.stopPropagation();
        if (select) input.value = shownTitle();
        close();
      }
    });
    box.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
    if (select) input.value = shownTitle();
  };

  const enhance = (within) => within.querySelectorAll("[data-suggest]").forEach(combine);
  enhance(document);
  document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
})();
