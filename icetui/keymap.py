"""The key map as data: what each key does, and where. Screens, help and the README read it.

Every key here reaches a program directly, in tmux and in GNU screen (ux.md, "Keys"). Full-width
punctuation left by a Chinese input method does what its ASCII twin does (rule 11).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from icetui.records import record

Where: TypeAlias = Literal[
    "everywhere", "list", "detail", "tree", "transcript", "media", "timeline", "compare", "document"
]


@record
class Key:
    """One binding.

    Attributes:
        id: what a person's own key map names it by.
        keys: Textual key names, the first is the one shown.
        action: the action it runs, without the ``action_`` in front.
        where: ``everywhere``, or the screen or pane it belongs to.
        description: two or three words for the key bar.
        tooltip: a sentence for the help.
        shown: how the keys are written for a person.
        bar: whether the key bar shows it.
    """

    id: str
    keys: tuple[str, ...]
    action: str
    where: Where
    description: str
    tooltip: str
    shown: str
    bar: bool = False


@record
class Chord:
    """A key that waits for a second one; the menu is one line and has no time-out."""

    id: str
    first: str
    description: str
    where: tuple[Where, ...]
    seconds: tuple[Key, ...]


def _key(
    id: str,
    keys: str,
    action: str,
    where: Where,
    description: str,
    tooltip: str,
    shown: str = "",
    *,
    bar: bool = False,
) -> Key:
    names = tuple(keys.split(" "))
    return Key(id, names, action, where, description, tooltip, shown or names[0], bar)


KEYS: tuple[Key, ...] = (
    _key("family.smart", "1", "family('smart')", "everywhere", "Smart", "List smart jobs."),
    _key("family.batch", "2", "family('batch')", "everywhere", "Batch", "List batch jobs."),
    _key(
        "family.iproduction",
        "3",
        "family('iproduction')",
        "everywhere",
        "IProduction",
        "List followed IProduction jobs.",
    ),
    _key("family.vod-ai", "4", "family('vod-ai')", "everywhere", "VOD AI", "List followed VOD AI jobs."),
    _key(
        "refresh",
        "r f5",
        "refresh",
        "everywhere",
        "refresh",
        "Ask again now; in an opened job finished or not.",
        "r F5",
    ),
    _key("pause", "p f6", "pause", "everywhere", "pause", "Stop or go on refreshing.", "p F6"),
    _key(
        "find",
        "slash f3 ／",
        "find",
        "everywhere",
        "find",
        "Find text; highlights, hides nothing.",
        "/ F3",
        bar=True,
    ),
    _key("find.next", "n", "find_next", "everywhere", "next hit", "Go to the next hit."),
    _key("find.previous", "N", "find_previous", "everywhere", "previous hit", "Go to the hit before."),
    _key(
        "identity",
        "c",
        "app.identity",
        "everywhere",
        "profile",
        "Choose profile and region; a digit goes to one of the last.",
    ),
    _key(
        "log",
        "D",
        "app.log",
        "everywhere",
        "requests",
        "List every request: action, time, status, code, RequestId.",
    ),
    _key(
        "help",
        "question_mark f1 ？",
        "app.help",
        "everywhere",
        "help",
        "Show the keys that work here.",
        "? F1",
        bar=True,
    ),
    _key(
        "plain",
        "P",
        "plain",
        "everywhere",
        "plain",
        "Leave the screen and print this unboxed, for the terminal's own copy.",
    ),
    _key(
        "mouse",
        "f2",
        "app.mouse",
        "everywhere",
        "mouse",
        "Turn the mouse on or off; off is the default over SSH and in tmux.",
        "F2",
    ),
    _key(
        "repaint", "ctrl+l", "app.repaint", "everywhere", "repaint", "Paint the whole screen again.", "Ctrl+L"
    ),
    _key(
        "suspend",
        "ctrl+z",
        "app.suspend_process",
        "everywhere",
        "suspend",
        "Put the program to sleep; `fg` brings it back.",
        "Ctrl+Z",
    ),
    _key(
        "stop",
        "ctrl+c",
        "app.stop",
        "everywhere",
        "stop",
        "Stop what runs; when nothing runs, twice within 2 s quits.",
        "Ctrl+C",
    ),
    _key(
        "close",
        "q f10",
        "close",
        "everywhere",
        "quit",
        "Close this view; in the list, quit.",
        "q F10",
    ),
    # Lists
    _key("filter.clear", "F", "clear_filters", "list", "clear", "Show everything again."),
    _key(
        "filter.failed",
        "exclamation_mark ！",
        "failed",
        "list",
        "failed",
        "Show only failed and partial jobs; again shows all.",
        "!",
        bar=True,
    ),
    _key("more", "greater_than_sign 》", "more", "list", "more", "Load the next page.", ">", bar=True),
    _key(
        "more.all",
        "L",
        "load_all",
        "list",
        "all pages",
        "Load all pages while you go on; Ctrl+C stops and keeps what came.",
    ),
    _key(
        "narrow",
        "ampersand ＆",
        "narrow",
        "list",
        "narrow",
        "Narrow the loaded rows to a text as you type it; Esc or F shows all again.",
        "&",
    ),
    _key("release", "full_stop 。", "release", "list", "new", "Show the new jobs that wait.", "."),
    _key(
        "add",
        "a",
        "add",
        "list",
        "add IDs",
        "Follow jobs by ID (any separators) or, for VOD AI, by media ID.",
        bar=True,
    ),
    _key("follow", "m f7", "follow", "list", "follow", "Follow this job, or stop following it.", "m F7"),
    _key("failed.next", "e", "failed_next", "list", "next failed", "Go to the next failed or partial job."),
    _key(
        "failed.previous",
        "E",
        "failed_previous",
        "list",
        "previous failed",
        "Go to the failed or partial job before.",
    ),
    _key("times", "u", "times", "list", "times", "Show ages, UTC or local times."),
    _key(
        "preview",
        "V",
        "preview",
        "list",
        "preview",
        "Show or hide the preview beside the list (from 110 columns).",
    ),
    _key("back.list", "escape", "cancel", "list", "cancel", "Cancel: find, text, or marks.", "Esc"),
    _key(
        "compare",
        "d",
        "compare",
        "list",
        "compare",
        "Compare the two marked jobs, or the marked one with the job here.",
    ),
    # The tab "Subjobs and media" of an opened job
    _key(
        "media.open",
        "enter l",
        "open",
        "media",
        "open",
        "Open the subjob as a job of its own, or the URL in a browser.",
        "Enter l",
        bar=True,
    ),
    # The tab "Timeline" of an opened job
    _key("axis.left", "left", "axis(-1)", "timeline", "earlier", "Move the cursor a cell back in time.", "←"),
    _key(
        "axis.right",
        "right",
        "axis(1)",
        "timeline",
        "later",
        "Move the cursor a cell on in time.",
        "→",
        bar=True,
    ),
    _key(
        "axis.jump",
        "enter l",
        "jump",
        "timeline",
        "to the table",
        "Take the table to what stands under the cursor of the axis, or to what comes next.",
        "Enter l",
        bar=True,
    ),
    # An opened job
    _key(
        "tab.next",
        "right_square_bracket tab 】",
        "tab_next",
        "detail",
        "tab",
        "Go to the next tab.",
        "] Tab",
        bar=True,
    ),
    _key(
        "tab.previous",
        "left_square_bracket shift+tab 【",
        "tab_previous",
        "detail",
        "previous tab",
        "Go to the tab before.",
        "[",
    ),
    _key(
        "job.next",
        "J",
        "job_next",
        "detail",
        "job",
        "Open the next job of the list without leaving.",
        bar=True,
    ),
    _key("job.previous", "K", "job_previous", "detail", "previous job", "Open the job before."),
    _key("transcript", "t", "transcript", "detail", "transcript", "Go to the transcript.", bar=True),
    _key(
        "form",
        "i",
        "form",
        "detail",
        "decoded/sent",
        "Go to the next form: drawn, decoded, as sent.",
        bar=True,
    ),
    # The transcript of an opened job
    _key(
        "cue.jump",
        "t",
        "jump",
        "transcript",
        "to a time",
        "Go to a time: 83, 1:23, 01:23.5; +10 or -1:00 from here.",
        bar=True,
    ),
    _key(
        "cue.later",
        "right_parenthesis ）",
        "seconds(10)",
        "transcript",
        "10 s on",
        "Go 10 s on, at least to the next cue.",
        ")",
    ),
    _key(
        "cue.earlier",
        "left_parenthesis （",
        "seconds(-10)",
        "transcript",
        "10 s back",
        "Go 10 s back, at least to the cue before.",
        "(",
    ),
    _key(
        "warning.next",
        "e",
        "warning(1)",
        "transcript",
        "warning",
        "Go to the next cue with a warning.",
        bar=True,
    ),
    _key(
        "warning.previous",
        "E",
        "warning(-1)",
        "transcript",
        "previous warning",
        "Go to the cue with a warning before.",
    ),
    _key(
        "cue.range",
        "v",
        "range",
        "transcript",
        "mark range",
        "Begin a range here; v again marks it, or unmarks it where all of it is marked.",
        bar=True,
    ),
    _key(
        "transcript.other",
        "T",
        "other",
        "transcript",
        "other",
        "Go to the next transcript of a job with several.",
    ),
    _key("wrap", "w", "wrap", "detail", "wrap", "Wrap long lines, or cut them again.", bar=True),
    _key(
        "compare.opened",
        "d",
        "compare",
        "detail",
        "compare",
        "Compare this job with the marked one; without a mark, asks for an ID.",
    ),
    _key(
        "back",
        "escape h left backspace",
        "close",
        "detail",
        "back",
        "Go back to the list, on the job you read.",
        "Esc h ← Backspace",
        bar=True,
    ),
    # Two jobs side by side
    _key(
        "ignore",
        "i",
        "ignore",
        "compare",
        "times and IDs",
        "Leave out times and IDs, which differ in any two jobs, or count them too.",
        bar=True,
    ),
    _key("whole", "w", "whole", "compare", "whole", "Show long values whole, one below the other.", bar=True),
    _key(
        "compare.unfold",
        "l right",
        "unfold",
        "compare",
        "unfold",
        "Unfold, or go into what is unfolded.",
        "l →",
    ),
    _key("compare.turn", "enter", "open", "compare", "fold", "Fold or unfold.", "Enter", bar=True),
    _key(
        "compare.fold",
        "h left backspace",
        "fold",
        "compare",
        "fold",
        "Fold, or go to what this belongs to; at the root, go back.",
        "h ← Backspace",
    ),
    _key("compare.unfold.deep", "L", "unfold_deep", "compare", "unfold all", "Unfold all below."),
    _key("compare.fold.deep", "H", "fold_deep", "compare", "fold all", "Fold all below."),
    _key(
        "compare.level.more",
        "right_parenthesis ）",
        "level(1)",
        "compare",
        "level",
        "Unfold one level more.",
        ")",
    ),
    _key(
        "compare.level.less",
        "left_parenthesis （",
        "level(-1)",
        "compare",
        "level less",
        "Fold the deepest level that is unfolded.",
        "(",
    ),
    _key("compare.back", "escape", "close", "compare", "back", "Go back.", "Esc", bar=True),
    # JSON from a file or a pipe
    _key("document.form", "i", "form", "document", "decoded/sent", "Decoded, or as it came.", bar=True),
    _key("document.wrap", "w", "wrap", "document", "wrap", "Wrap long lines, or cut them again.", bar=True),
    _key("document.cancel", "escape", "cancel", "document", "cancel", "End a find.", "Esc"),
    # A tree of JSON
    _key(
        "tree.fold",
        "h",
        "fold",
        "tree",
        "fold",
        "Fold, or go to the parent; at the root go back.",
        "h ←",
        bar=True,
    ),
    _key("tree.fold.arrow", "left", "fold(True)", "tree", "fold", "The same; scrolls back first.", "←"),
    _key(
        "tree.unfold", "l", "unfold", "tree", "unfold", "Unfold, or go to the first child.", "l →", bar=True
    ),
    _key(
        "tree.unfold.arrow",
        "right",
        "unfold(True)",
        "tree",
        "unfold",
        "The same; on a long value scroll right.",
        "→",
    ),
    _key("tree.turn", "enter space", "open", "tree", "fold", "Fold or unfold.", "Enter Space"),
    _key("tree.fold.deep", "H", "fold_deep", "tree", "fold deep", "Fold this and all below it."),
    _key(
        "tree.unfold.deep",
        "L",
        "unfold_deep",
        "tree",
        "deep",
        "Unfold this and all below it; long texts stay folded.",
    ),
    _key(
        "tree.level.less",
        "left_parenthesis （",
        "level(-1)",
        "tree",
        "level up",
        "Show one level less of the whole tree.",
        "(",
    ),
    _key(
        "tree.level.more",
        "right_parenthesis ）",
        "level(1)",
        "tree",
        "level",
        "Show one level more of the whole tree.",
        ")",
    ),
    _key(
        "tree.key.next",
        "asterisk ＊",
        "same_key(1)",
        "tree",
        "same key",
        "Go to the next node with this key, wherever it is.",
        "*",
    ),
    _key(
        "tree.key.previous",
        "number_sign ＃",
        "same_key(-1)",
        "tree",
        "same key before",
        "Go to the node before with this key.",
        "#",
    ),
    _key(
        "tree.sibling.next",
        "right_curly_bracket ｝",
        "sibling(1)",
        "tree",
        "sibling",
        "Go to the next node of the same parent.",
        "}",
    ),
    _key(
        "tree.sibling.previous",
        "left_curly_bracket ｛",
        "sibling(-1)",
        "tree",
        "sibling before",
        "Go to the node before of the same parent.",
        "{",
    ),
    _key(
        "tree.right",
        "greater_than_sign 》 shift+right",
        "sideways(1)",
        "tree",
        "right",
        "Scroll a long value; w shows it whole.",
        ">",
    ),
    _key(
        "tree.left", "less_than_sign 《 shift+left", "sideways(-1)", "tree", "left", "Scroll back left.", "<"
    ),
)
"""All bindings of the screens, in the order of the help. Panes that move a cursor bind those keys."""

MOVES: tuple[tuple[str, str], ...] = (
    ("j k ↓ ↑", "Move by a line."),
    ("g G Home End", "Go to the first or last line."),
    ("PgUp PgDn Ctrl+U Ctrl+D", "Move by a page or half a page."),
    ("Enter l →", "Open the job."),
    ("Space", "Mark the job."),
)
"""Keys that lists and texts share, for help and README."""

_L: Where = "list"
_D: Where = "detail"
_C: Where = "compare"

CHORDS: tuple[Chord, ...] = (
    Chord(
        "filter",
        "f",
        "filter",
        (_L,),
        (
            _key("filter.type", "t", "filter_type", _L, "type", "Show one JobType, FunctionName or Type."),
            _key(
                "filter.state",
                "s",
                "filter_state",
                _L,
                "state",
                "Show one state, in our words or the service's.",
            ),
            _key("filter.order", "o", "filter_order", _L, "order", "Newest or oldest first (SortBy)."),
            _key(
                "filter.dates", "d", "filter_dates", _L, "dates", "Show jobs created since or until a time."
            ),
            _key("filter.text", "x", "narrow", _L, "text", "Show loaded rows with a text; & does the same."),
        ),
    ),
    Chord(
        "copy",
        "y",
        "copy",
        (_L, _D),
        (
            _key("copy.here", "y", "copy('here')", "everywhere", "this", "Copy the value, line or row here."),
            _key(
                "copy.id",
                "i",
                "copy('id')",
                "everywhere",
                "ID",
                "Copy the job ID, or those of the marked jobs.",
            ),
            _key("copy.url", "u", "copy('url')", "everywhere", "URL", "Copy the media URL here, whole."),
            _key(
                "copy.player",
                "m",
                "copy('player')",
                "everywhere",
                "mpv",
                "Copy a command line that plays the media from the time here on.",
            ),
            _key(
                "copy.json",
                "j",
                "copy('json')",
                "everywhere",
                "JSON",
                "Copy the JSON here, or the answer with its strings decoded.",
            ),
            _key(
                "copy.jsonpath",
                "p",
                "copy('jsonpath')",
                "tree",
                "path",
                "Copy the JSONPath; it ends at a decoded string's border and says so.",
            ),
            _key(
                "copy.jq",
                "q",
                "copy('jq')",
                "tree",
                "jq",
                "Copy the jq path, with fromjson where it enters a decoded string.",
            ),
            _key(
                "copy.raw",
                "r",
                "copy('raw')",
                "everywhere",
                "raw",
                "Copy the string that holds this, or the answer, as it came.",
            ),
            _key(
                "copy.transcript",
                "t",
                "copy('transcript')",
                "everywhere",
                "text",
                "Copy the transcript as text.",
            ),
            _key(
                "copy.error",
                "e",
                "copy('error')",
                "everywhere",
                "error",
                "Copy error code, message and RequestId.",
            ),
            _key(
                "copy.command",
                "c",
                "copy('command')",
                "everywhere",
                "cmd",
                "Copy the command line that gives this.",
            ),
            _key(
                "copy.file",
                "f",
                "copy('file')",
                _D,
                "file",
                "Copy the path of the file that was exported last.",
            ),
        ),
    ),
    Chord(
        "export",
        "x",
        "export",
        (_D,),
        (
            _key(
                "export.srt",
                "s",
                "export('srt')",
                _D,
                "SRT",
                "Write the transcript as SubRip; marked cues only, if any.",
            ),
            _key("export.vtt", "v", "export('vtt')", _D, "VTT", "Write the transcript as WebVTT."),
            _key(
                "export.txt", "t", "export('txt')", _D, "text", "Write the transcript's words, a line a cue."
            ),
            _key(
                "export.csv",
                "c",
                "export('csv')",
                _D,
                "CSV",
                "Write the transcript as a table for spreadsheets.",
            ),
            _key(
                "export.json",
                "j",
                "export('json')",
                _D,
                "JSON",
                "Write the transcript as JSON; on another tab the decoded answer.",
            ),
            _key("export.raw", "r", "export('raw')", _D, "raw", "Write the answer as it came."),
            _key("export.folder", "d", "export_folder", _D, "folder", "Say in which folder files go."),
        ),
    ),
    Chord(
        "copy.document",
        "y",
        "copy",
        ("document",),
        (
            _key("copy.node", "y", "copy('here')", "document", "this", "Copy the value here."),
            _key("copy.node.json", "j", "copy('json')", "document", "JSON", "Copy the JSON here."),
            _key(
                "copy.node.path",
                "p",
                "copy('jsonpath')",
                "document",
                "JSONPath",
                "Copy the JSONPath here.",
            ),
            _key("copy.node.jq", "q", "copy('jq')", "document", "jq path", "Copy the jq path of this."),
            _key(
                "copy.node.raw",
                "r",
                "copy('raw')",
                "document",
                "raw",
                "Copy the string that holds this, or all of it, as it came.",
            ),
        ),
    ),
    Chord(
        "copy.compared",
        "y",
        "copy",
        (_C,),
        (
            _key("copy.difference", "y", "copy('here')", _C, "this", "Copy the difference here, whole."),
            _key("copy.difference.path", "p", "copy('path')", _C, "JSONPath", "Copy its place as JSONPath."),
            _key(
                "copy.difference.jq",
                "q",
                "copy('jq')",
                _C,
                "jq path",
                "Copy its place for jq, in what `icetui show ID --output json` prints.",
            ),
            _key("copy.differences", "j", "copy('json')", _C, "JSON", "Copy all differences as JSON."),
            _key(
                "copy.compare.command",
                "c",
                "copy('command')",
                _C,
                "command",
                "Copy the command line that gives this.",
            ),
        ),
    ),
    Chord(
        "open",
        "o",
        "open",
        (_D,),
        (
            _key(
                "open.url",
                "o",
                "open_url",
                _D,
                "URL",
                "Open the URL here in a browser, after asking; copied on a remote host or without a display.",
            ),
            _key(
                "open.asset",
                "m",
                "find_asset",
                _D,
                "ask for a URL",
                "Ask where the media asset here opens (GetMediaInfo, GetPlayInfo).",
            ),
        ),
    ),
)
"""Keys with a second key. F4 opens the filter menu too (rule 11)."""

CHORD_TWINS = {"f4": "f", "f8": "y", "f9": "x"}


def keys_of(*where: Where) -> tuple[Key, ...]:
    """The bindings of some places, in the order of the map."""
    return tuple(key for key in KEYS if key.where in where)


def chords_of(*where: Where) -> tuple[Chord, ...]:
    """The chords that begin in some places, with the second keys that mean something there."""
    return tuple(
        replace(chord, seconds=tuple(key for key in chord.seconds if key.where in ("everywhere", *where)))
        for chord in CHORDS
        if set(where) & set(chord.where)
    )
