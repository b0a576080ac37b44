// Snippets (常用语): a slash and an abbreviation become a text, by Tab or Enter; a slash alone lists them.
"use strict";

(() => {
  const TYPED = /(^|[^0-9a-z/])\/([0-9a-z\u4e00-\u9fff]{0,12})$/i;
  let listed = null;
  let made = 0;

  const load = async () => {
    const holder = document.createElement("ul");
    holder.hidden = true;
    document.body.append(holder);
    await window.htmx.ajax("GET", "/desk/snippets/list", { source: holder, target: holder, swap: "innerHTML" });
    holder.remove();
    return [...holder.querySelectorAll("[data-abbreviation]")];
  };

  const itemOf = (area) => {
    const chosen = area.form && area.form.querySelector('select[name="item"]');
    const title = chosen && chosen.value ? chosen.selectedOptions[0].text.trim() : "";
    return area.dataset.snippets || title;
  };

  const offer = (area) => {
    const list = `snippets-${made += 1}`;
    const box = document.createElement("ul");
    Object.entries({ id: list, role: "listbox", class: "suggestions below", "aria-label": area.dataset.snippetsTitle })
      .forEach(([name, value]) => box.setAttribute(name, value));
    box.hidden = true;
    area.after(box);
    Object.entries({ "aria-autocomplete": "list", "aria-controls": list }).forEach(([name, value]) => area.setAttribute(name, value));
    let active = -1;

    const close = () => {
      box.hidden = true;
      active = -1;
      area.removeAttribute("aria-activedescendant");
    };

    const mark = (to) => {
      const shown = [...box.children];
      active = shown.length ? (to + shown.length) % shown.length : -1;
      shown.forEach((option, n) => {
        option.id = `${list}-${n}`;
        option.setAttribute("aria-selected", n === active ? "true" : "false");
      });
      if (active >= 0) {
        area.setAttribute("aria-activedescendant", shown[active].id);
        shown[active].scrollIntoView({ block: "nearest" });
      }
    };

    const asked = () => {
      if (area.selectionStart !== area.selectionEnd) return null;
      return TYPED.exec(area.value.slice(0, area.selectionStart));
    };

    const show = async () => {
      if (!asked()) return close();
      listed = listed || load();
      const known = await listed;
      const now = asked();
      if (!now) return close();
      const typed = now[2].toLowerCase();
      const fits = known.filter((each) => each.dataset.abbreviation.startsWith(typed));
      if (!fits.length) return close();
      box.replaceChildren(...fits.map((each) => each.cloneNode(true)));
      box.hidden = false;
      return mark(0);
    };

    const insert = (option) => {
      const found = asked();
      close();
      if (!found) return;
      const item = itemOf(area);
      const text = option.dataset.text.replaceAll("{事项}", item || "这个事项");
      const from = area.selectionStart - found[2].length - 1;
      area.setRangeText(text, from, area.selectionStart, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      close();
    };

    area.addEventListener("input", show);
    area.addEventListener("blur", close);
    area.addEventListener("keydown", (event) => {
      if (box.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
      const moves = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in moves) mark(active + moves[event.key]);
      else if (event.key === "Tab" || event.key === "Enter") insert(box.children[active]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    box.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) insert(option);
    });
  };

  const enhance = (within) => within.querySelectorAll("textarea[data-snippets]").forEach(offer);
  enhance(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) enhance(event.detail.elt);
  });
})();
