#pragma once

#include <string>

namespace smime {

/// Presentation is how a view tells what was found (design, chapter 5).
struct Presentation {
    bool header = true;        ///< status fields at the top of the view
    bool subject_tag = false;  ///< tags at the beginning of the view's Subject
    /// Who says so in Authentication-Results (RFC 8601, 2.5): begins with "paperknife", so that
    /// look-alikes are known, and goes on with what no sender knows.
    std::string authserv_id = "paperknife";
};

}  // namespace smime
