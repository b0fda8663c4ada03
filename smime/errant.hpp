#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/secret.hpp"
#include "smime/entity.hpp"
#include "smime/open.hpp"

namespace smime {

/// ErrantParts are the encrypted parts below plaintext of what would be delivered (MIME-02; RFC
/// 9787, 4.5): at most limits::errant_layers.
struct ErrantParts {
    std::vector<ErrantLayer> layers;
    std::vector<View> opened;  ///< what was in those that opened, each as a message
};

/// Finds them in an entity, innermost aside, which is a layer itself or what all layers held. Each
/// part that may be a layer is given to open as a message of its own; it is errant if any layer of
/// it may encrypt. open gets no key to do more than that unless they are to be attached.
ErrantParts find_errant_parts(const Entity& entity, const Entity& innermost,
                              const std::function<Opened(std::string_view)>& open, bool attaches);

/// A multipart/mixed that was made of an entity and attachments.
struct Attached {
    std::string structural_fields;
    keystore::SecretBytes body;
};

/// Puts an entity, given by its structural fields and body, and behind it the views as attachments
/// named opened-errant-layer-1.eml and so on, which no client displays: application/octet-stream. A
/// pure function: the boundary is taken from the body's digest. Nothing if the entity's own
/// boundaries leave no room for another.
std::optional<Attached> attach(std::string_view structural_fields, std::string_view body,
                               const std::vector<View>& views);

}  // namespace smime
