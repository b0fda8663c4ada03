#pragma once

#include <string_view>

/// Made by make_open_seeds.sh: opens the seeds of the target open, and nothing else.
namespace open_key {

inline constexpr std::string_view private_key =
    "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAMCabML8nfaFMSN+"
    "riWNn5iKKFLPZ22IxLkxvNaZxo9CAiHk+QdFQZTnBv0idOB7wPi/5uJYbV9wDUBv"
    "SJWmL2b3O/+R1auu0+SLt6sMz8ATt+ndcIDOHCnSDTmMY1QcHOEg34RJF5EqLeg1"
    "yU3Yb2dbi5A7wAQ2SxsI61ypmHg9AgMBAAECgYA4ZX9vYPUIGFwZHqDzkhKnYd0I"
    "0n5gjmm8KJo45HJFxHhHYHqi7F6VsUhUmuBKUzJgJCEBKg9soKzgrzU7zJuYMY5K"
    "TMR+u+OMBAa/JuTkBlkOtoNhX6HE38qw+1BgA/KXMY31sp+27TRdHChwKsPHQlF/"
    "kIdctO3DsxWxUuAfKQJBAP6dfqYpxY8eMUajOzRORf706PHUoy6drZ3awQV2NKby"
    "TN6HQaQgJf6HL/uLF/zDJttmgwMPcYIV0hFMUhhnUcMCQQDBppb4p4DW3jq0wSax"
    "QhJUnt0skySGxcuqGrb8dnTpRaUKD2EGmTcvPGS13C6BQM8bXLV3/YeuVQbJw/Yz"
    "ym3/AkEAlmr60DVrRhKjL8TtDAiV53pOR9fEE50JXXFHiO99SYdpjClByTFI4OaC"
    "nUtd/3BW+1TDX0J3X09+y8NX2JzpOwJAevccoJJEhqwgnQyVVDN/Tkp+aUKaDBZn"
    "SAGktlVF0aaOsP+o/bamyxDPZoeE5EBSAq7w8FuGH5YQNGiB2sss4wJBANIZ8abI"
    "MmCL9wzkNFfBcKqEDH58nHnd2G/mvn7SCCJZS0l7IUDoxctXQ59SbEHSaBt7Bz+7"
    "Omf/el/13PQ9Dls=";

inline constexpr std::string_view certificate =
    "MIIB/DCCAWWgAwIBAgIUAqJMKaxx+I7Fm5fuaLAFrAOht+0wDQYJKoZIhvcNAQEL"
    "BQAwDzENMAsGA1UEAwwEZnV6ejAgFw0yNjExMjMxNTM2MzVaGA8yMTI2MTAzMDE1"
    "MzYzNVowDzENMAsGA1UEAwwEZnV6ejCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkC"
    "gYEAwJpswvyd9oUxI36uJY2fmIooUs9nbYjEuTG81pnGj0ICIeT5B0VBlOcG/SJ0"
    "4HvA+L/m4lhtX3ANQG9IlaYvZvc7/5HVq67T5Iu3qwzPwBO36d1wgM4cKdINOYxj"
    "VBwc4SDfhEkXkSot6DXJTdhvZ1uLkDvABDZLGwjrXKmYeD0CAwEAAaNTMFEwHQYD"
    "VR0OBBYEFJyOLK8hZegXrVI4CUwtI+IZ4CaPMB8GA1UdIwQYMBaAFJyOLK8hZegX"
    "rVI4CUwtI+IZ4CaPMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEA"
    "DvQN5QzEoMctlTUs08TblOefUAYRZIiDAsgJPvjQ/BVHIcqIIMUfSqd9YWlgeV3o"
    "3+huzuS5CksKqFbB0qJE/eQilB6ZS3JIcOimJyNB4wcl1DZud2+CBh4xYfxaCCia"
    "tpunyb/lny28sT1BjgqzlS7sQikjTopvCi99O3mx0UQ=";

inline constexpr std::string_view ec_private_key =
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLZJXO6n82TDFEKyc"
    "hR1E4KtdpQtqwRmginOuQNuH7R6hRANCAAS8PHHTTH5yP0gWy5ABhUwahf78cw1H"
    "2702z5RRwD8JU1emYZWdek9vKZvbFsnPYj9INerjhgkxxQ4JIUitssFa";

inline constexpr std::string_view ec_certificate =
    "MIIBcTCCARegAwIBAgIUcDsEW5OZYL9bUP8mvywhGZxiha0wCgYIKoZIzj0EAwIw"
    "DTELMAkGA1UEAwwCZWMwIBcNMjYxMTI1MDQyMjI1WhgPMjEyNjExMDEwNDIyMjVa"
    "MA0xCzAJBgNVBAMMAmVjMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvDxx00x+"
    "cj9IFsuQAYVMGoX+/HMNR9u9Ns+UUcA/CVNXpmGVnXpPbymb2xbJz2I/SDXq44YJ"
    "McUOCSFIrbLBWqNTMFEwHQYDVR0OBBYEFFXcsi6a95pC3YBjDzGU6qS6tnuiMB8G"
    "A1UdIwQYMBaAFFXcsi6a95pC3YBjDzGU6qS6tnuiMA8GA1UdEwEB/wQFMAMBAf8w"
    "CgYIKoZIzj0EAwIDSAAwRQIhAKKrWxycieMvzUWplHuMfZPsK9h/+kO2vkFvB8R0"
    "ZOKcAiBsz9eTlsTkPicqX29ffdT8a7idfGY8IohfdZ8WU40qTg==";

inline constexpr std::string_view x25519_private_key =
    "MC4CAQAwBQYDK2VuBCIEIOCOSCNQlVkBrdI2b5uwiXDFuoeR0r+ECsDvEmwIEO1u";

inline constexpr std::string_view x25519_certificate =
    "MIIBYzCBzaADAgECAgEBMA0GCSqGSIb3DQEBCwUAMA8xDTALBgNVBAMMBGZ1enow"
    "IBcNMjYxMTI1MDQyMjI1WhgPMjEyNjExMDEwNDIyMjVaMBExDzANBgNVBAMMBngy"
    "NTUxOTAqMAUGAytlbgMhAL9+MPEOwToH1r4TgetM96kwY7+zsjimOwrheo+//nQT"
    "o0IwQDAdBgNVHQ4EFgQUGXbsoomuD5h7c34T2Ckcf+yq0powHwYDVR0jBBgwFoAU"
    "nI4sryFl6BetUjgJTC0j4hngJo8wDQYJKoZIhvcNAQELBQADgYEAAPf4pq4WgqRu"
    "1Arlw6tCAtFycaMPMTdaRXdasLyCroZC7CjppAc65aqdYsx2RBjzpPTsblVuexDT"
    "mjHLLX5Pb07dXX7quVwQY9mtyIoeVORA1nCgtKbj/aOAe8HHBib9AMwT3UKHiYpv"
    "seZM7wB2WGczVSD7LghlnNpPKKj6HxQ=";

}  // namespace open_key
