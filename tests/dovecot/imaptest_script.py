"""Reads the scripts of imaptest (dovecot/imaptest, docs/scripted_test.md) and matches what a server says with what they expect.

Of the format only what the scripts in the corpus use: $modseqN are ordinary variables, and there is no preprocessing.
"""

import dataclasses
import re

TOKEN = re.compile(rb'\s*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|~?\{(\d+)\+?\}\r\n|((?:[^\s()"\[\]]|\[[^\]]*\]|\])+))', re.S)
LITERAL = re.compile(r"~?\{\{\{\n(.*?)\n?\}\}\}", re.S)
VARIABLE = re.compile(rb"\$(\$)|\$\{(?:case:)?([^}/]+)(?:/[^}]*)?\}|\$([A-Za-z_0-9]+)|\$(?=[\s)]|\Z)")


@dataclasses.dataclass
class Step:
    """A command, or the awaited end of one; with what is expected until then."""
    line: int
    connection: int
    tag: str | None  # of a script that pipelines
    result: str | None  # of a command that is not waited for: None
    command: str | None
    prefix: str = ""
    expected: list = dataclasses.field(default_factory=list)  # (wanted, pattern)


@dataclasses.dataclass
class Script:
    header: dict
    steps: list


def is_result(word):
    return word.lower() in ("ok", "no", "bad", '""')


def read_script(text):
    """Cuts a script into its header and steps. Literals become IMAP's."""
    def literal(found):
        tilde = "~" if found[0].startswith("~") else ""
        octets = found[1].encode("utf-8", "surrogateescape")
        if not tilde:
            octets = octets.replace(b"\n", b"\r\n")
        imap = f"{tilde}{{{len(octets)}}}\r\n" + octets.decode("utf-8", "surrogateescape")
        return imap.replace("\n", "\x01") + "\x02" * found[0].count("\n")  # one line, which counts as many
    header, _, body = ("\n" + text).partition("\n\n") if re.match(r"(#.*\n)*[a-z_ 0-9]+:", text) else ("", "", text)
    keys = dict(re.match(r"([^:]+):\s*(.*)", line).groups() for line in header.splitlines() if ":" in line and not line.startswith("#"))
    several = int(keys.get("connections", 1)) > 1
    first = header.count("\n") + 2 if header else 1
    lines, at = [], first
    for line in LITERAL.sub(literal, body).split("\n"):
        lines.append((at, line.replace("\x02", "").replace("\x01", "\n")))
        at += 1 + line.count("\x02")
    steps, open_step = [], None
    for number, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("? "):  # it may come or not
            continue
        if line[:2] in ("* ", "! "):
            steps[-1].expected.append((line[0] == "*", line[2:]))
            continue
        connection = 1
        if several:
            connection, line = line.split(" ", 1)
            connection = int(connection)
        word, _, rest = line.partition(" ")
        tag = None
        if re.fullmatch(r"tag\d+", word):
            tag, (word, _, rest) = word, rest.partition(" ")
        if is_result(word):
            if tag or open_step:
                steps.append(Step(number, connection, tag, word.lower(), None, rest))
                if open_step:  # what was expected of the command came before its end
                    steps[-1].expected += open_step.expected
                    open_step.expected = []
                open_step = None
            else:
                steps.append(Step(number, connection, None, word.lower(), rest))
        else:
            steps.append(Step(number, connection, tag, None, f"{word} {rest}".rstrip() if rest else word))
            open_step = None if tag else steps[-1]
    return Script(keys, steps)


def mailbox_messages(text):
    """[(date of the From line, message with CRLF)]"""
    messages = []
    for piece in re.split(rb"(?m)^From (?=\S+ +\w{3} \w{3} +\d+ )", text)[1:]:
        line, _, message = piece.partition(b"\n")
        month, day, clock, year, zone = re.search(rb"(\w{3}) +(\d+) ([\d:]+) (\d{4})(?: ([+-]\d{4}))?", line).groups()
        date = b"%2d-%s-%s %s %s" % (int(day), month, year, clock, zone or b"+0000")
        messages.append((date.decode(), message.replace(b"\n", b"\r\n")))
    return messages


def tokens(octets):
    """Nested lists of words: atoms in lower case as they are, strings as ('"', text)."""
    stack, at = [[]], 0
    while at < len(octets.rstrip(b"\r\n ")) or octets[at:].strip(b" \r\n"):
        found = TOKEN.match(octets, at)
        if not found:
            raise ValueError(octets[at:at + 60])
        at = found.end()
        if found[1]:
            stack.append([])
        elif found[2]:
            done = stack.pop()
            stack[-1].append(done)
        elif found[3] is not None:
            stack[-1].append(('"', re.sub(rb"\\(.)", rb"\1", found[3])))
        elif found[4]:
            stack[-1].append(('"', octets[at:at + int(found[4])]))
            at += int(found[4])
        else:
            stack[-1].append(found[5])
    return stack[0]


class Matcher:
    """Variables, and whether a response is one that was expected."""

    def __init__(self, variables):
        self.variables = dict(variables)

    def substitute(self, octets, sequences=None):
        """A command's or an atom's text with its variables; None if one has no value."""
        missing = []

        def value(found):
            if found[1]:
                return b"$"
            name = (found[2] or found[3] or b"").decode()
            if name.isdigit() and sequences is not None:
                return str(sequences.get(int(name), 0)).encode()
            if name in self.variables:
                return self.variables[name]
            missing.append(name)
            return b""
        text = VARIABLE.sub(value, octets)
        return None if missing else text

    def matches(self, pattern, response, sequences):
        """True if the untagged response is of the pattern; then variables that had no value have one."""
        bound = dict(self.variables)
        try:
            wanted, given = tokens(pattern), tokens(response)
        except (ValueError, IndexError):
            return False
        if wanted and isinstance(wanted[0], bytes) and wanted[0].lower() in (b"ok", b"no", b"bad", b"bye", b"preauth"):
            given = self.status(response)
            wanted = self.status(pattern)
            given = given[:len(wanted)]
        if self.list(wanted, given, "top", sequences):
            return True
        self.variables = bound
        return False

    @staticmethod
    def status(octets):
        """The condition, and the words of its code."""
        word, _, rest = octets.partition(b" ")
        code = re.match(rb"\[([^\]]*)\]", rest)
        return [word.lower()] + (tokens(code[1]) if code else [])

    def list(self, wanted, given, kind, sequences):
        unordered, extra, ignored, banned, explicit = self.rules(wanted, kind)
        wanted = [w for w in wanted if not (isinstance(w, bytes) and w.startswith(b"$!"))]
        if not unordered:
            kinds = self.kinds_below(wanted, kind)
            return len(wanted) == len(given) and all(self.one(w, g, k, sequences) for w, g, k in zip(wanted, given, kinds))
        left = [given[n:n + unordered] for n in range(0, len(given), unordered)]
        for n in range(0, len(wanted), unordered):
            chain = wanted[n:n + unordered]
            for each in left:
                kinds = self.kinds_below(chain, kind)
                if len(each) == len(chain) and all(self.one(w, g, k, sequences) for w, g, k in zip(chain, each, kinds)):
                    left.remove(each)
                    break
            else:
                return False
        words = [e[0].lower() for e in left if isinstance(e[0], bytes)]
        if any(word in banned for word in words):
            return False
        return extra or all(len(e) == 1 and isinstance(e[0], bytes) and e[0].lower() in ignored for e in left)

    @staticmethod
    def rules(wanted, kind):
        """(elements of a chain, or 0 for ordered; extra ones allowed; which anyway; which not; said so)"""
        directives = [w for w in wanted if isinstance(w, bytes) and w.startswith(b"$!")]
        if not directives:
            return {"fetch": (2, True, (), (), False), "flags": (1, False, (rb"\recent",), (), False), "list": (1, True, (), (), False),
                    "status": (2, True, (), (), False)}.get(kind, (0, False, (), (), False))
        unordered, extra, ignored, banned = 0, True, [], []
        for directive in directives:
            name, _, argument = directive[2:].lower().partition(b"=")
            if name == b"unordered":
                unordered = int(argument or 1)
            elif name == b"noextra":
                extra = False
            elif name == b"ignore":
                ignored.append(argument)
            elif name == b"ban":
                banned.append(argument)
                unordered = unordered or 1
        return unordered, extra, ignored, banned, True

    @staticmethod
    def kinds_below(wanted, kind):
        """What the lists among these words are."""
        if kind == "top":
            words = [w.lower() if isinstance(w, bytes) else w for w in wanted[:2]]
            inner = "fetch" if words[1:2] == [b"fetch"] else {b"list": "list", b"lsub": "list", b"status": "status"}.get(
                words[0] if words and isinstance(words[0], bytes) else b"", "plain")
            return [inner] * len(wanted)
        if kind == "fetch" and isinstance(wanted[0], bytes) and wanted[0].lower() == b"flags":
            return ["plain", "flags"]
        return ["plain"] * len(wanted)

    def one(self, wanted, given, kind, sequences):
        if wanted == b"$":
            return True
        if isinstance(wanted, list) or isinstance(given, list):
            return isinstance(wanted, list) and isinstance(given, list) and self.list(wanted, given, kind, sequences)
        quoted, pattern = isinstance(wanted, tuple), wanted[1] if isinstance(wanted, tuple) else wanted
        text = given[1] if isinstance(given, tuple) else given
        nil = isinstance(given, bytes) and given.lower() == b"nil"
        if not quoted and pattern.lower() == b"nil":
            return nil or text.lower() == b"nil"
        value = self.substitute(pattern, sequences)
        if value is not None:
            return not (nil and quoted) and value.lower() == text.lower()
        # Variables without a value get one from what came.
        names, parts, at = [], b"", 0
        for found in VARIABLE.finditer(pattern):
            known = self.substitute(found[0], sequences)
            parts += re.escape(pattern[at:found.start()])
            if known is None:
                names.append((found[2] or found[3]).decode())
            parts += b"(.+?)" if known is None else re.escape(known)
            at = found.end()
        matched = re.fullmatch(parts + re.escape(pattern[at:]), text, re.S | re.I)
        if matched:
            self.variables.update(zip(names, matched.groups()))
        elif not text and len(names) == 1 and VARIABLE.fullmatch(pattern):
            self.variables[names[0]] = b""
            return True
        return bool(matched)
