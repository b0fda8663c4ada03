#!/usr/bin/env python3
"""What clients were seen to send (Thunderbird, Evolution, Geary, Apple Mail, Outlook, Windows Mail, K-9,
Roundcube, Horde, sylpheed), over every kind of S/MIME mail. The oracle is Dovecot: the same commands over the views, kept as
ordinary messages, must be answered with the same values.
"""

import re
import time
import unittest

from trial import RawClient, Trial, messages, response

THUNDERBIRD = ("UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID Priority X-Priority References "
               "Newsgroups In-Reply-To Content-Type Reply-To Received)]")
APPLE = ("INTERNALDATE UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (date subject from to cc message-id in-reply-to references "
         "content-type x-priority x-uniform-type-identifier x-universally-unique-identifier list-id list-unsubscribe bimi-indicator "
         "bimi-location x-bimi-indicator-hash authentication-results dkim-signature)]")
K9 = ("UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (date subject from content-type to cc bcc reply-to message-id "
      "references in-reply-to list-post list-unsubscribe sender x-k9mail-identity chat-version)]")
ROUNDCUBE = ("UID RFC822.SIZE FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (DATE FROM TO SUBJECT CONTENT-TYPE CC REPLY-TO LIST-POST "
             "DISPOSITION-NOTIFICATION-TO X-PRIORITY)]")

#: A session each; commands of one line are sent at once.
SESSIONS = {
    "Thunderbird": ["UID fetch 1:* (FLAGS)", f"UID fetch 1:* ({THUNDERBIRD})", "UID fetch 3:9,11 (UID RFC822.SIZE BODY.PEEK[])",
                    "UID fetch 12 (UID RFC822.SIZE BODY[]<0.65536>)", "UID fetch 25 (UID RFC822.SIZE BODY[]<65536.73728>)"],
    "Evolution": ["UID FETCH 1:* (UID FLAGS)", "UID FETCH 1:* (RFC822.SIZE RFC822.HEADER BODYSTRUCTURE FLAGS)",
                  "UID FETCH 5 (BODY.PEEK[])"],
    "Geary": ["fetch 1:25 uid",
              "uid fetch 1:25 envelope|uid fetch 1:25 body.peek[header.fields (references)]|uid fetch 1:25 body.peek[header.fields "
              "(bcc cc date from reply-to sender subject to)]|uid fetch 1:25 body.peek[1]<0.256>|uid fetch 1:25 body.peek[1.mime]|"
              "uid fetch 1:25 (internaldate rfc822.size flags)",
              "uid fetch 4 rfc822.header|uid fetch 4 body.peek[text]"],
    "Apple Mail": [f"UID FETCH 1:* ({APPLE})", "UID FETCH 4:7 (BODYSTRUCTURE)", "UID FETCH 4 (UID BODY.PEEK[1]<0.393216>)",
                   "UID FETCH 25 (UID BODY.PEEK[]<0.393216>)", "UID FETCH 25 (UID BODY.PEEK[]<393216.393216>)"],
    "Windows Mail": ["uid fetch 3 (rfc822.header body.peek[2])"],
    "K-9": [f"UID FETCH 1,3,5,7,25 ({K9})", "UID FETCH 3 (UID BODYSTRUCTURE)", "UID FETCH 3 (UID BODY.PEEK[2])",
            "UID FETCH 25 (UID BODY.PEEK[]<0.32768>)"],
    "Roundcube": [f"UID FETCH 25:1 ({ROUNDCUBE})", "UID FETCH 6 (UID BODYSTRUCTURE BODY.PEEK[HEADER])",
                  f"UID FETCH 3 ({ROUNDCUBE.replace('INTERNALDATE', 'INTERNALDATE BODYSTRUCTURE')})",
                  "UID FETCH 3 (BODY.PEEK[2.MIME])", "UID FETCH 3 (BINARY.PEEK[2])", "UID FETCH 25 (BINARY.PEEK[2])",
                  "UID FETCH 7 (BODY.PEEK[2.MIME] BODY.PEEK[1.MIME])", "UID FETCH 8 (BODY.PEEK[TEXT])",
                  "UID FETCH 6 (UID BODY.PEEK[1.MIME])", "UID FETCH 6 (UID BODY.PEEK[1])", "UID FETCH 6 (UID BODY.PEEK[])"],
    "Horde": ["UID FETCH 1:* (ENVELOPE FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER] "
              "BODY.PEEK[HEADER.FIELDS (LIST-POST X-PRIORITY)])", "UID FETCH 3 (BODY.PEEK[2] BODY.PEEK[2.MIME] BODY.PEEK[TEXT]<0.500>)"],
    "sylpheed": ["UID FETCH 1:* (UID FLAGS RFC822.SIZE RFC822.HEADER)", "UID FETCH 8 BODY.PEEK[]"],
    "JavaMail": ["FETCH 1:25 (ENVELOPE INTERNALDATE RFC822.SIZE FLAGS BODYSTRUCTURE UID BODY.PEEK[HEADER] RFC822.SIZE)",
                 "FETCH 3 (BODY[TEXT]<0.386>)", "FETCH 3 (BODY[1]<0.371>)"],
}


class Forms(Trial):
    @staticmethod
    def answers(client, commands):
        """Sends commands at once and gives what is told of each message, all answers joined."""
        tags = [client.tag() for _ in commands]
        client.send(b"".join(f"{tag} {command}\r\n".encode() for tag, command in zip(tags, commands)))
        told = []
        for tag in tags:
            *untagged, tagged = client.until(tag)
            assert tagged.split()[1] == b"OK", tagged
            told += untagged
        messages = {}
        for number, items in filter(None, map(response.fetch, told)):
            messages.setdefault(number, {}).update(items)
        for items in messages.values():
            for volatile in ("FLAGS", "INTERNALDATE"):
                items.pop(volatile, None)
        return messages

    def test_forms(self):
        self.server.maildir(self.user, "Views")
        for view in self.views:
            self.server.deliver(view, self.user, "Views", flags="")
        with self.direct("Views") as oracle:
            # It tells a message with a BODYSTRUCTURE it knows in the same way as later.
            oracle.ok("FETCH 1:* (BODYSTRUCTURE ENVELOPE)")
        for name, session in SESSIONS.items():
            with RawClient(self.port) as client, self.direct("Views") as oracle:
                client.login(self)
                client.ok("SELECT INBOX")
                for line in session:
                    with self.subTest(client=name, commands=line):
                        commands = line.split("|")
                        ours, theirs = self.answers(client, commands), self.answers(oracle, commands)
                        self.assertTrue(theirs)
                        self.assertEqual(sorted(ours), sorted(theirs))
                        for number, expected in theirs.items():
                            self.assertEqual(ours[number], expected, self.messages[number - 1].name)
        self.check_the_servers_copies()

    def test_outlook(self):
        """RFC822.PEEK is no item of any RFC and of no other server; Outlook asks for it."""
        with RawClient(self.port) as client:
            client.login(self)
            client.ok("SELECT INBOX")
            number = self.number("triple")
            *told, tagged = client.command(f"UID fetch {number} (UID RFC822.SIZE RFC822.peek)")
            if re.match(rb"\w+ OK", tagged):
                items = response.fetch(told[0])[1]
                self.assertEqual((items["RFC822.SIZE"], items.get("RFC822", items.get("RFC822.PEEK"))),
                                 (len(self.view("triple")), self.view("triple")))
            else:
                with self.direct() as direct:
                    self.assertEqual(direct.command("UID fetch 3 (UID RFC822.SIZE RFC822.peek)")[-1].split()[1], tagged.split()[1])

    def pushed(self, port):
        """What is told of messages that arrive in one mailbox and then in another, with Evolution's NOTIFY: the octets, joined."""
        told = b""
        with RawClient(port) as client:
            client.login(self)
            client.ok("NOTIFY SET (selected (MessageNew (UID RFC822.SIZE RFC822.HEADER FLAGS BODYSTRUCTURE) MessageExpunge FlagChange)) "
                      "(personal (MessageNew MessageExpunge MailboxName SubscriptionChange))")
            for mailbox in ("Drafts", "INBOX"):
                self.server.deliver(b"Subject: old\r\n\r\nold\r\n", self.user, mailbox, flags="")
                client.ok(f"SELECT {mailbox}")
                if mailbox == "Drafts":  # so that Dovecot's cache has more fields in the one than in the other
                    client.ok("FETCH 1:* (ENVELOPE BODY.PEEK[HEADER.FIELDS (A B C D E F G H)])")
                self.server.deliver(messages.wrap(messages.encrypt(b"\r\nIt has arrived.\r\n"), "new"), self.user, mailbox, flags="")
                for _ in range(20):
                    *lines, _ = client.command("NOOP")
                    told += b"".join(lines)
                    if any(b"RFC822.HEADER" in line for line in lines):
                        break
                    time.sleep(0.1)
        return told

    def test_notify_direct(self):
        self.assertEqual(self.pushed(self.server.port).count(b"Subject: new\r\n"), 2)

    def test_notify(self):
        told = self.pushed(self.port)
        self.assertEqual(told.count(b"Subject: new\r\n"), 2)
        self.assertNotIn(b"pkcs7-mime", told)


if __name__ == "__main__":
    unittest.main()
