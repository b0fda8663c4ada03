"""A private Roundcube: Debian's, unpacked, in PHP's own web server, and one who uses it as a browser does."""

import html
import http.cookiejar
import json
import os
import pathlib
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "dovecot"))

from server import die_with_parent, free_ports  # noqa: E402

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
ROOT = pathlib.Path(os.environ.get("PAPERKNIFE_ROUNDCUBE") or REPOSITORY / "build" / "roundcube") / "root"
MODULES = ("intl", "mbstring", "pdo_sqlite", "dom")
LIBRARIES = ("Mail/mime.php", "Net/SMTP.php", "Masterminds/HTML5.php")

#: It warns of a message that is nothing but another one (message/rfc822): of Dovecot's own, too.
KNOWN = re.compile(r"Undefined array key 2 in .*/rcube_imap\.php")


def missing():
    """Why it can't be run, or nothing."""
    if not shutil.which("php"):
        return "php is not installed (php-cli)"
    if not ROOT.is_dir():
        return "Roundcube is not unpacked (tests/clients/unpack build/roundcube)"
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True).stdout.split()
    lacking = [module for module in MODULES if module not in modules]
    lacking += [file for file in LIBRARIES if not (pathlib.Path("/usr/share/php") / file).exists()]
    return f"php lacks {' '.join(lacking)}" if lacking else None


class Roundcube:
    """The service: a directory with its configuration and database, a port."""

    def __init__(self, directory, imap_port, **settings):
        self.directory, (self.port,) = directory, free_ports(1)
        share = directory / "roundcube"
        shutil.copytree(ROOT / "usr/share/roundcube", share, symlinks=True)
        for name in ("config", "logs", "temp"):
            (directory / name).mkdir()
        for name in ("defaults.inc.php", "mimetypes.php"):
            shutil.copy(ROOT / "etc/roundcube" / name, directory / "config")
        settings = {
            "db_dsnw": f"sqlite:///{directory}/db?mode=0640", "imap_host": f"127.0.0.1:{imap_port}", "smtp_host": "127.0.0.1:9",
            "log_driver": "file", "log_dir": f"{directory}/logs/", "temp_dir": f"{directory}/temp/", "des_key": secrets.token_hex(12),
            "plugins": [], "drafts_mbox": "Drafts", "trash_mbox": "", "sent_mbox": "", "junk_mbox": "", "mail_pagesize": 100,
            "enable_spellcheck": False, "prefer_html": False, "mime_param_folding": 0, **settings}
        (directory / "config/config.inc.php").write_text(
            "<?php $config = json_decode(<<<'END'\n" + json.dumps(settings) + "\nEND, true);\n")
        (directory / "before.php").write_text(f"<?php define('INSTALL_PATH', '{share}/');\n")
        with sqlite3.connect(directory / "db") as database:
            database.executescript((ROOT / "usr/share/dbconfig-common/data/roundcube/install/sqlite3").read_text())
        database.close()

    def start(self, as_user):
        """Starts it; as_user is what makes it run as somebody else."""
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "ROUNDCUBE_CONFIG_DIR": f"{self.directory}/config"}
        with open(self.directory / "said", "wb") as said:
            self.process = subprocess.Popen(
                [*as_user, "php", "-d", f"auto_prepend_file={self.directory}/before.php", "-S", f"127.0.0.1:{self.port}", "-t",
                 self.directory / "roundcube"], stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment,
                cwd=self.directory, preexec_fn=die_with_parent)
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/composer.json", timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(self.said())

    def stop(self):
        self.process.kill()
        self.process.wait()

    def said(self):
        """What it wrote into its logs of errors, and what PHP complained of."""
        logs = "".join(log.read_text(errors="replace") for log in (self.directory / "logs").glob("*") if log.name != "userlogins.log")
        php = re.findall(r"(?m)^.*PHP [A-Z][a-z ]+:.*\n", (self.directory / "said").read_text(errors="replace"))
        return "".join(line for line in [*logs.splitlines(True), *php] if not KNOWN.search(line))


class Browser:
    """One who is logged in."""

    def __init__(self, port, user, password):
        self._base = f"http://127.0.0.1:{port}/"
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self._token = re.search(r'name="_token" value="([^"]+)"', self.page(_task="login"))[1]
        page = self.post("login", "login", _token=self._token, _timezone="UTC", _url="", _user=user, _pass=password)
        found = re.search(r'"request_token":"([^"]+)"', page)
        if not found or '"task":"mail"' not in page:
            raise AssertionError("the login failed: " + page[-2000:])
        self._token = found[1]

    def _open(self, query, form=None, headers=None):
        data = urllib.parse.urlencode(form, doseq=True).encode() if form is not None else None
        request = urllib.request.Request(self._base + "?" + urllib.parse.urlencode(query), data, headers or {})
        with self._opener.open(request, timeout=60) as answer:
            return answer.read()

    def page(self, **query):
        return self._open(query).decode()

    def post(self, task, action, **form):
        """A form's answer."""
        return self._open({"_task": task, "_action": action}, {"_task": task, "_action": action, **form}).decode()

    def source(self, uid, mailbox="INBOX"):
        """A message as it is saved as a file; a body shorter than its Content-Length is an error."""
        return self._open({"_task": "mail", "_action": "viewsource", "_uid": uid, "_mbox": mailbox, "_save": 1, "_token": self._token})

    def part(self, uid, part, mailbox="INBOX"):
        """An attachment as it is saved."""
        return self._open({"_task": "mail", "_action": "get", "_uid": uid, "_mbox": mailbox, "_part": part, "_download": 1,
                           "_token": self._token})

    def text(self, uid, mailbox="INBOX"):
        """A message's page, and what stands in its body as text."""
        page = self.page(_task="mail", _action="show", _uid=uid, _mbox=mailbox)
        body = page.split('id="messagebody"', 1)[1]
        return page, html.unescape(re.sub(r"<[^>]+>", "", body))

    def ask(self, action, form=None, **query):
        """What a script of the page asks for: the commands that it is to execute. With a form it is posted."""
        query = {"_task": "mail", "_action": action, "_remote": 1, **query}
        answer = json.loads(self._open(query, form, {"X-Roundcube-Request": self._token, "X-Requested-With": "XMLHttpRequest"}))
        return answer.get("exec", "")

    def listed(self, commands):
        """The messages of a list: subject by UID."""
        rows = re.findall(r"this\.add_message_row\((\d+),(\{.*?\}),\{", commands)
        return {int(uid): html.unescape(re.sub(r"<[^>]+>", "", json.loads(columns)["subject"])) for uid, columns in rows}

    def draft(self, subject, text):
        """Writes a message and saves it."""
        page = self.page(_task="mail", _action="compose")
        number = re.search(r'"compose_id":"([^"]+)"', page)[1]
        sender = re.search(r'(?s)<select[^>]*name="_from".*?<option value="(\d+)"', page)[1]
        return self.post("mail", "send", _token=self._token, _id=number, _draft=1, _from=sender, _to="bob@example.org",
                         _subject=subject, _message=text, _is_html=0, _draft_saveid="", _store_target="", _framed=1)
