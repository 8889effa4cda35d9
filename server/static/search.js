// Suggests entities while somebody types: an editable combobox with a list, as the ARIA Authoring Practices describe it.
// It takes each element [data-suggest] that holds an input; its words come from data attributes, in the language of the
// page. Without this script, or while the server does not answer, the form works all the same.

const DELAY_MILLISECONDS = 150;
const MOST_KEPT = 100;
const kept = new Map();

async function suggestions(address, text, signal) {
  const place = `${address}?${new URLSearchParams({ q: text })}`;
  if (!kept.has(place)) {
    const response = await fetch(place, { signal, headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(response.statusText);
    kept.set(place, (await response.json()).suggestions);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(place);
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function textOf({ language, segments }, name, attributes = {}) {
  const parts = segments.map((one) => (one.hit ? element("mark", {}, one.text) : one.text));
  return element(name, { dir: "auto", ...(language && { lang: language }), ...attributes }, ...parts);
}

class Suggestions {
  constructor(box, number) {
    this.words = box.dataset;
    this.input = box.querySelector("input");
    this.list = element("ul", { id: `suggestions-${number}`, role: "listbox", "aria-label": this.words.list, hidden: "" });
    this.status = element("span", { role: "status", class: "search-hidden" });
    box.append(this.list, this.status);
    const attributes = {
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
    };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    this.active = -1;
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.open(event.target.closest("[role=option]")));
  }

  wait() {
    this.stop();
    this.timer = setTimeout(() => this.ask(), DELAY_MILLISECONDS);
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  async ask() {
    const text = this.input.value.trim();
    if (!text) return this.close();
    const { signal } = (this.asking = new AbortController());
    try {
      const found = await suggestions(this.words.suggest, text, signal);
      if (!signal.aborted) this.show(found);
    } catch {
      if (!signal.aborted) this.close(); // no answer is no suggestion
    }
  }

  show(found) {
    this.list.replaceChildren(...found.map((one, place) => this.option(one, place)));
    this.expand(found.length > 0);
    this.choose(-1);
    const { none, one, count } = this.words;
    this.status.textContent = [none, one][found.length] ?? count.replace("{count}", found.length);
  }

  option({ iri, url, label, classes, snippets }, place) {
    const item = element("li", { id: `${this.list.id}-${place}`, role: "option" }, textOf(label, "span"));
    item.dataset.address = url === iri ? url : new URL(url).pathname;
    if (classes.length) item.append(" ", element("small", { class: "search-class" }, classes.join(", ")));
    for (const one of snippets) item.append(textOf(one, "small", { class: `search-snippet search-${one.field}` }));
    return item;
  }

  press(event) {
    const last = this.list.children.length - 1;
    const isOpen = !this.list.hidden;
    if (event.isComposing) return;
    if (event.key === "Escape" && isOpen) {
      this.close();
    } else if (event.key === "ArrowDown" && last >= 0) {
      this.choose(this.active < last ? this.active + 1 : -1);
    } else if (event.key === "ArrowUp" && last >= 0) {
      this.choose(this.active < 0 ? last : this.active - 1);
    } else if (event.key === "Enter" && isOpen && this.active >= 0) {
      this.open(this.list.children[this.active]);
    } else {
      return;
    }
    event.preventDefault();
  }

  choose(place) {
    this.active = place;
    [...this.list.children].forEach((item, each) => item.setAttribute("aria-selected", String(each === place)));
    const item = this.list.children[place];
    if (item) {
      this.expand(true);
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  expand(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  open(item) {
    if (item) location.assign(item.dataset.address);
  }

  close() {
    this.stop();
    this.expand(false);
    this.choose(-1);
    this.status.textContent = "";
  }
}

document.querySelectorAll("[data-suggest]").forEach((box, number) => new Suggestions(box, number));
