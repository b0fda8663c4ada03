// What EmailEngine and other users of imapflow do, once: list, download whole, download a part in pieces, flag, move, delete,
// append, search, idle. Arguments: port user password directory, and four UIDs: to flag, to move, to delete, with an attachment.
'use strict';
const fs = require('fs');
const { ImapFlow } = require('imapflow');
const [port, user, pass, out, flagged, moved, gone, attached] = process.argv.slice(2);

async function whole(stream) {
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    return Buffer.concat(pieces);
}

function attachment(part) {
    if (part.disposition === 'attachment') return part.part;
    for (const child of part.childNodes || []) {
        const found = attachment(child);
        if (found) return found;
    }
}

(async () => {
    const client = new ImapFlow({
        host: '127.0.0.1', port: Number(port), secure: false, doSTARTTLS: false, auth: { user, pass }, logger: false
    });
    await client.connect();
    const mailboxes = (await client.list()).map(each => each.path);
    if (!mailboxes.includes('Archive')) throw new Error('no Archive');
    const lock = await client.getMailboxLock('INBOX');
    const subjects = [];
    let structure;
    for await (const message of client.fetch('1:*', {
        uid: true, flags: true, bodyStructure: true, envelope: true, internalDate: true, size: true,
        headers: ['subject', 'content-type', 'references']
    })) {
        subjects.push(message.envelope.subject);
        fs.writeFileSync(`${out}/${message.uid}.size`, String(message.size));
        if (message.uid === Number(attached)) structure = message.bodyStructure;
    }
    fs.writeFileSync(`${out}/subjects`, subjects.join('\n') + '\n');
    for (let uid = 1; uid <= subjects.length; ++uid) {
        const { content } = await client.download(uid, undefined, { uid: true });
        fs.writeFileSync(`${out}/${uid}.eml`, await whole(content));
    }
    const { content } = await client.download(attached, attachment(structure), { uid: true });
    fs.writeFileSync(`${out}/file`, await whole(content));
    const found = await client.search({ subject: 'plain-mixed' }, { uid: true });
    if (String(found) !== gone) throw new Error(`search found ${found}`);
    await client.messageFlagsAdd(flagged, ['\\Flagged'], { uid: true });
    await client.messageMove(moved, 'Archive', { uid: true });
    await client.messageDelete(gone, { uid: true });
    await client.append('Drafts', 'Subject: by imapflow\r\n\r\ntext\r\n', ['\\Draft']);
    const arrived = new Promise(resolve => client.on('exists', resolve));
    const idle = client.idle();
    setTimeout(() => fs.writeFileSync(`${out}/idling`, ''), 300);
    const { count } = await arrived;
    const last = await client.fetchOne(String(count), { uid: true, source: true });
    await idle;
    fs.writeFileSync(`${out}/arrived`, last.source);
    lock.release();
    await client.logout();
})().catch(error => { console.error(error); process.exit(1); });
