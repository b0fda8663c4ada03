"""What Evolution does with a mailbox, by its own library (camel, camel-imapx): connect, list, open, search, flag, move, delete, append,
idle. Run by the system's Python, which has gi.

Arguments: port user password directory, and four UIDs: to flag, to move, to delete, with an attachment. With a directory
that it has used before it only lists.
"""

import os
import pathlib
import sys
import threading
import time

import gi

gi.require_version("Camel", "1.2")
from gi.repository import Camel, Gio, GLib  # noqa: E402


class Session(Camel.Session):
    """It knows the password, and has no filters."""

    def do_get_filter_driver(self, kind, for_folder):
        return None

    def do_authenticate_sync(self, service, mechanism, cancellable):
        service.set_password(sys.argv[3])
        return service.authenticate_sync(mechanism, cancellable) == Camel.AuthenticationResult.ACCEPTED


def connected(session, name, port, user):
    store = session.add_service(name, "imapx", Camel.ProviderType.STORE)
    settings = store.ref_settings()
    for key, value in {"host": "127.0.0.1", "port": port, "user": user, "auth-mechanism": "PLAIN",
                       "security-method": Camel.NetworkSecurityMethod.NONE, "use-idle": True, "use-qresync": True,
                       "check-all": True}.items():
        settings.set_property(key, value)
    store.set_online_sync(True, None)
    store.connect_sync(None)
    return store


def listed(folder, last, file):
    """Writes what the list shows: UID, size, flags, subject.

    UIDs up to the last are tried, since what gives them all (get_uids, searches) gives strings that gi would free, and must not.
    """
    folder.refresh_info_sync(None)
    infos = [folder.get_message_info(str(uid)) for uid in range(1, last + 1)]
    file.write_text("".join(f"{info.get_uid()}\t{info.get_size()}\t{int(info.get_flags())}\t{info.get_subject()}\n"
                            for info in infos if info))


def flag(folder, uid, flags):
    folder.get_message_info(uid).set_flags(flags, flags)


def file_of(message):
    """The second part, decoded."""
    stream = Gio.MemoryOutputStream.new_resizable()
    message.get_content().get_part(1).get_content().decode_to_output_stream_sync(stream, None)
    stream.close(None)
    return stream.steal_as_bytes().get_data()


def work(port, user, out, flagged, moved, gone, attached):
    flags = Camel.MessageFlags
    session = Session(user_data_dir=str(out / "data"), user_cache_dir=str(out / "cache"))
    session.set_online(True)
    store = connected(session, "account", port, user)
    store.get_folder_info_sync(None, Camel.StoreGetFolderInfoFlags.RECURSIVE, None)
    inbox = store.get_folder_sync("INBOX", 0, None)
    inbox.refresh_info_sync(None)
    if (out / "list").exists():
        return listed(inbox, int((out / "last").read_text()), out / "again")
    last = inbox.get_message_count()
    (out / "last").write_text(str(last + 1))
    listed(inbox, last, out / "list")
    for uid in range(1, last + 1):
        inbox.get_message_sync(str(uid), None)
        inbox.get_message_sync(str(uid), None)  # again: from its cache
    (out / "file").write_bytes(file_of(inbox.get_message_sync(attached, None)))
    assert inbox.count_by_expression('(match-all (header-contains "subject" "plain-mixed"))', None) == 1
    inbox.count_by_expression('(match-all (body-contains "wombat"))', None)  # the server searches
    flag(inbox, flagged, flags.FLAGGED | flags.SEEN)
    inbox.synchronize_sync(False, None)
    archive = store.get_folder_sync("Archive", 0, None)
    inbox.transfer_messages_to_sync([moved], archive, True, None)
    flag(inbox, gone, flags.DELETED)
    inbox.expunge_sync(None)
    drafts = store.get_folder_sync("Drafts", 0, None)
    draft = Camel.MimeMessage.new()
    draft.set_subject("by Evolution")
    draft.set_content(b"text\r\n", "text/plain")
    info = Camel.MessageInfo.new(None)
    info.set_flags(flags.DRAFT | flags.SEEN, flags.DRAFT | flags.SEEN)
    drafts.append_message_sync(draft, info, None)
    inbox.refresh_info_sync(None)
    # It idles; what arrives shows up by itself.
    (out / "idling").touch()
    until = time.monotonic() + 60
    while not (arrived := inbox.get_message_info(str(last + 1))):
        assert time.monotonic() < until, "nothing arrived"
        time.sleep(0.1)
    (out / "arrived").write_text(arrived.get_subject())
    listed(inbox, last + 1, out / "after")
    store.disconnect_sync(True, None)


def main():
    port, user, out = int(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[4])
    loop, failed = GLib.MainLoop(), []

    def run():
        try:
            work(port, user, out, *sys.argv[5:9])
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            GLib.idle_add(loop.quit)

    assert Camel.init(str(out), False) == 0
    Camel.Provider.init()
    thread = threading.Thread(target=run)
    thread.start()
    loop.run()
    thread.join()
    sys.stdout.flush()
    os._exit(1 if failed else 0)


main()
