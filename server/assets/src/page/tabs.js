// Tabs after the pattern of the ARIA Authoring Practices: arrow keys choose, and each panel is made when it is first shown.
import { element } from "./elements.js";

let count = 0;

/** Makes tabs of [{name, title, make(panel)}]; `chosen` is told the name of the one that a reader chose. */
export function tabs(views, { label, first, chosen }) {
  const list = element("div", { role: "tablist", className: "tabs", "aria-label": label });
  const parts = views.map((view) => {
    const id = `tab-${(count += 1)}`;
    const tab = element("button", { type: "button", role: "tab", id, textContent: view.title, "aria-controls": `${id}-panel` });
    const panel = element("div", { role: "tabpanel", id: `${id}-panel`, "aria-labelledby": id });
    tab.addEventListener("click", () => show(view.name) && chosen(view.name));
    return { view, tab, panel };
  });
  const show = (name) => {
    for (const { view, tab, panel } of parts) {
      const isShown = view.name === name;
      tab.setAttribute("aria-selected", isShown);
      tab.tabIndex = isShown ? 0 : -1;
      panel.hidden = !isShown;
      if (isShown && !panel.hasChildNodes()) view.make(panel);
    }
    return true;
  };
  list.addEventListener("keydown", (event) => {
    const at = parts.findIndex(({ tab }) => tab === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + parts.length, Home: 0, End: parts.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const { tab } = parts[to % parts.length];
    tab.focus();
    tab.click();
  });
  list.append(...parts.map(({ tab }) => tab));
  return { nodes: [list, ...parts.map(({ panel }) => panel)], show: () => show(first) };
}
