// A list that is long to choose from is found by typing: signs, pinyin, its initials, a code.
// The select stays what is sent; without scripts it is what one chooses from.
"use strict";

(() => {
  let made = 0;

  const element = (name, attributes) => {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };

  const combine = (select) => {
    const id = select.id;
    const list = `suggestions-${made += 1}`;
    const input = element("input", {
      id, type: "text", role: "combobox", autocomplete: "off", maxlength: "100", placeholder: select.dataset.narrow,
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list,
    });
    const box = element("ul", { id: list, role: "listbox", class: "suggestions", hidden: "", "aria-label": select.dataset.narrow });
    const heard = element("span", { role: "status", class: "unseen" });
    ["aria-describedby", "aria-invalid"].forEach((name) => {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    });
    select.id = `${id}-chosen`;
    select.hidden = true;
    const around = element("div", { class: "combobox" });
    select.before(around);
    around.append(select, input, box, heard);

    let active = -1;
    let asked = 0;
    const options = () => [...box.querySelectorAll("[role=option]")];
    const shownTitle = () => (select.value ? select.selectedOptions[0].text.trim() : "");
    const isOpen = () => !box.hidden;

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

    const close = () => {
      asked += 1;
      box.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };

    const choose = (option) => {
      const { value, title } = option.dataset;
      if (![...select.options].some((each) => each.value === value)) select.add(new Option(title, value));
      const before = select.value;
      select.value = value;
      input.value = title;
      close();
      if (before !== value) [select, input].forEach((each) => each.dispatchEvent(new Event("change", { bubbles: true })));
    };

    const settle = () => {
      const emptied = !input.value.trim() && [...select.options].some((each) => !each.value);
      if (emptied && select.value) {
        select.value = "";
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }
      input.value = shownTitle();
      close();
    };

    const open = async () => {
      const mine = asked += 1;
      const typed = input.value === shownTitle() ? "" : input.value;
      const holder = element("ul", { hidden: "" });
      document.body.append(holder); // beside the form, whose fields are nobody's business here
      await window.htmx.ajax("POST", select.dataset.suggest, { source: holder, target: holder, swap: "innerHTML", values: { typed } });
      holder.remove();
      if (mine !== asked) return;
      box.replaceChildren(...holder.children);
      const found = options();
      if (!found.length && !typed) return;
      box.hidden = false;
      input.setAttribute("aria-expanded", "true");
      heard.textContent = box.textContent.trim() && found.length ? `${found.length}` : box.textContent.trim();
      mark(typed ? 0 : -1);
      if (!typed) active = -1;
    };

    let soon;
    input.addEventListener("input", () => {
      clearTimeout(soon);
      soon = setTimeout(open, 80);
    });
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", settle);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const moves = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in moves) {
        event.preventDefault();
        if (isOpen()) mark(active + moves[event.key]);
        else open();
      } else if (event.key === "Enter" && isOpen() && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        if (active >= 0) choose(options()[active]);
      } else if (event.key === "Tab" && isOpen() && active >= 0) {
        choose(options()[active]);
      } else if (event.key === "Escape" && isOpen()) {
        event.preventDefault();
        event.stopPropagation();
        input.value = shownTitle();
        close();
      }
    });
    box.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
    input.value = shownTitle();
  };

  document.querySelectorAll("select[data-suggest]").forEach(combine);
})();
