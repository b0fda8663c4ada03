// What programs that use JavaMail do, once: list, write whole, read a part, flag, move, delete, append, search, idle.
// Arguments: port user password directory, and four UIDs: to flag, to move, to delete, with an attachment.
import com.sun.mail.imap.IMAPFolder;
import com.sun.mail.imap.IMAPMessage;
import java.io.*;
import java.nio.file.*;
import java.util.*;
import javax.mail.*;
import javax.mail.event.*;
import javax.mail.internet.*;
import javax.mail.search.SubjectTerm;

public class JavaMail {
    static byte[] whole(Message message) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        message.writeTo(out);
        return out.toByteArray();
    }

    public static void main(String[] a) throws Exception {
        Path out = Paths.get(a[3]);
        Properties settings = new Properties();
        settings.setProperty("mail.store.protocol", "imap");
        settings.setProperty("mail.imap.peek", "true");
        Session session = Session.getInstance(settings);
        Store store = session.getStore("imap");
        store.connect("127.0.0.1", Integer.parseInt(a[0]), a[1], a[2]);
        IMAPFolder inbox = (IMAPFolder) store.getFolder("INBOX");
        inbox.open(Folder.READ_WRITE);
        Message[] messages = inbox.getMessages();
        FetchProfile profile = new FetchProfile();
        for (FetchProfile.Item item : new FetchProfile.Item[] {
                 FetchProfile.Item.ENVELOPE, FetchProfile.Item.FLAGS, FetchProfile.Item.CONTENT_INFO, FetchProfile.Item.SIZE,
                 UIDFolder.FetchProfileItem.UID, IMAPFolder.FetchProfileItem.HEADERS}) profile.add(item);
        inbox.fetch(messages, profile);
        StringBuilder subjects = new StringBuilder();
        for (Message message : messages) {
            long uid = inbox.getUID(message);
            subjects.append(message.getSubject()).append('\n');
            Files.write(out.resolve(uid + ".size"), String.valueOf(message.getSize()).getBytes());
            Files.write(out.resolve(uid + ".eml"), whole(message));
        }
        Files.write(out.resolve("subjects"), subjects.toString().getBytes("UTF-8"));
        Multipart parts = (Multipart) inbox.getMessageByUID(Long.parseLong(a[7])).getContent();
        try (InputStream in = ((MimeBodyPart) parts.getBodyPart(1)).getRawInputStream()) {
            Files.write(out.resolve("file"), in.readAllBytes());
        }
        Message[] found = inbox.search(new SubjectTerm("plain-mixed"));
        if (found.length != 1 || inbox.getUID(found[0]) != Long.parseLong(a[6])) throw new Exception("search");
        inbox.getMessageByUID(Long.parseLong(a[4])).setFlag(Flags.Flag.FLAGGED, true);
        inbox.moveMessages(new Message[] {inbox.getMessageByUID(Long.parseLong(a[5]))}, store.getFolder("Archive"));
        inbox.getMessageByUID(Long.parseLong(a[6])).setFlag(Flags.Flag.DELETED, true);
        inbox.expunge();
        MimeMessage draft = new MimeMessage(session);
        draft.setSubject("by JavaMail");
        draft.setText("text");
        draft.setFlag(Flags.Flag.DRAFT, true);
        store.getFolder("Drafts").appendMessages(new Message[] {draft});
        final Message[] arrived = new Message[1];
        inbox.addMessageCountListener(new MessageCountAdapter() {
            public void messagesAdded(MessageCountEvent event) { arrived[0] = event.getMessages()[0]; }
        });
        new Timer(true).schedule(new TimerTask() {
            public void run() {
                try {
                    Files.write(out.resolve("idling"), new byte[0]);
                } catch (IOException error) {
                    throw new UncheckedIOException(error);
                }
            }
        }, 300);
        while (arrived[0] == null) inbox.idle(true);
        Files.write(out.resolve("arrived"), whole(arrived[0]));
        inbox.close(false);
        store.close();
    }
}
