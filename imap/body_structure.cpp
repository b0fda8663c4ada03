#include "imap/body_structure.hpp"

#include "imap/letter_case.hpp"

namespace imap {

bool BodyStructure::is_multipart() const {
    return same_in_any_case(type, "multipart");
}

const std::string* BodyStructure::parameter(std::string_view name) const {
    for (const auto& [known, value] : parameters)
        if (same_in_any_case(known, name)) return &value;
    return nullptr;
}

}  // namespace imap
