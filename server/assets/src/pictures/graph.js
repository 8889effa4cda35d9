// A picture of a graph: its links are lines in SVG, its things are buttons over them, which the keyboard reaches too.
import { drag } from "d3-drag";
import { easeCubicOut } from "d3-ease";
import { select as selection } from "d3-selection";
import { timer } from "d3-timer";
import { zoom, zoomIdentity } from "d3-zoom";
import { element, isolated, shape } from "../page/elements.js";
import { say } from "../page/words.js";
import { canFollow } from "./graph_text.js";
import { layOut, lineBetween, nodeTowards } from "./layout.js";

const MOTION_MILLISECONDS = 450;
const MARGIN = 16;
const [LEAST_HEIGHT, MOST_HEIGHT] = [220, 760];
const LEAST_SCALE = 0.6;
const MOST_WORDS = 12;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Draws what a model shows and gives {element, update}; `toggle` is told which thing is to open or close, `choose`
 * which one has the focus. It can be measured only when it is in the page: update draws it then.
 */
export function drawGraph(model, { title, toggle, choose }) {
  const lines = shape("g");
  const words = shape("g", { class: "net-words" });
  const plane = shape("g", {}, lines, words);
  const layer = element("div", { className: "net-layer" });
  const canvas = element("div", { className: "net-canvas", role: "group", "aria-label": title });
  canvas.append(shape("svg", { "aria-hidden": "true" }, shape("defs", {}, arrow()), plane), layer);
  const nodes = new Map();
  let edges = [];
  let current = null;
  let motion = null;

  const zooming = zoom()
    .scaleExtent([0.3, 3])
    .filter((event) => (event.type === "wheel" ? event.ctrlKey || event.metaKey : !event.button && !event.target.closest("button")))
    .on("zoom", ({ transform }) => {
      plane.setAttribute("transform", transform);
      layer.style.transform = `translate(${transform.x}px, ${transform.y}px) scale(${transform.k})`;
    });
  const view = selection(canvas).call(zooming).on("dblclick.zoom", null);
  const dragging = drag()
    .filter((event) => event.type === "mousedown" && !event.button)
    .container(layer)
    .subject((event, node) => node)
    .on("drag", (event, node) => {
      Object.assign(node, { x: event.x, y: event.y });
      place();
    });

  function update(still = null) {
    const { things, links } = model.visible();
    const opener = nodes.get(still);
    for (const [iri, node] of nodes) if (!things.has(iri)) remove(iri, node);
    for (const [iri, thing] of things) if (!nodes.has(iri)) nodes.set(iri, add(thing, opener));
    for (const node of nodes.values()) mark(node);
    edges = links.map((link) => edge(link, nodes));
    lines.replaceChildren(...edges.map((one) => one.line));
    words.replaceChildren(...edges.map((one) => one.words));
    move(layOut([...nodes.values()], links, { width: canvas.clientWidth, still: opener && still }));
    select(nodes.get(current?.thing.iri) ?? nodes.values().next().value);
  }

  function add(thing, opener) {
    const kinds = thing.kinds.length ? [element("small", { textContent: thing.kinds.join(", ") })] : [];
    const button = element("button", { type: "button", tabIndex: -1, title: thing.name }, isolated(thing.name, thing.language), " ", ...kinds);
    const node = { thing, button, x: opener?.x, y: opener?.y };
    button.addEventListener("click", () => toggle(thing));
    button.addEventListener("focus", () => select(node));
    button.addEventListener("mouseenter", () => highlight(node));
    button.addEventListener("mouseleave", () => highlight(current));
    selection(button).datum(node).call(dragging);
    layer.append(button);
    return node;
  }

  function remove(iri, node) {
    node.button.remove();
    nodes.delete(iri);
  }

  function mark(node) {
    if (node.thing.canOpen !== false) node.button.setAttribute("aria-expanded", model.isOpen(node.thing.iri));
    Object.assign(node, { width: node.button.offsetWidth, height: node.button.offsetHeight });
  }

  /** Moves all nodes to their places, at once where motion is not wanted. */
  function move(targets) {
    motion?.stop();
    fit([...targets].map(([{ width, height }, { x, y }]) => ({ width, height, x, y })));
    const starts = new Map([...targets].map(([node, target]) => [node, { x: node.x ?? target.x, y: node.y ?? target.y }]));
    const step = (part) => {
      for (const [node, { x, y }] of targets) {
        const start = starts.get(node);
        Object.assign(node, { x: start.x + (x - start.x) * part, y: start.y + (y - start.y) * part });
      }
      place();
    };
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return step(1);
    step(0);
    motion = timer((elapsed) => {
      const part = Math.min(elapsed / MOTION_MILLISECONDS, 1);
      step(easeCubicOut(part));
      if (part === 1) motion.stop();
    });
  }

  function place() {
    for (const { x, y, button } of nodes.values()) button.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    for (const { source, target, line, words } of edges) {
      const ends = lineBetween(source, target);
      for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value);
      words.setAttribute("x", ends.x1 * 0.45 + ends.x2 * 0.55);
      words.setAttribute("y", ends.y1 * 0.45 + ends.y2 * 0.55);
    }
  }

  function fit(boxes = [...nodes.values()]) {
    const [left, right] = [Math.min(...boxes.map((box) => box.x - box.width / 2)), Math.max(...boxes.map((box) => box.x + box.width / 2))];
    const [top, bottom] = [Math.min(...boxes.map((box) => box.y - box.height / 2)), Math.max(...boxes.map((box) => box.y + box.height / 2))];
    const [width, height] = [right - left + 2 * MARGIN, bottom - top + 2 * MARGIN];
    const scale = Math.max(LEAST_SCALE, Math.min(1, canvas.clientWidth / width, MOST_HEIGHT / height));
    const room = Math.min(Math.max(height * scale, LEAST_HEIGHT), MOST_HEIGHT);
    canvas.style.height = `${Math.round(room)}px`;
    const to = zoomIdentity.translate(canvas.clientWidth / 2, room / 2).scale(scale).translate(-(left + right) / 2, -(top + bottom) / 2);
    view.call(zooming.transform, to);
  }

  function select(node) {
    if (current) current.button.tabIndex = -1;
    current = node;
    node.button.tabIndex = 0;
    highlight(node);
    choose(node.thing);
  }

  function highlight(node) {
    const near = new Set([node]);
    const isBusy = edges.filter(({ source, target }) => source === node || target === node).length > MOST_WORDS;
    for (const { source, target, line, words } of edges) {
      const isNear = source === node || target === node;
      line.classList.toggle("near", isNear);
      words.classList.toggle("near", isNear && !isBusy); // where they would cover each other, the words below tell them
      if (isNear) near.add(source).add(target);
    }
    for (const one of nodes.values()) one.button.classList.toggle("near", near.has(one));
  }

  function go(node) {
    if (!node) return;
    node.button.focus({ preventScroll: true });
    const [frame, box] = [canvas.getBoundingClientRect(), node.button.getBoundingClientRect()];
    if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom) view.call(zooming.translateTo, node.x, node.y);
    node.button.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function follow(thing) {
    if (canFollow(thing)) location.assign(thing.page);
  }

  layer.addEventListener("keydown", (event) => {
    const all = [...nodes.values()];
    const turn = { Home: () => all[0], PageDown: () => all[all.indexOf(current) + 1], PageUp: () => all[all.indexOf(current) - 1] };
    if (ARROWS[event.key]) go(nodeTowards(all, current, ARROWS[event.key]));
    else if (turn[event.key]) go(turn[event.key]());
    else if (event.key === "Enter" && event.shiftKey) follow(current.thing);
    else return;
    event.preventDefault();
  });

  const tools = [["in", () => view.call(zooming.scaleBy, 1.4)], ["out", () => view.call(zooming.scaleBy, 1 / 1.4)], ["fit", () => fit()]];
  const buttons = tools.map(([name, act]) => {
    const button = element("button", { type: "button", textContent: say(`graph.zoom_${name}`) });
    button.addEventListener("click", act);
    return button;
  });
  return { element: element("div", { className: "net" }, canvas, element("p", { className: "net-tools" }, ...buttons)), update };
}

function edge({ source, target, names }, nodes) {
  const line = shape("line", { class: "net-line", "marker-end": "url(#net-arrow)" });
  const words = shape("text", { "text-anchor": "middle", dy: "0.32em" }, [...names].join(", "));
  return { source: nodes.get(source), target: nodes.get(target), line, words };
}

function arrow() {
  const attributes = { id: "net-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" };
  return shape("marker", attributes, shape("path", { class: "net-arrow", d: "M0 0 8 4 0 8z" }));
}
