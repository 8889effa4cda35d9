"""
Cycles in a directed graph: one for each strongly connected component.

Source: R. Tarjan, Depth-first search and linear graph algorithms, 1972; without recursion, which Python bounds.
"""

from collections import deque
from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import TypeVar

__all__ = ["find_cycles"]

_Node = TypeVar("_Node", bound=Hashable)


def find_cycles(edges: Mapping[_Node, Collection[_Node]]) -> Iterator[list[_Node]]:
    """
    Give a short cycle of each set of nodes that all lead to each other.

    >>> list(find_cycles({"a": "b", "b": "cd", "c": "a", "d": "d", "e": "a"}))
    [['d'], ['a', 'b', 'c']]

    Args:
        edges: The nodes that each node leads to.

    Returns:
        The nodes of each cycle in their order; the first follows on the last.
    """
    for component in _components(edges):
        start = component[-1]
        if len(component) > 1 or start in edges.get(start, ()):
            yield _way_back(start, edges)


def _components(edges: Mapping[_Node, Collection[_Node]]) -> Iterator[list[_Node]]:
    number: dict[_Node, int] = {}
    lowest: dict[_Node, int] = {}  # the least number within reach; only of nodes whose component is not yet known
    path: list[_Node] = []
    position: dict[_Node, int] = {}
    for root in edges:
        waiting = [(root, iter(edges[root]))] if root not in number else []
        while waiting:
            node, following = waiting[-1]
            if node not in number:
                number[node] = lowest[node] = len(number)
                position[node] = len(path)
                path.append(node)
            following_node = next((each for each in following if each not in number), None)
            if following_node is not None:
                waiting.append((following_node, iter(edges.get(following_node, ()))))
                continue
            waiting.pop()
            lowest[node] = min([lowest[node], *(lowest[each] for each in edges.get(node, ()) if each in lowest)])
            if lowest[node] == number[node]:
                component = path[position[node] :]
                del path[-len(component) :]
                for each in component:
                    del lowest[each]
                yield component[::-1]


def _way_back(start: _Node, edges: Mapping[_Node, Collection[_Node]]) -> list[_Node]:
    """Give the shortest way from a node back to itself; there must be one."""
    came_from: dict[_Node, _Node] = {}
    waiting = deque([start])
    while start not in came_from:
        node = waiting.popleft()
        for following in edges.get(node, ()):
            if following not in came_from:
                came_from[following] = node
                waiting.append(following)
    way = [came_from[start]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]
