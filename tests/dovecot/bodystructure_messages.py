"""Messages that MIME readers like to disagree about: written by hand, grown at random, mutated.

All have CRLF line ends and no NUL, and all are the same in every run with the same seed.
"""

import pathlib
import random
import re


def lines(text):
    """The lines of a raw string, escapes undone."""
    return [line.encode("latin-1").decode("unicode_escape") for line in text.split("\n")[1:-1]]


ADDRESSES = lines(r"""
a@b
a@b, c@d
<a@b>
<>
Alice <alice@example.org>
Alice Example <alice@example.org>, "Bob, B." <bob@example.org>
"quoted \\"name\\" \\\\" <a@b>
"Joe Q. Public" <john.q.public@example.com>
=?utf-8?q?M=C3=BCller?= <m@example.org>
J\xc3\xb6rg <joerg@example.org>
a b c
a b c@d
a@b c@d, e@f
a@b; c@d
,,a@b
a@b,,c@d,
@a
a@
a
a.b
.a@b
a.@b
a..b@c
a . b@c
a.b . c@d . e
a@b . c
a@[1.2.3.4]
a@[1.2.3
a@[1\\]2]
"a b"@c
"a b
"a b" @c
"a"."b"@c
(x) a@b (y \\) z)
a@b (name)
a@b (name (nested) more)
a (c) @ (d) b (e)
a@b (unfinished
(only a comment)
<@a,@b:c@d>
<@a,@b c@d>
<@a:c@d
<@a>
<@,@b:c@d>
x <@a,,@b:c@d>, e@f
group:;
group: a@b, c@d;
group: a@b, c;, e@f
group: a@b; e@f
group: a@b
group
undisclosed-recipients:;
x:y:z;;
:;
: a@b;
"quoted group" : "q" <a@b> ;
group:a@b,;
a <b
a <b@c
a <b@c> d
a <b@c>, <d>
a <b@c@d>
a < b@c >
<a@b>, <c@d> , e
"" <a@b>
<"">
""
"" @b
a,b
a\tb <c@d>
a <>
<a b@c>
;
.
. <a@b>
.. . a@b
a. b. <c@d>
Mr. X <x@y>
x <a@b> (comment), y
\\a@b
a@b\\c
a@\x7fb
[a]@b
a@b,
<a@b
>
a>b
first\r\n  second <a@b>
"first\r\n  second" <a@b>
a@b,\r\n c@d,\r\n\td@e
a@b (com\r\n ment)
"a\\\r\n b" <c@d>
"a\\\\b\\"c\\"d\\"e" <f@g>
a@b (x\ry)
a@b (x\\\ry)
a@b (x\\\r\n y)
a@b (x\\y
"x\ry" <a@b>
"x\\\ry" <a@b>
x\ry <a@b>
a@b.
a@b\r.
a@b. c
a@b. (x)
a@.b
Foo <a@b.>
a (x
a (x\\y
a (x\r\n y
a (x\r\n\x20
a "x\r\n y
a "x\r\n\x20
a@b (x\\
a "x\\
a "x\\y
""")

TEXTS = lines(r"""

x
 x
x\x20
  two  blanks\tand a tab\x20
"quoted"
back\\slash
five \x22 \x22 " " " quotes
\xe4 latin
\xc3\xa4 utf-8
=?utf-8?q?=C3=A4?= =?utf-8?b?w6Q=?=
first\r\n second
first\r\n\tsecond\r\n   third\x20\x20
\r\n first
\x20\r\n first
\x20\x20\x20
\x20\r\n\x20
\t\r\n\t\r\n x
a\x01b\x7fc
(comment)
{3}
NIL
)
""")

CONTENT_TYPES = lines(r"""

text
text/
/plain
text/plain
TEXT/Plain
text /plain
text/ plain
text / plain ; charset = utf-8
text/plain foo
text/plain foo; charset=x
text/plain (comment); charset=x
text (comment)
(comment) text/plain
text/plain; charset=utf-8
text/plain; CHARSET=utf-8
text/plain;charset=utf-8;format=flowed
text/plain; charset="utf-8"
text/plain; charset="utf-8
text/plain; charset
text/plain; charset=
text/plain; charset=;x=y
text/plain; charset=a b; x=y
text/plain; charset=a(b); x=y
text/plain; charset=a/b; x=y
text/plain; charset==?utf-8?q?x?= y; z=1
text/plain; =x; y=z
text/plain;; x=y
text/plain; x=y;
text/plain; x="a\\"b\\\\c"
text/plain; x="a\r\n b"
text/plain; x="a\\\r\n b"
text/plain;\r\n\tx=y;\r\n z=w
text/plain; x=y; x=z
text/plain; x=\xe4
text/plain; x="\xe4"
text/plain; x*=utf-8''%C3%A4
text/plain; x*0=a; x*1=b
text/plain; x*1=b; x*0=a
text/plain; x*1=b; x*2=a
text/plain; x*0*=utf-8''%C3; x*1=%y; x*2*=%A4
text/plain; x*0=%a; x*1*=b
text/plain; x*0=a; X*1=b; y=c
text/plain; b=c; a*0=x; a*=y
text/plain; a*1*=x; b*=y; c*=z
text/plain; a*00=x; a*01=y
text/plain; a*x=y
text/plain; a**=y
text/plain; a*0**=y
text/plain; *0=y; *=z
text/plain; a*4294967296=b
text/plain; a*0=1; b*0=2; a*1=3; b*1=4
text/plain, charset=x
text/plain: charset=x
multipart
multipart/
multipart/mixed
multipart/mixed;
Multipart/Mixed; Boundary="B"
multipart/mixed; boundary
multipart/mixed; boundary=
multipart/mixed; boundary=""
multipart/mixed; boundary=B
multipart/mixed; boundary=B; boundary=C
multipart/mixed; boundary=C; boundary=B
multipart/mixed; boundary="B "
multipart/mixed; boundary=B x
multipart/mixed; boundary=(x)B
multipart/mixed; boundary*0=B
multipart/mixed; boundary*=B
multipart/mixed; boundary*=us-ascii''B
multipart/mixed boundary=B
multipart/mixed (c
multipart/alternative; boundary="=B"
multipart/digest; boundary=B
multipart/digest
multipart/x y; boundary=B
message
message/
message/rfc822
MESSAGE/RFC822
message/rfc822; x=y
message/rfc822 x
message/partial
message/external-body; access-type=x
message/delivery-status
application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"
application/octet-stream
application
a/b
a/b/c
a
"a/b"
text/"plain"
""")

TRANSFER_ENCODINGS = ("", "7bit", "BASE64", "quoted-printable", "base64 (c)", "base64 x", "base64;",
                      "x-\xe4", '"base64"', "(c)", "8bit\r\n x", "a/b", " binary ")

DISPOSITIONS = ("", "attachment", "inline; filename=x", "inline; filename=\"x y\"", "a b; c=d",
                "attachment; filename*0=a; filename*1=b", "attachment; filename*=utf-8''%41",
                "; x=y", "(c) inline (d) ; x = y (e)", "inline;\r\n filename=\"a\r\n b\"", "(c",
                "attachment; filename=r\xe9sum\xe9.pdf", "attachment; filename=a=b; c=d")

LANGUAGES = ("", "de", "de, en", "de,en,", "de en", "(c) de (d), en", "de;", ",", "\xe4, b",
             "de-DE, en-US", "a/b")

HEADER_LINES = ("Subject: x", "Subject : x", "Subject", "no colon here", ": empty name", " leading",
                "\tleading", "From sender@example.org Mon Jan  1 00:00:00 2026", ">From x", "X:",
                "X-\xe4: y", "MIME-Version: 1.0", "Mime-version:", "MIME-Version", "Content-Type",
                "Content-Type : text/html", "Content-Disposition: inline", "--", "--B", "--B--",
                "--C", "---", "\r", "X: a\r\n \r\n b", "X: a\r\n ", "To: a@b\r\nTo: c@d",
                "Subject: 1\r\nSubject: 2", "From: a@b\r\nFrom:\r\nFrom: c", "Date: x\r\nDate: y",
                "Content-ID: a\r\nContent-ID: b", "Content-Disposition: a\r\nContent-Disposition: b",
                "Content-Disposition: a;x=y\r\nContent-Disposition: b",
                "Content-Type: text/html\r\nContent-Type: multipart/mixed; boundary=B",
                "Content-Type: a\r\nContent-Type: text/html", "Content-Language: ,\r\nContent-Language: a",
                "Content-Transfer-Encoding: a b\r\nContent-Transfer-Encoding: c", "X" * 1000 + ": y",
                "X: " + "y" * 9000, "X: " + "y " * 5000, "Content-Description: " + "a\\\"" * 9)

BODIES = ("", "x", "x\r\n", "\r\n", "--B\r\n\r\none\r\n--B--\r\n", "--B\r\n\r\none\r\n--B\r\n\r\ntwo",
          "--B", "--B\r\n", "--B\r\n--B\r\n", "--B\r\n\r\n", "--B--", "--B--\r\n", "--B--\r\n--B\r\n\r\nx",
          "\r\n--B\r\n\r\nx", "pre\r\n--B\r\n\r\n\r\n--B--\r\npost\r\n", "--Bx\r\n\r\none\r\n--B y\r\n\r\n",
          "--B \t\r\n\r\none\r\n--B-- \r\nx", "--B-\r\n\r\nx\r\n", "--B---\r\nx", " --B\r\n\r\nx",
          "-- B\r\n\r\nx", "--b\r\n\r\nx\r\n--B\r\n", "--B\r\nContent-Type: text/html",
          "--B\r\nContent-Type: text/html\r\n", "--B\r\nContent-Type: text/html\r\n--B--\r\n",
          "--B\r\nContent-Type: message/rfc822\r\n--B--\r\n",
          "--B\r\nContent-Type: message/rfc822\r\n\r\n--B--\r\n",
          "--B\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n--B--\r\n",
          "--B\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n--B--\r\n",
          "--B\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nx\r\n--B--\r\n",
          "--B\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nx\r\n--B--\r\n--B--\r\n",
          "--B\r\nContent-Type: multipart/mixed; boundary=BB\r\n\r\n--BB\r\n\r\nx\r\n--BB--\r\n--B--\r\n",
          "--B\r\nContent-Type: multipart/mixed; boundary=C\r\n--C\r\n\r\nx\r\n--C--\r\n--B--\r\n",
          "--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\nx\r\n--B\r\n\r\ny\r\n--C\r\n",
          "--B\r\nContent-Type: multipart/digest; boundary=C\r\n\r\n--C\r\n\r\nSubject: y\r\n\r\nx\r\n--C\r\n"
          "Content-Type: text/html\r\n\r\n<a>\r\n--C--\r\n--B--\r\n",
          "Subject: inner\r\nFrom: a@b\r\n\r\ninner text\r\n", "Subject: inner", "\r\n\r\n",
          "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nx\r\n--B--\r\n",
          "a\rb\r\n", "\r\r\n--B\r\n\r\nx\r\r\n--B\r\n")

ENVELOPE_FIELDS = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc")


def octets(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def crlf(message):
    """The octets without NUL, each line end a CRLF."""
    return re.sub(rb"\r?\n", b"\r\n", message.replace(b"\0", b""))


def handwritten():
    """(name, octets) of every oddity above, one or two at a time."""
    for i, value in enumerate(ADDRESSES):
        name = ENVELOPE_FIELDS[i % len(ENVELOPE_FIELDS)]
        yield f"address {value!r}", f"{name}: {value}\r\n\r\nx\r\n"
        yield f"addresses {value!r}", (f"From: {value}\r\nTo: {value}, {ADDRESSES[-i]}\r\n"
                                       f"cc:{ADDRESSES[i - 3]}\r\ncc: {value}\r\n\r\nx\r\n")
    for value in TEXTS:
        yield f"text {value!r}", (
            f"Date:{value}\r\nSubject:{value}\r\nMessage-ID:{value}\r\nIn-Reply-To:{value}\r\n"
            f"Content-Type: text/plain; x=\"{value}\"\r\nContent-ID:{value}\r\n"
            f"Content-Description:{value}\r\nContent-MD5:{value}\r\nContent-Location:{value}\r\n"
            f"From: {value} <a@b>\r\n\r\nx\r\n")
    for i, value in enumerate(CONTENT_TYPES):
        for body in (BODIES[i % len(BODIES)], BODIES[4], BODIES[-3]):
            yield f"type {value!r}", f"Content-Type: {value}\r\n\r\n{body}"
        yield f"type in part {value!r}", (
            f"Content-Type: multipart/mixed; boundary=Q\r\n\r\n--Q\r\nContent-Type:{value}\r\n\r\n"
            f"{BODIES[i % len(BODIES)]}\r\n--Q\r\nContent-Type: {value}\r\n\r\n{BODIES[4]}\r\n--Q--\r\n")
        yield f"type in digest {value!r}", (
            f"Content-Type: multipart/digest; boundary=Q\r\n\r\n--Q\r\nContent-Type:{value}\r\n--Q\r\n\r\n"
            f"Content-Type: {value}\r\n\r\n{BODIES[4]}\r\n--Q--\r\n")
    for name, values in (("Content-Transfer-Encoding", TRANSFER_ENCODINGS),
                         ("Content-Disposition", DISPOSITIONS), ("Content-Language", LANGUAGES)):
        for value in values:
            yield f"{name} {value!r}", f"MIME-Version: 1\r\n{name}: {value}\r\n\r\nx\r\n"
    for line in HEADER_LINES:
        for head in ("", "From: a@b\r\n", "Content-Type: multipart/mixed; boundary=B\r\n"):
            for tail in ("\r\n\r\n" + BODIES[4], "\r\nTo: c@d\r\n\r\nx\r\n", "", "\r\n"):
                yield f"header line {line[:60]!r}", head + line + tail
        yield f"part header line {line[:60]!r}", (
            f"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n{line}\r\n\r\nx\r\n--B\r\nX: y\r\n"
            f"{line}\r\nContent-ID: 1\r\n\r\ny\r\n--B--\r\n{line}\r\n")
    for body in BODIES:
        for kind in ("multipart/mixed; boundary=B", "multipart/digest; boundary=B", "message/rfc822",
                     "text/plain", "multipart/mixed; boundary=\"\"", "multipart/mixed"):
            yield f"body {body!r} in {kind}", f"Content-Type: {kind}\r\n\r\n{body}"
            yield f"body {body!r} in {kind} in a part", (
                f"Content-Type: multipart/mixed; boundary=Q\r\n\r\n--Q\r\nContent-Type: {kind}\r\n\r\n"
                f"{body}\r\n--Q--\r\n{body}")
    yield from sized()


def sized():
    """What lies at and beyond the limits of depth and number."""
    def nested(depth, innermost):
        head = "MIME-Version: 1.0\r\n"
        head += "".join(f"Content-Type: multipart/mixed; boundary=b{i:04}\r\n\r\n--b{i:04}\r\n"
                        for i in range(depth))
        return head + innermost + "".join(f"--b{i:04}--\r\n" for i in reversed(range(depth)))

    for depth in (97, 98, 99, 100, 101, 150):
        for inner in ("\r\nx\r\n", "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nx\r\n",
                      "Content-Type: multipart/mixed\r\n\r\nx\r\n",
                      "Content-Type: multipart/mixed; boundary=g\r\n",
                      "Content-Type: multipart/digest; boundary=g\r\n\r\n--g\r\n\r\nx\r\n--g--\r\n"):
            yield f"{depth} deep, then {inner!r}", nested(depth, inner)
        yield f"{depth} messages deep", "MIME-Version: 1.0\r\n" + "".join(
            f"Content-Type: message/rfc822\r\n\r\nSubject: {i}\r\n" for i in range(depth)) + "\r\nx\r\n"
    for count in (9998, 9999, 10003):
        flat = "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + "--b\r\n\r\nx\r\n" * count
        yield f"{count} parts", flat + "--b--\r\nafter\r\n"
        if count > 9998:
            continue
        yield f"{count} parts, then a message", (
            flat + "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nx\r\n--b--\r\n")
        yield f"{count} parts, then a digest", (
            flat + "--b\r\nContent-Type: multipart/digest; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--b--\r\n")
    for count in (126, 127, 128, 129, 130, 300):
        for form in ("; p{0}=v{0}", "; p*{0}=v{0}", "; p{0}*=v{0}", "; p{0}", "; p{0}*1=x"):
            many = "".join(form.format(i) for i in range(count))
            yield f"{count} parameters {form}", f"Content-Type: text/plain{many}; charset=x\r\n\r\nx\r\n"
        yield f"{count} boundaries", ("Content-Type: multipart/mixed" + "".join(
            f"; p{i}=v" for i in range(count)) + "; boundary=B\r\n\r\n" + BODIES[4])
    for size in (68, 70, 72, 78, 79, 80, 81, 82, 100, 200, 9000):
        name = "b" * size
        for cut in (size, 70, 80, 81):
            yield f"boundary of {size}, {cut} of it used", (
                f"Content-Type: multipart/mixed; boundary={name}\r\n\r\n--{name[:cut]}\r\n\r\nx\r\n"
                f"--{name[:cut]}--\r\nafter\r\n")


def random_value(rng, values):
    value = rng.choice(values)
    if rng.random() < 0.1:
        value += rng.choice((" ", ";", ",", "(c)", "\r\n ", rng.choice(values)))
    return value


def random_header(rng, type_):
    fields = [f"Content-Type:{rng.choice((' ', '', '  '))}{type_}"] if type_ is not None else []
    def some(chance, name, values):
        while rng.random() < chance:
            fields.append(f"{name}: {random_value(rng, values)}")
    some(0.3, "Content-Transfer-Encoding", TRANSFER_ENCODINGS)
    some(0.3, "Content-Disposition", DISPOSITIONS)
    some(0.1, "Content-Language", LANGUAGES)
    for name in ("Content-ID", "Content-Description", "Content-MD5", "Content-Location", "Subject",
                 "Date", "Message-ID", "In-Reply-To"):
        some(0.15, name, TEXTS)
    for name in ENVELOPE_FIELDS:
        some(0.15, name, ADDRESSES)
    some(0.1, "X", TEXTS)
    if rng.random() < 0.1:
        fields.append(rng.choice(HEADER_LINES))
    if rng.random() < 0.3:
        fields.append("MIME-Version: 1.0")
    rng.shuffle(fields)
    return "".join(f + "\r\n" for f in fields)


def random_entity(rng, depth=0):
    kind = rng.random()
    if kind < 0.45 and depth < 5:
        boundary = rng.choice(("B", "B", "BB", "C", "B-", "--", f"x{rng.randrange(99)}", "=_" + "y" * 60))
        text = "".join(rng.choice(("", "", "preamble\r\n", "\r\n")))
        for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 5))):
            text += f"--{boundary}{rng.choice(('',) * 8 + (' ', 'x', '-'))}\r\n"
            text += random_entity(rng, depth + 1) + rng.choice(("\r\n",) * 6 + ("",))
        if rng.random() < 0.85:
            text += f"--{boundary}--" + rng.choice(("\r\n", "\r\n", "", " \r\nepilogue\r\n"))
        subtype = rng.choice(("mixed", "mixed", "alternative", "signed", "digest"))
        type_ = f'multipart/{subtype}; boundary="{boundary}"'
    elif kind < 0.6 and depth < 5:
        type_, text = "message/rfc822", random_entity(rng, depth + 1)
    else:
        type_ = rng.choice((None, random_value(rng, CONTENT_TYPES), "text/plain; charset=utf-8"))
        text = rng.choice(BODIES + ("text\r\n" * rng.randrange(4), "line without end"))
    blank = "\r\n" if rng.random() < 0.95 else ""
    return random_header(rng, type_) + blank + text


def mutate(rng, message):
    """The message with a few of its octets or lines changed."""
    message = bytearray(message)
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        at = rng.randrange(len(message) + 1)
        what = rng.random()
        if what < 0.3:
            message[at:at] = rng.choice((b"\r\n", b"--", b'"', b"(", b")", b";", b":", b"\\", b"<", b">",
                                         b"@", b",", b"=", b"*", b" ", b"\r", b"\r\n\r\n", b"--B\r\n",
                                         b"\r\n ", b"\xe4", b".", b"/", b"%"))
        elif what < 0.5:
            del message[at:at + rng.choice((1, 1, 2, 4, 20))]
        elif what < 0.6 and message:
            message[at % len(message)] = rng.randrange(1, 256)
        elif what < 0.65:
            del message[at:]
        else:
            lines = bytes(message).split(b"\r\n")
            i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
            if what < 0.75:
                del lines[i]
            elif what < 0.9:
                lines.insert(i, lines[j])
            else:
                lines[i], lines[j] = lines[j], lines[i]
            message = bytearray(b"\r\n".join(lines))
    return bytes(message)


def grown(seed, count):
    rng = random.Random(seed)
    for i in range(count):
        yield f"grown {seed}/{i}", random_entity(rng)


def mutations(seed, count):
    rng = random.Random(seed)
    bases = [crlf(octets(m)) for _, m in handwritten() if len(m) < 3000]
    bases += [crlf(octets(m)) for _, m in grown(seed, 300)]
    for i in range(count):
        yield f"mutated {seed}/{i}", mutate(rng, rng.choice(bases))


def of_directories(*directories):
    """The messages of directories and of mbox files in them, if there are any."""
    for directory in directories:
        for file in sorted(pathlib.Path(directory).rglob("*.eml")):
            yield str(file), file.read_bytes()
        for file in sorted(pathlib.Path(directory).rglob("*.mbox")):
            all_messages = re.split(rb"(?m)^From .*\n", file.read_bytes())[1:]
            for number, message in enumerate(all_messages, 1):
                yield f"{file} {number}", message
