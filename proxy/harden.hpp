#pragma once

namespace proxy {

/// Takes from the process what could carry secrets out of it (KEY-04): no core dump, no reading of
/// its memory by other processes of the user, files of its own for nobody else. A peer that closes
/// its connection is an error of write(), not a signal. A standard stream that is closed stays
/// unusable. To be called before anything else.
void harden();

}  // namespace proxy
