"""Makes rows from the claims of notes: fields that are left out are derived, or have a default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from testimonia.notes.cell_values import CellReader, labels_of
from testimonia.notes.draft import Draft, Page, Row
from testimonia.notes.name_index import slug
from testimonia.notes.phrases import Cell
from testimonia.notes.propositions import FIELDS, Propositions, Said, is_said
from testimonia.notes.quantity_words import words_of_number
from testimonia.notes.spans import Passages
from testimonia.tables.schema import by_name
from testimonia.yaml_nodes import Fields, Items, Node, Word

__all__ = ["NO_DEFAULT", "ClaimItems", "speaks_for_itself"]

_TABLE: Final = by_name("claims")
_OF_ITSELF: Final = frozenset(
    "Organization OfficialBody ArmedGroup MediaOutlet StateMedia Monitor".split()  # noqa: SIM905
)
_USUAL: Final[dict[str, Cell]] = {"stance": "asserts", "certainty": "unhedged"}
_NOT_COMPARED: Final = ("id", "label", "passage", "verbatim_quantity", "comment")
_SPECIAL: Final = ("at", "via", *FIELDS)


def speaks_for_itself(types: Cell) -> bool:
    """Return whether a thing of these types speaks for itself: a body, an outlet, a group."""
    return isinstance(types, list) and bool(_OF_ITSELF & set(types))


NO_DEFAULT: Final = frozenset({"id", "claimant", "proposition", "passage", "stated_in"})
"""Columns without a default: who speaks decides which defaults apply, and the others belong to one claim."""


class ClaimItems:
    """Makes rows of claims.

    Parameters
    ----------
    draft
        Rows and faults are added to it.
    cells, propositions, passages
        The readers of cells, propositions and passages.
    """

    def __init__(
        self, draft: Draft, cells: CellReader, propositions: Propositions, passages: Passages
    ) -> None:
        self._draft, self._cells = draft, cells
        self._propositions, self._passages = propositions, passages
        self._held: set[tuple[str, str]] | None = None
        self._typed: dict[object, Row] = {}

    def add(self, page: Page, item: Node) -> None:
        """Read a claim, and make the claims of those who relay it."""
        if not isinstance(item, Fields):
            self._draft.fault(page, item, "a claim has fields, such as at, who and says", "")
            return
        row = self.row(page, item)
        if row is None:
            return
        via = next((node for key, node in item.entries if key.text == "via"), None)
        self._refuse_twin(page, item, row, via)
        self._draft.put("claims", row)
        if via is not None:
            self._relays(page, row, via)

    def _refuse_twin(self, page: Page, item: Fields, row: Row, via: Node | None) -> None:
        """Report a claim that differs from an earlier one only in its passage, unless it has an id."""
        same = (
            str(page.path),
            via,
            frozenset(
                (name, tuple(value) if isinstance(value, list) else value)
                for name, value in row.cells.items()
                if value not in (None, []) and name not in _NOT_COMPARED
            ),
        )
        there = self._typed.setdefault(same, row)
        if there is not row and all(key.text != "id" for key, _ in item.entries):
            message = f"this is the same claim as in line {there.place.line}"
            hint = "Write one claim for all its passages, such as at: [3, 25]; or the time or channel of each."
            self._draft.fault(page, item, message, hint)

    def row(self, page: Page, item: Fields) -> Row | None:
        """Read the row of a claim."""
        said = tuple(entry for entry in item.entries if is_said(str(entry[0].text)))
        typed = tuple(entry for entry in item.entries if entry not in said)
        row = self._cells.cells(page, _TABLE, Fields(typed, item.mark), frozenset(_SPECIAL))
        cells = row.cells
        what = Said(None, None, quoted=False)
        if "proposition" not in cells:
            what = self._propositions.of(page, Fields(said, item.mark))
            if what.name is None:
                return None
            cells["proposition"] = what.name
        elif said:
            message = "this claim both names a proposition and describes one"
            self._draft.fault(page, item, message, "Leave out one of the two.")
        at = next((node for key, node in item.entries if key.text == "at"), None)
        if at is not None:
            cells["passage"] = self._passages.at(page, at) or None
        self._complete(page, item, row)
        self._quantity(page, what, cells)
        self._name(page, at, cells)
        return row

    def _complete(self, page: Page, item: Fields, row: Row) -> None:
        """Fill in the fields that follow from others, and the defaults."""
        cells = row.cells
        if page.document is not None:
            cells.setdefault("stated_in", page.document)
        if "claimant" not in cells and page.voice is None:
            message = "this claim has no claimant, and the notes have no document"
            self._draft.fault(page, item, message, "Write who: with the name of the claimant.")
            return
        own_voice = cells.setdefault("claimant", page.voice) == page.voice
        if own_voice:
            self._give_voice(page, item)
        for name, value in (page.narration if own_voice else page.usual).items():
            if name not in cells and name in page.places:
                row.places[name] = page.places[name]
            cells.setdefault(name, value)
        if own_voice:
            document = self._draft.row("documents", page.document or "")
            cells.setdefault("voice", "narration")
            cells.setdefault("stated_at", document.get("published") if document else None)
        else:
            cells.setdefault("voice", "indirect-report")
        for name, value in _USUAL.items():
            cells.setdefault(name, value)
        cells.setdefault("on_behalf_of", self._body(cells))
        if any(key.text == "as" for key, _ in item.entries):
            self._add_holder(row)
        if "label" not in cells:
            proposition = self._draft.row("propositions", str(cells["proposition"]))
            what = proposition.get("label") if proposition else None
            who = self._draft.label("agents", str(cells["claimant"]))
            # A denial that read like what it denies would mislead.
            stance = str(cells["stance"])
            said = who if stance == _USUAL["stance"] else f"{who} {stance.replace('-', ' ')}"
            cells["label"] = f"{said}: {what}" if what else None

    def _give_voice(self, page: Page, item: Fields) -> None:
        """Describe the voice of the document, unless the notes or the data describe it."""
        voice = str(page.voice)
        if self._draft.row("agents", voice) is not None:
            return
        named = self._draft.label("documents", str(page.document))
        label = f"Voice of: {named}"
        cells: dict[str, Cell] = {
            "id": voice,
            "type": ["DocumentVoice"],
            "label": label,
            "voice_of": page.document,
        }
        self._draft.put("agents", Row(cells, page.place(item)))
        self._draft.names.add("agents", voice, [label])

    def _add_holder(self, row: Row) -> None:
        """Record that a claimant holds a post, since the document says so, unless it is recorded."""
        cells = row.cells
        who, post = cells.get("claimant"), cells.get("in_capacity_of")
        if not isinstance(who, str) or not isinstance(post, str) or self._holds(who, post):
            return
        ends = (each.rstrip("/").rpartition("/")[2] for each in (who, post))
        label = ", ".join((self._draft.label("agents", who), self._draft.label("posts", post)))
        held: dict[str, Cell] = {
            "id": "-".join(ends),
            "label": label,
            "member": who,
            "body": cells.get("on_behalf_of"),
            "post": post,
        }
        self._draft.put("memberships", Row(held, row.places.get("in_capacity_of", row.place)))
        self._holders().add((who, post))

    def _holds(self, who: str, post: str) -> bool:
        return (who, post) in self._holders()

    def _holders(self) -> set[tuple[str, str]]:
        """Collect who is recorded to hold which post."""
        if self._held is None:
            own = (row.cells for row in self._draft.rows["memberships"].values())
            self._held = {
                (str(row.get("member")), str(row.get("post")))
                for row in (*own, *self._draft.known_rows("memberships"))
            }
        return self._held

    def _body(self, cells: dict[str, Cell]) -> str | None:
        """Return the body that a claimant speaks for: that of the post, or the claimant if it is a body."""
        post = cells.get("in_capacity_of")
        if post is not None:
            held = self._draft.row("posts", str(post))
            bodies = held.get("body") if held else None
            return bodies[0] if isinstance(bodies, list) and len(bodies) == 1 else None
        claimant = self._draft.row("agents", str(cells["claimant"]))
        if claimant is not None and speaks_for_itself(claimant.get("type")):
            return str(cells["claimant"])
        return None

    def _quantity(self, page: Page, what: Said, cells: dict[str, Cell]) -> None:
        """Add the words of the quantity: those typed, or those found in the passage."""
        if "verbatim_quantity" in cells:
            return
        words, heard = what.words, self._quotation(page, cells)
        if what.quoted or (words and heard is None):
            cells["verbatim_quantity"] = words
            return
        if heard is None:
            return
        if words and words in heard:
            cells["verbatim_quantity"] = words
            return
        row = self._draft.row("propositions", str(cells["proposition"])) or {}
        number = row.get("lower_bound")
        if row.get("bound_type") != "exact" or not isinstance(number, int):
            return
        document = self._draft.row("documents", page.document or "") or {}
        language = document.get("language")
        cells["verbatim_quantity"] = words_of_number(
            number,
            heard,
            self._counted(row),
            language if isinstance(language, str) else None,
            people=not row.get("damaged_object"),
        )

    def _counted(self, row: Mapping[str, Cell]) -> list[str]:
        """List the names of what a figure counts."""
        group = str(row.get("victims") or row.get("detainees") or "")
        of_group = self._draft.row("groups", group) or {}
        category = of_group.get("category")
        return [
            *labels_of(of_group),
            *(category if isinstance(category, list) else ()),
            str(row.get("damaged_object") or ""),
        ]

    def _quotation(self, page: Page, cells: dict[str, Cell]) -> str | None:
        """Return the words of the passages of a claim, if the text is available."""
        names = cells.get("passage")
        if page.text is None or not isinstance(names, list):
            return None
        parts = []
        for name in names:
            row = self._draft.row("passages", name) or {}
            start, end = row.get("start"), row.get("end")
            if isinstance(start, int) and isinstance(end, int):
                parts.append(page.text.text[start:end])
        return "\n".join(parts)

    def _name(self, page: Page, at: Node | None, cells: dict[str, Cell]) -> None:
        """Name a claim after its document, place and proposition if it has no id."""
        if cells.get("id") is not None:
            return
        passages = cells.get("passage")
        place = slug(str(at.text)) if isinstance(at, Word) and len(at.text or "") < 8 else ""
        if not place and isinstance(passages, list) and passages:
            place = passages[0].rpartition("=")[2].partition(",")[0]
        what = str(cells["proposition"]).rstrip("/").rpartition("/")[2]
        for event in page.about:
            what = what.removeprefix(event.rstrip("/").rpartition("/")[2] + "-")
        name = f"{page.document or 'claim'}-{place.zfill(2) if place else ''}-{what}"
        name = name.replace("--", "-")
        if self._draft.row("claims", name) is not None:
            who = str(cells.get("claimant")).rstrip("/").rpartition("/")[2]
            name = f"{name}-{who}"
        cells["id"], number = name, 1
        while self._draft.row("claims", str(cells["id"])) is not None:
            number += 1
            cells["id"] = f"{name}-{number}"

    def _relays(self, page: Page, row: Row, via: Node) -> None:
        """Add a claim for each person or body that relays a claim, nearest to the claimant first."""
        column = _TABLE.column("claimant")
        assert column is not None  # noqa: S101
        nodes = via.items if isinstance(via, Items) else (via,)
        before, speakers = row.id, {str(row.cells.get("claimant"))}
        for node in nodes:
            who = self._cells.cell(page, _TABLE, column, node)
            if not isinstance(who, str):
                continue
            if who in speakers:
                message = "nobody relays what they say themselves, and nobody relays it twice"
                hint = "via: lists those between the claimant and the document, each once."
                self._draft.fault(page, node, message, hint)
                continue
            speakers.add(who)
            end = who.rstrip("/").rpartition("/")[2]
            fields = Fields((), node.mark)
            relay = Row({"id": f"{row.id}-via-{end}", "claimant": who}, page.place(node))
            for name in ("proposition", "stated_in", "passage", "verbatim_quantity"):
                relay.cells[name] = row.cells.get(name)
            # To pass on is not to say that it is so, nor how sure one is.
            relay.cells |= {"stance": "relays", "certainty": None}
            relay.cells["reports"] = [before]
            self._complete(page, fields, relay)
            self._draft.put("claims", relay)
            before = relay.id
