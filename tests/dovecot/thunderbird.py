"""By hand, where Thunderbird is installed (apt-get install thunderbird): clear-signed mail that it fetches through
paperknife verifies in Thunderbird itself, headless, driven through Marionette.

    PAPERKNIFE=build/proxy/paperknife python3 tests/dovecot/thunderbird.py
"""

import email.utils
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import time

from server import Dovecot, die_with_parent, free_ports
from service import Paperknife
from status import OUTER, Status

PREFERENCES = {
    "mail.provider.suppress_dialog_on_startup": True, "mailnews.start_page.enabled": False, "app.update.auto": False,
    "datareporting.policy.dataSubmissionEnabled": False, "mail.shell.checkDefaultClient": False,
    "security.ssl.enable_ocsp_stapling": False, "security.OCSP.enabled": 0,
}

# Makes an account, waits for its messages, and opens each in a window, which then knows what its signature is worth.
SCRIPT = r"""
const [port, user, password, expected] = arguments, done = arguments[arguments.length - 1];
(async () => {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const server = MailServices.accounts.createIncomingServer(user, "127.0.0.1", "imap");
  server.port = port;
  server.socketType = Ci.nsMsgSocketType.plain;
  server.authMethod = Ci.nsMsgAuthMethod.passwordCleartext;
  server.password = password;
  const account = MailServices.accounts.createAccount();
  account.addIdentity(MailServices.accounts.createIdentity());
  account.incomingServer = server;
  server.performExpand(null);
  const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
  let inbox;
  for (let i = 0; i < 150 && !inbox; i++, await sleep(200))
    inbox = server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
  if (!inbox) throw new Error("no inbox");
  for (let i = 0; i < 150 && inbox.getTotalMessages(false) < expected; i++, await sleep(200))
    if (i % 10 == 0) inbox.updateFolder(null);
  const { MailUtils } = ChromeUtils.importESModule("resource:///modules/MailUtils.sys.mjs");
  const results = {};
  for (const header of inbox.messages) {
    MailUtils.openMessageInNewWindow(header);
    let shown, text = "";
    for (let i = 0; i < 100; i++, await sleep(100)) {
      shown = Services.wm.getMostRecentWindow("mail:messageWindow")?.messageBrowser?.contentWindow;
      text = shown?.getMessagePaneBrowser?.()?.contentDocument?.body?.textContent ?? "";
      if (text.includes("Dear Bob") && shown.gSignatureStatus != -1) break;
    }
    await sleep(1000);  // it says more than once what it thinks, and the last word counts
    results[header.subject] = { status: shown?.gSignatureStatus ?? null, address: shown?.gSignerCert?.emailAddress ?? "", text };
    Services.wm.getMostRecentWindow("mail:messageWindow")?.close();
    await sleep(500);
  }
  return results;
})().then(value => done(JSON.stringify(value)), error => done("error " + error + "\n" + error.stack));
"""


class Marionette:
    """The protocol of Marionette: "SIZE:JSON" messages."""

    def __init__(self, port):
        for _ in range(240):
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), 5)
                break
            except OSError:
                time.sleep(0.5)
        else:
            sys.exit("Thunderbird does not answer")
        self.socket.settimeout(300)
        self.octets, self.number = b"", 0
        self.read()
        self.call("WebDriver:NewSession", capabilities={"alwaysMatch": {}})
        self.call("Marionette:SetContext", value="chrome")

    def read(self):
        while b":" not in self.octets:
            self.octets += self.socket.recv(65536)
        size, _, self.octets = self.octets.partition(b":")
        while len(self.octets) < int(size):
            self.octets += self.socket.recv(65536)
        message, self.octets = self.octets[:int(size)], self.octets[int(size):]
        return json.loads(message)

    def call(self, command, **parameters):
        self.number += 1
        text = json.dumps([0, self.number, command, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self.read()
        if error:
            sys.exit(f"{command}: {error}")
        return result

    def script(self, text, *arguments):
        return self.call("WebDriver:ExecuteAsyncScript", script=text, args=list(arguments), scriptTimeout=240_000)["value"]


def profile(home, anchor, port):
    """A profile that trusts an anchor for mail."""
    directory = home / "profile"
    directory.mkdir()
    database = f"sql:{directory}"
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", database, "-n", "ca", "-t", ",C,", "-i", anchor], check=True)
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in
             {**PREFERENCES, "marionette.port": port}.items()]
    (directory / "user.js").write_text("\n".join(lines) + "\n")
    return directory


def main():
    if not shutil.which("thunderbird") or not shutil.which("certutil"):
        print("skipped: no thunderbird, or no certutil")
        sys.exit(77)
    Status.setUpClass()
    test = Status()
    outer = OUTER + b"Date: " + email.utils.formatdate().encode() + b"\r\n"
    clear = test.signed("alice", True, outer)
    messages = {"clear": clear, "changed": clear.replace(b"the figures.", b"the digits."),
                "stranger": test.signed("mallory", True, outer),
                # What looks like ours is withheld, which must not touch what was signed.
                "lookalike": test.signed("alice", True, outer + b"X-Paperknife: encryption=authenticated; signature=pass\r\n")}
    expected = {"clear": True, "changed": False, "stranger": False, "lookalike": True}
    (port,) = free_ports(1)
    home = pathlib.Path(Status.home)
    directory = profile(home, Status.home / "ca.crt", port)
    with Dovecot() as server, Paperknife([{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}], Status.tables) as service:
        for name, octets in messages.items():
            server.deliver(octets.replace(b"Subject: figures", b"Subject: " + name.encode()))
        with open(home / "thunderbird.log", "wb") as log:
            process = subprocess.Popen(["thunderbird", "--headless", "--no-remote", "--marionette", "--remote-allow-system-access",
                                        "--profile", directory], stdout=log, stderr=log, env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
                                       preexec_fn=die_with_parent)
        try:
            found = Marionette(port).script(SCRIPT, service.port, server.user, server.password, len(messages))
        finally:
            process.kill()
    if found.startswith("error"):
        sys.exit(found)
    wrong = 0
    for name, result in sorted(json.loads(found).items()):
        good = result["status"] == 0
        right = (good == expected[name] and "Dear Bob" in result["text"] and
                 (not good or result["address"].lower() == "alice@example.org"))
        wrong += not right
        print(f"{name}: Thunderbird says {'good, ' + result['address'] if good else 'not good'} ({result['status']})"
              f"{'' if right else ', which is wrong'}")
    missing = set(expected) - set(json.loads(found))
    print(f"{len(expected) - len(missing)} messages, {wrong + len(missing)} wrong")
    sys.exit(wrong + len(missing) != 0)


if __name__ == "__main__":
    main()
