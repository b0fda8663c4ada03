#pragma once

namespace keystore {

/// CObject owns a C structure that lives between an init and a free function. It stays where it was
/// made: mbedTLS structures may point into one another.
template <class T, void (*Init)(T*), void (*Free)(T*)>
class CObject {
public:
    CObject() noexcept { Init(&object_); }
    ~CObject() { Free(&object_); }
    CObject(const CObject&) = delete;
    CObject& operator=(const CObject&) = delete;
    T* get() noexcept { return &object_; }
    const T* get() const noexcept { return &object_; }

private:
    T object_;
};

}  // namespace keystore
