"""Fuzzes the RDF readers with damaged files of every format.

Run ``python -m tools.fuzzing.readers SEED INPUTS``. Each input is made from a valid file by a few random
edits, of characters or of a JSON value, and read by `testimonia.rdf.files.read` in a process with limited
memory and time. If the process crashes, the input is counted and kept, and another process continues with
the next one.
"""

from __future__ import annotations

import bz2
import copy
import gzip
import json
import lzma
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from testimonia.errors import TestimoniaError
from testimonia.rdf import files
from testimonia.rdf.files import Reading

__all__ = ["run"]

_MEMORY: Final = 1 << 30
_SECONDS: Final = 20
_READ: Final = "read"
_REFUSED: Final = "refused"

_TURTLE: Final = """@base <http://a.example/> . @prefix a: <http://a.example/#> .
a:s a a:C ; a:p "x"@en , 1.50 , true , 'y\\u00e9'^^a:t , \"\"\"long "quoted" \\n\"\"\" , ( 1 [ a:q <r> ] ) .
<s> a:p <<( a:s a:p a:o )>> . << a:s a:p a:o >> a:q 1 . a:s a:p a:o {| a:q "z" |} . # end
"""
_LINES: Final = """<http://a.example/s> <http://a.example/p> "x \\"y\\" \\u00E9"@en-GB .
_:b <http://a.example/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
_:b <http://a.example/p> <<( _:b <http://a.example/p> <http://a.example/o> )>> .
"""
_JSON: Final = """{"@context": [{"@vocab": "http://v.example/", "id": "@id", "a": "http://a.example/",
  "l": {"@id": "a:l", "@container": "@language"}, "r": {"@reverse": "a:r"}, "no": null,
  "n": "@nest", "j": {"@id": "a:j", "@type": "@json"}, "m": {"@id": "a:m", "@container": "@id"},
  "T": {"@id": "a:T", "@context": {"@language": "de"}}}, {"@base": "http://b.example/x/"}],
 "@graph": [{"id": "../s", "@type": ["T", "a:U"], "p": {"@value": "x", "@language": "en"},
  "q": {"@list": [1, 2.5e3, true, [null]]}, "l": {"en": "x", "de": ["y"]}, "r": {"id": "#z"},
  "n": {"o": {"@id": "_:b"}}, "j": {"k": [1, {"x y": null}]}, "m": {"a:k": {"p": "\\u00e9\\ud83d\\ude00"}},
  "t": {"@value": "1", "@type": "a:d"}, "@included": [{"@id": "_:b", "p": {"@set": ["w"]}}]}]}
"""
_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE rdf:RDF [<!ENTITY a "http://a.example/"><!ENTITY b "&a;b#">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="http://a.example/"
 xml:base="http://b.example/"><a:C rdf:ID="s" a:q="&b;x"><a:p xml:lang="en">x &amp; &#233;</a:p>
 <a:p rdf:datatype="&a;t">1</a:p><a:r rdf:resource="#t"/><a:l rdf:parseType="Collection"><a:C/></a:l>
 <a:x rdf:parseType="Literal"><b xmlns="http://c.example/">y</b><!-- z --></a:x>
 <a:y rdf:parseType="Resource"><rdf:li>1</rdf:li></a:y></a:C></rdf:RDF>
"""
_VALID: Final = {
    ".ttl": _TURTLE,
    ".trig": f"{_TURTLE} GRAPH <g> {{ a:s a:p [] }} _:h {{ a:s a:p 'x' }}",
    ".nt": _LINES,
    ".nq": _LINES + '<http://a.example/s> <http://a.example/p> "" <http://a.example/g> .\n',
    ".n3": "@prefix a: <http://a.example/> . a:s a:p { a:s a:p 1 } . { a:s a:p a:x } => { a:s a:q 2 } .",
    ".jsonld": _JSON,
    ".rdf": _XML,
}
_PACKED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}
_PIECES: Final = (
    *(
        "<",
        ">",
        "<<(",
        ")>>",
        "<<",
        '"',
        '"""',
        "'",
        "\\",
        "\\ud800",
        "\\u",
        "@",
        "@base",
        "^^",
        "{",
        "}",
    ),
    *(
        "[",
        "]",
        "(",
        ")",
        ".",
        ";",
        ":",
        "_:",
        "#",
        "\n",
        "\r",
        "\0",
        "&",
        "&a;",
        "%",
        "é",
        "\u202e",
        "😀",
    ),
    *(
        '"@id"',
        '"@value"',
        '"@context"',
        '"@list"',
        '"@type"',
        '"@graph"',
        "null",
        "1e999",
        "-",
        "//",
        "a b",
    ),
    *(
        "<!ENTITY e 'x'>",
        "<![CDATA[",
        "]]>",
        "<?x?>",
        "<!--",
        "xml:lang='en_US'",
        "rdf:ID='a'",
        "\ufeff",
    ),
)
_BYTES: Final = (b"\xff", b"\xfe\xff", b"\xed\xa0\x80", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, 5, -0.5, "", "x y", "http://[", "//]", "a:b", "_:b", "@id", "@none", "en_US"),
    *([], {}, [[]], ["x"], [5], {"@id": 5}, {"@id": "a:s"}, {"@value": {}}, {"@list": {}}),
    *({"@set": None}, {"@context": 5}, {"@container": ["@set"]}, {"@reverse": "x"}),
)


def run(seed: int, inputs: int) -> Counter[str]:
    """Read damaged files.

    Parameters
    ----------
    seed
        Seed of the random numbers; the same seed gives the same inputs.
    inputs
        How many to read.

    Returns
    -------
    Counter of str
        How many were read, how many were refused with an error of the library, and findings: other
        exceptions, and the signals of crashes. Their inputs are kept in the folder for temporary files,
        and listed on standard error.
    """
    counts: Counter[str] = Counter()
    done = 0
    with tempfile.TemporaryDirectory(prefix="fuzzing") as folder:
        while done < inputs:
            command = [
                sys.executable,
                "-m",
                "tools.fuzzing.readers",
                str(seed),
                str(done),
                str(inputs),
                folder,
            ]
            worker = subprocess.run(  # noqa: S603 - this interpreter, this module
                command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False
            )
            outcomes = worker.stdout.split("\n")[:-1]
            for number, outcome in enumerate(outcomes, done):
                counts[outcome] += 1
                if outcome not in (_READ, _REFUSED):
                    _keep(seed, number, outcome)
            done += len(outcomes)
            if done < inputs:  # it crashed on the next one
                reason = (worker.stderr.strip().splitlines() or [""])[-1][:80]
                outcome = f"died with {worker.returncode} {reason}".strip()
                counts[outcome] += 1
                _keep(seed, done, outcome)
                done += 1
    return counts


def _keep(seed: int, number: int, outcome: str) -> None:
    name, content = _spoilt(seed, number)
    path = Path(tempfile.gettempdir(), f"fuzzed-{seed}-{number}-{name}")
    path.write_bytes(content)
    sys.stderr.write(f"{outcome}: {path}\n")


def _spoilt(seed: int, number: int) -> tuple[str, bytes]:
    """Make an input: a name, and what is in the file."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - it shall be the same again
    suffix = chance.choice(sorted(_VALID))
    packing = chance.choice(["", "", "", *_packings()])
    content = _VALID[suffix].encode()
    if suffix == ".jsonld" and chance.random() < 0.5:
        content = _retyped(content, chance)
    else:
        content = _edited(content, chance)
    for _ in range(chance.choice([0, 0, 0, 1, 3])):
        content = _edited(content, chance)
    content = _packings()[packing](content)
    if packing and chance.random() < 0.5:
        content = _edited(content, chance)
    return f"input{suffix}{packing}", content


def _packings() -> dict[str, Callable[[bytes], bytes]]:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return {**_PACKED, ".zst": zstd.compress}


def _retyped(content: bytes, chance: random.Random) -> bytes:
    """Replace some values of a JSON document by others of any type."""
    document = json.loads(content)
    for _ in range(chance.choice([1, 1, 2])):
        holder, key = chance.choice(list(_slots(document)))
        holder[key] = copy.deepcopy(chance.choice(_VALUES))
    return json.dumps(document).encode()


def _slots(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield value, key
        yield from _slots(value[key])


def _edited(content: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(content))
    to = min(len(content), at + int(chance.expovariate(0.1)))
    match chance.randrange(8):
        case 0:
            return content[:at] + content[to:]
        case 1:
            return content[:at]
        case 2:
            return content[:at] + content[at:to] * chance.choice([2, 3, 400]) + content[to:]
        case 3:
            return content[:at] + chance.choice(_PIECES).encode() + content[at:]
        case 4:
            return content[:at] + chance.choice(_PIECES).encode() + content[to:]
        case 5:
            return content[:at] + chance.choice(_BYTES) + content[at:]
        case 6:
            piece = chance.choice(_PIECES).encode()
            return content[:at] + piece * chance.choice([10, 300, 5000]) + content[at:]
        case _:
            return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def _work(seed: int, numbers: Iterator[int], folder: Path) -> None:
    """Read inputs one after another, and print the outcome of each."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    reading = Reading("http://base.example/")
    for number in numbers:
        name, content = _spoilt(seed, number)
        path = folder / name
        path.write_bytes(content)
        # Processor time, which does not depend on the load of the machine.
        allowed = int(time.process_time()) + _SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))
        sys.stdout.write(f"{_outcome(path, reading if number % 2 else files.PLAIN)}\n")
        sys.stdout.flush()


def _outcome(path: Path, reading: Reading) -> str:
    try:
        for _ in files.read([path], reading):
            pass
    except TestimoniaError as error:
        return _REFUSED if error.place is not None and error.message else "refused without a place"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return type(error).__name__
    return _READ


def _main(words: list[str]) -> None:
    numbers = list(map(int, words[:3]))
    if len(words) == 4:
        _work(numbers[0], iter(range(numbers[1], numbers[2])), Path(words[3]))
        os._exit(0)
    for outcome, count in sorted(run(*numbers[:2]).items()):
        sys.stdout.write(f"{count:,} {outcome}\n")


if __name__ == "__main__":
    _main(sys.argv[1:])
