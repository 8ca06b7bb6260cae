"""The tabs that show JSON: a tree to fold, to search and to take paths from; decoded, or as sent.

A leaf has forms that `i` goes through. ``drawn`` is a page of lines as in any other tab; ``decoded`` and
``sent`` are trees, each with its own place and folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import BindingType

from icetui import results as kinds
from icetui.clean import clean
from icetui.decode import at, join, steps
from icetui.families.base import Opened
from icetui.keymap import Where
from icetui.panes import pages
from icetui.panes.flow import Spot
from icetui.panes.json_lines import JsonLines
from icetui.panes.json_tree import JsonTree, Root, TreeLines, pretty
from icetui.panes.leaf import SheetLeaf, Told, text_of
from icetui.panes.moves import bound
from icetui.panes.spans import Fixed, Joined, Lines, Span, pattern
from icetui.paths import jq, jsonpath
from icetui.records import record

DRAWN, DECODED, SENT = "drawn", "decoded", "sent"


@record
class _Place:
    """Where somebody was in a form: in a tree by path, on a page by line; and how far down the pane."""

    root: int
    keys: tuple[str | int, ...]
    line: int
    below_top: int


class TreeLeaf(SheetLeaf):
    """JSON in several forms. Subclasses say `TITLE`, `forms` and `roots`, and `page` if they draw."""

    LARGE = True
    BINDINGS: ClassVar[list[BindingType]] = bound("tree")

    def __init__(self) -> None:
        super().__init__()
        self._form = ""
        self._trees: dict[str, JsonTree] = {}
        self._places: dict[str, _Place] = {}

    def forms(self, told: Told) -> tuple[str, ...]:
        """The forms there are, the first one shown first."""
        return (DECODED, SENT)

    def roots(self, opened: Opened) -> list[Root]:
        """What the tree shows of a decoded answer."""
        return [Root(opened.decoded.value)]

    def page(self, told: Told, cells: int) -> pages.Sheet:
        """The drawn form."""
        raise NotImplementedError

    # -- what it is given

    @property
    def places(self) -> tuple[Where, ...]:
        """The keys of a tree, while one is shown."""
        return ("tree",) if self.json_tree is not None else ()

    @property
    def json_tree(self) -> JsonTree | None:
        """The tree that is shown, if one is."""
        return self.lines.tree if isinstance(self.lines, TreeLines) else None

    @property
    def node(self) -> int:
        """The tree's node at the cursor."""
        assert self.json_tree is not None
        return self.json_tree.visible[min(self.point, len(self.json_tree.visible) - 1)]

    def take(self, told: Told, *, keep: bool) -> None:
        """Shows the form that was looked at last, where there is such a one."""
        self._remember()
        if not keep:
            self._trees.clear()
            self._places.clear()
        if told.opened is not None and self._form not in (forms := self.forms(told)):
            self._form = forms[0]
        super().take(told, keep=keep)

    def key(self, told: Told, cells: int) -> tuple[object, ...]:
        """What the sheet depends on; a tree does not on the width."""
        return (self._form, *super().key(told, cells if self._form == DRAWN else 0))

    def sheet(self, told: Told, cells: int) -> pages.Sheet:
        """The page, or a tree in the form that is chosen."""
        opened, form = told.opened, self._form
        assert opened is not None
        if form == DRAWN:
            return self.page(told, cells)
        roots = self.roots(opened)
        tree = JsonTree(roots, opened.decoded) if form == DECODED else JsonTree(_as_sent(roots, opened))
        if len(opened.answer.text) > pages.LARGE:
            tree.prepare()
        return pages.Sheet(TreeLines(tree))

    def _put(self, sheet: pages.Sheet, *, keep: bool) -> None:
        """Shows a sheet where somebody was in this form, with the folds of the tree before."""
        if isinstance(sheet.lines, TreeLines):
            tree = sheet.lines.tree
            before = self._trees.get(self._form)
            if before is not None:
                tree.carry(before)
            self._trees[self._form] = tree
        super()._put(sheet, keep=keep)
        place = self._places.get(self._form)
        if place is not None:
            self._go_back_to(place)

    def _remember(self) -> None:
        """Keeps where the cursor is in this form."""
        if self._told is None or self._told.opened is None or not len(self.lines):
            return
        tree = self.json_tree
        if tree is None and self._form != DRAWN:
            return
        root, keys = tree.keys_to(self.node) if tree is not None else (0, ())
        self._places[self._form] = _Place(root, keys, self.point, self.point - self._top.y)

    def _go_back_to(self, place: _Place) -> None:
        tree = self.json_tree
        line = place.line
        if tree is not None:
            node = tree.nearest(place.root, place.keys)
            row = tree.row(node)
            # A piece of a text, or nothing at all, has no keys of its own: its line is the best guess.
            same = line < len(tree.visible) and tree.keys_to(tree.visible[line]) == (place.root, place.keys)
            line = line if same else row
        self._stand(line, place.below_top)

    def _stand(self, line: int, below_top: int) -> None:
        """Puts the cursor on a line that stands so many lines below the first of the pane."""
        self._line = line
        self._top = Spot(max(0, line - below_top))
        self._settle()

    def turn_form(self) -> bool:
        """Goes to the next form, where there is more than one."""
        told = self._told
        if told is None or told.opened is None:
            return False
        forms = self.forms(told)
        if len(forms) < 2:
            return False
        self._remember()
        self._form = forms[(forms.index(self._form) + 1) % len(forms)]
        super().take(told, keep=False)
        return True

    # -- folding

    def _refold(self, changed: bool, node: int) -> None:
        """Shows the rows that are visible now; the cursor is on a node, on the line it stood on."""
        tree = self.json_tree
        assert tree is not None
        if changed:
            below_top = self.point - self._top.y
            self._forget()
            self._stand(tree.row(node), below_top)
        else:
            self._point_at(tree.row(node))

    def _go(self, node: int) -> None:
        """Goes to a node, unfolding what hides it."""
        tree = self.json_tree
        assert tree is not None
        if tree.reveal(node):
            self._forget()
        self._reach(tree.row(node))
        self._hit = -1

    def _tree_here(self) -> tuple[JsonTree, int]:
        tree = self.json_tree
        if tree is None:
            raise SkipAction
        return tree, self.node

    def action_fold(self, arrow: bool = False) -> None:
        """Folds, or goes to the parent; at a root the key means what it means elsewhere: back.

        Raises:
            SkipAction: it is a root.
        """
        if arrow and self._left:
            self.action_sideways(-1)
            return
        tree, node = self._tree_here()
        if tree.parent[node] < 0:
            raise SkipAction
        if tree.fold(node):
            self._refold(True, node)
        else:
            self._point_at(tree.row(tree.parent[node]))

    def action_unfold(self, arrow: bool = False) -> None:
        """Unfolds, or goes to the first child; on a long value the arrow scrolls."""
        tree, node = self._tree_here()
        if tree.unfold(node):
            self._refold(True, node)
        elif tree.is_foldable(node):
            self._point_at(tree.row(node) + 1)
        elif arrow:
            self.action_sideways(1, True)

    def action_open(self) -> None:
        """Unfolds what is folded and folds what is not.

        Raises:
            SkipAction: no tree is shown, and no line either.
        """
        if self.json_tree is None:
            super().action_open()
            return
        tree, node = self._tree_here()
        self._refold(tree.unfold(node) or tree.fold(node), node)

    def action_fold_deep(self) -> None:
        """Folds the node and all below it."""
        tree, node = self._tree_here()
        self._refold(tree.fold_deep(node), node)

    def action_unfold_deep(self) -> None:
        """Unfolds the node and all below it."""
        tree, node = self._tree_here()
        self._refold(tree.unfold_deep(node), node)

    def action_level(self, by: int) -> None:
        """Shows one level more or less of the whole tree."""
        tree, node = self._tree_here()
        self._refold(tree.show_level(by), node)

    # -- going

    def action_sibling(self, by: int) -> None:
        """Goes to the next node with the same parent."""
        tree, node = self._tree_here()
        self._point_at(tree.row(tree.sibling(node, by)))

    def action_same_key(self, by: int) -> None:
        """Goes to the next node with the same key, wherever it is."""
        tree, node = self._tree_here()
        other = tree.same_key(node, by)
        if other == node:
            self.post_message(self.Said("No other node has this key.", "dim"))
        else:
            self._go(other)

    def find(self, text: str) -> tuple[int, int]:
        """In a tree: keys and values, folded ones too; the first hit from here on is unfolded."""
        tree = self.json_tree
        if tree is None:
            return super().find(text)
        if text != self._sought:
            self._sought = text
            self._pattern = pattern(text)
            self._spans.clear()
            hit = tree.find(text, self.node, here=True)
            if hit is not None:
                self._go(hit)
            self.repaint()
        return self.found

    def find_next(self, by: int = 1) -> tuple[int, int]:
        """Goes to the next hit, unfolding what hides it."""
        tree = self.json_tree
        if tree is None:
            return super().find_next(by)
        hit = tree.find(self._sought, self.node, by=by)
        if hit is not None:
            self._go(hit)
        return self.found

    @property
    def found(self) -> tuple[int, int]:
        """Which of the nodes that have the text the cursor is on, and how many there are."""
        return super().found if self.json_tree is None else self.json_tree.found(self._sought, self.node)

    # -- what it tells

    @property
    def note(self) -> str | list[Span]:
        """The form, and where the cursor stands as jq would write it."""
        tree = self.json_tree
        if tree is None or not len(tree):
            return super().note
        form = "as sent" if self._form == SENT else "decoded"
        return [(form, "dim"), ("  ", ""), (clean(jq(tree.steps(self.node)).text), "key")]

    def copyable(self, what: str) -> tuple[str, str] | None:
        """The value at the cursor, its JSON, the string that holds it, its paths."""
        tree = self.json_tree
        if tree is None or not len(tree):
            return super().copyable(what)
        node, value = self.node, tree.value(self.node)
        label = tree.label(node)
        if what == "here":
            if isinstance(value, str):
                return value, f"the value of {label}" if value else f"the value of {label} is empty"
            return pretty(value), f"the value of {label}"
        if what == "json":
            return pretty(value), f"the JSON of {label}"
        if what == "raw":
            text = tree.sent(node)
            return None if text is None else (text, f"the string that holds {label}, as sent")
        if what in ("jsonpath", "jq"):
            return self._path(what)
        if what == "url" and isinstance(value, str) and "://" in value[:200]:
            return value, "the URL"
        return None

    def _path(self, what: str) -> tuple[str, str]:
        tree = self.json_tree
        assert tree is not None
        way = tree.steps(self.node)
        if what == "jq":
            text, whole = jq(way)
            return (
                text,
                "the jq path" if whole else "the jq path of the string: what it holds is not quite JSON",
            )
        text, whole = jsonpath(way)
        return text, "the JSONPath" if whole else "the JSONPath of the string: JSONPath cannot look into it"

    def plain_text(self) -> str:
        """All of it as text: the drawn page, or the JSON laid out."""
        told = self._told
        if told is None or told.opened is None or self._form == DRAWN:
            return super().plain_text()
        opened = told.opened
        if self._form == SENT:
            roots, decoded = _as_sent(self.roots(opened), opened), None
        else:
            roots, decoded = self.roots(opened), opened.decoded
        parts: list[Lines] = []
        for root in roots:
            if root.label:
                parts.append(Fixed([[(clean(root.label), "title")]]))
            if decoded is None:
                parts.append(JsonLines(root.value))
            else:
                parts.append(
                    JsonLines(
                        root.value,
                        path=root.path,
                        boundaries=decoded.boundaries,
                        repaired=decoded.repaired,
                        broken=decoded.broken,
                    )
                )
        return text_of(Joined(*parts))


def _as_sent(roots: Sequence[Root], opened: Opened) -> list[Root]:
    """The same places in the answer as it came: where one lies in a decoded string, that string."""
    decoded = opened.decoded
    found: dict[str, Root] = {}
    for root in roots:
        path = ""
        for step in steps(root.path):
            path = join(path, step)
            if path in decoded.boundaries:
                break
        found.setdefault(path, Root(at(decoded.as_sent, path), path, path if root.label else ""))
    return list(found.values())


class ResultLeaf(TreeLeaf):
    """Every result with its drawing; as a tree where no drawing says more."""

    TITLE = "Result"

    @classmethod
    def has(cls, told: Told) -> bool:
        """Whether the job found or made anything."""
        return told.opened is None or bool(told.opened.results or told.job.subjobs or told.job.media)

    def forms(self, told: Told) -> tuple[str, ...]:
        """Drawn first where there is a drawing."""
        if told.opened is None or not told.opened.results:
            return (DRAWN,)
        trees = all(isinstance(each.value, kinds.Tree) for each in told.opened.results)
        return (DECODED, SENT) if trees else (DRAWN, DECODED, SENT)

    def roots(self, opened: Opened) -> list[Root]:
        """The fields that hold results, each once."""
        paths = dict.fromkeys(each.path for each in opened.results)
        return _placed(paths, opened)

    def page(self, told: Told, cells: int) -> pages.Sheet:
        """The results' drawings, one below the other."""
        assert told.opened is not None
        return pages.result(told.opened, cells, ascii_only=told.ascii_only)


class ParametersLeaf(TreeLeaf):
    """What was asked for."""

    TITLE = "Parameters"

    @classmethod
    def has(cls, told: Told) -> bool:
        """Whether the answer names parameters."""
        return told.opened is None or bool(told.opened.parameters)

    def forms(self, told: Told) -> tuple[str, ...]:
        """A sentence, where the answer names no parameters."""
        opened = told.opened
        return super().forms(told) if opened is not None and self.roots(opened) else (DRAWN,)

    def roots(self, opened: Opened) -> list[Root]:
        """The fields that tell what was asked for."""
        return _placed(opened.parameters, opened)

    def page(self, told: Told, cells: int) -> pages.Sheet:
        """That there are none."""
        assert told.opened is not None
        return pages.parameters(told.opened, cells)


class RawLeaf(TreeLeaf):
    """The whole answer."""

    TITLE = "Raw"

    def forms(self, told: Told) -> tuple[str, ...]:
        """As it came, first."""
        return (SENT, DECODED)


def _placed(paths: Sequence[str] | dict[str, None], opened: Opened) -> list[Root]:
    """The values at some paths that say something; the path is the label."""
    roots: list[Root] = []
    for path in paths:
        try:
            value = at(opened.decoded.value, path)
        except KeyError:
            continue
        if value not in (None, "", {}, []):
            roots.append(Root(value, path, path))
    return roots
