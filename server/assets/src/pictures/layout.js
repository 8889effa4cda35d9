// Where the things of a graph lie: forces push them apart and their links hold them together.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

const STEPS = 300;
const GAP = 3;
const NARROW = 640;

/** Gives x and y to nodes with a width and a height; one that has them begins there, and `still` stays. */
export function layOut(nodes, links, { width, still }) {
  // labels are wide: the forces work in a plane that is pressed together, where they are about as high as wide
  const stretch = width < NARROW ? 1.2 : 2;
  const bodies = nodes.map((node) => ({ node, x: node.x && node.x / stretch, y: node.y }));
  const places = new Map(nodes.map((node, place) => [node.thing.iri, place]));
  const ties = links.filter((link) => link.source !== link.target);
  if (still) Object.assign(bodies[places.get(still)], { fx: bodies[places.get(still)].x, fy: bodies[places.get(still)].y });
  const simulation = forceSimulation(bodies)
    .force("links", forceLink(ties.map(({ source, target }) => ({ source: places.get(source), target: places.get(target) }))).distance(nodes.length < 20 ? 135 : 105))
    .force("apart", forceManyBody().strength(-420).distanceMax(500))
    .force("labels", forceCollide(({ node }) => Math.hypot(node.width / stretch, node.height) / 2 + GAP).iterations(4))
    .force("x", forceX().strength(width < NARROW ? 0.5 : 0.04))
    .force("y", forceY().strength(width < NARROW ? 0.04 : 0.1))
    .stop()
    .tick(STEPS);
  for (const force of ["links", "apart", "x", "y"]) simulation.force(force, null); // what still overlaps gives way
  simulation.tick(STEPS);
  return new Map(bodies.map(({ node, x, y }) => [node, { x: x * stretch, y }]));
}

/** Gives the line between two nodes, from the edge of one label to the edge of the other. */
export function lineBetween(source, target) {
  const [dx, dy] = [target.x - source.x, target.y - source.y];
  const from = outside(source, dx, dy, 2);
  const to = outside(target, -dx, -dy, 5);
  return { x1: source.x + dx * from, y1: source.y + dy * from, x2: target.x - dx * to, y2: target.y - dy * to };
}

function outside(node, dx, dy, gap) {
  const across = dx ? (node.width / 2 + gap) / Math.abs(dx) : Infinity;
  const along = dy ? (node.height / 2 + gap) / Math.abs(dy) : Infinity;
  return Math.min(across, along, 0.5);
}

/** Gives the node that an arrow key leads to: the nearest one that lies more that way than aside. */
export function nodeTowards(nodes, from, [right, down]) {
  const distance = (node) => {
    const [dx, dy] = [node.x - from.x, node.y - from.y];
    const [ahead, aside] = [dx * right + dy * down, Math.abs(dx * down) + Math.abs(dy * right)];
    return ahead > 0 && aside <= ahead * 1.6 ? ahead + 1.5 * aside : Infinity;
  };
  const found = nodes.filter((node) => distance(node) < Infinity).sort((one, other) => distance(one) - distance(other));
  return found[0];
}
