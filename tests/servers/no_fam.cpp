// Loaded before Courier's imapd, which would look for a daemon that tells of changed files for more
// than a second with every command. Without one it looks at the files itself.

extern "C" int FAMOpen(void*) {
    return -1;
}

extern "C" int FAMOpen2(void*, const char*) {
    return -1;
}
