// Suggests entities while somebody types: an editable combobox with a list, as the ARIA Authoring Practices describe it.
// It takes each element [data-suggest] that holds an input; without this script the form works all the same.

const DELAY_MILLISECONDS = 120;

class Suggestions {
  constructor(box, number) {
    this.input = box.querySelector("input");
    this.list = document.createElement("ul");
    this.list.id = `suggestions-${number}`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    box.append(this.list);
    const attributes = {
      role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": this.list.id,
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
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), DELAY_MILLISECONDS);
  }

  async ask() {
    this.asking?.abort();
    this.asking = new AbortController();
    const text = this.input.value.trim();
    if (!text) return this.close();
    try {
      const address = `/search/suggest?${new URLSearchParams({ q: text })}`;
      const response = await fetch(address, { signal: this.asking.signal });
      const found = response.ok ? (await response.json()).suggestions : [];
      if (document.activeElement === this.input) this.show(found);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(found) {
    this.list.replaceChildren(...found.map((one, place) => this.option(one, place)));
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.choose(-1);
  }

  option(one, place) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${place}`;
    item.dataset.address = new URL(one.url).pathname;
    item.setAttribute("role", "option");
    const label = document.createElement("span");
    label.dir = "auto";
    if (one.label.language) label.lang = one.label.language;
    for (const segment of one.label.segments) {
      const part = document.createElement(segment.hit ? "mark" : "span");
      part.textContent = segment.text;
      label.append(part);
    }
    const kind = document.createElement("small");
    kind.textContent = one.classes.length ? ` · ${one.classes.join(", ")}` : "";
    item.append(label, kind);
    return item;
  }

  press(event) {
    const last = this.list.children.length - 1;
    if (event.key === "Escape" && !this.list.hidden) {
      this.close();
    } else if (event.key === "ArrowDown" && last >= 0) {
      this.choose(this.active < last ? this.active + 1 : -1);
    } else if (event.key === "ArrowUp" && last >= 0) {
      this.choose(this.active < 0 ? last : this.active - 1);
    } else if (event.key === "Enter" && this.active >= 0) {
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
      this.list.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  open(item) {
    if (item) location.assign(item.dataset.address);
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.choose(-1);
  }
}

document.querySelectorAll("[data-suggest]").forEach((box, number) => new Suggestions(box, number));
