#pragma once

#include <string_view>

/// Made by make_signed_seeds.sh: who signed the seeds of the target signed_data chains to it.
namespace signed_key {

/// Seconds since 1970.
inline constexpr long long made_at = 1795575738;

inline constexpr std::string_view anchor =
    "MIIBcDCCARegAwIBAgIUEAo4ZXxnjWw9IsVdAcK+J9x1UzgwCgYIKoZIzj0EAwIw"
    "DTELMAkGA1UEAwwCY2EwIBcNMjYxMTI1MDMwMjE3WhgPMjEyNjExMDEwMzAyMTda"
    "MA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMrgKVym2"
    "4FgLQiWxm5X7zmIZNvLetEbYVPDHQNnN4DD97xVzfLsMBSV3tPl7mrvkDQ7zorK/"
    "cZ9NbkPoOaZVe6NTMFEwHQYDVR0OBBYEFOR+z9Ofo8LjJAF54bG9ZEDta2oFMB8G"
    "A1UdIwQYMBaAFOR+z9Ofo8LjJAF54bG9ZEDta2oFMA8GA1UdEwEB/wQFMAMBAf8w"
    "CgYIKoZIzj0EAwIDRwAwRAIgFrikvj0U+cyXgCG0uQb4KHK8Eo3sXrycLcuEaRgu"
    "CFMCIB569mG7QDsrVUYd/kUwL/wMJGeRL5VhV6sxA+/IuY17";

}  // namespace signed_key
