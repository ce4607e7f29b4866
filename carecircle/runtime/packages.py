"""What the private runtime consists of: Debian packages by name, and the machines they exist for (pure)."""

SUITE = "trixie"
POSTGRES_MAJOR = "17"

# Bump it when the way of unpacking changes, so that a folder made by an older version is not taken for a complete one.
RECIPE = 1

# Architectures as Debian names them; TimescaleDB is built for more, but only these two are what home servers are.
ARCHITECTURES = frozenset({"amd64", "arm64"})

# The programs and every library that they load: the runtime takes nothing from the machine, so it cannot clash with it.
PACKAGES = (
    f"postgresql-{POSTGRES_MAJOR}",
    f"postgresql-client-{POSTGRES_MAJOR}",
    f"postgresql-{POSTGRES_MAJOR}-timescaledb",
    "mosquitto",
    "mosquitto-clients",
    "libaudit1",
    "libc6",
    "libcap-ng0",
    "libcap2",
    "libcjson1",
    "libcom-err2",
    "libdlt2",
    "libgcc-s1",
    "libgssapi-krb5-2",
    "libicu76",
    "libk5crypto3",
    "libkeyutils1",
    "libkrb5-3",
    "libkrb5support0",
    "libldap2",
    "liblz4-1",
    "liblzma5",
    "libmosquitto1",
    "libpam0g",
    "libpcre2-8-0",
    "libpq5",
    "libreadline8t64",
    "libsasl2-2",
    "libselinux1",
    "libssl3t64",
    "libstdc++6",
    "libsystemd0",
    "libtinfo6",
    "libuuid1",
    "libwebsockets19t64",
    "libwrap0",
    "libxml2",
    "libxxhash0",
    "libzstd1",
    "tzdata",
    "zlib1g",
)

# Paths inside the packages that no server needs; without them the runtime is a third smaller.
UNWANTED = (
    "./usr/share/doc*",
    "./usr/share/man*",
    "./usr/share/locale*",
    "./usr/share/lintian*",
    "*/bitcode/*",
    "*/llvmjit*",
    "./usr/lib/*/gconv/*",
)

# Programs of the runtime that are started by their name; each is wrapped to run under the runtime's own loader.
PROGRAM_FOLDERS = (f"usr/lib/postgresql/{POSTGRES_MAJOR}/bin", "usr/sbin", "usr/bin")
CHECKED_PROGRAMS = ("postgres", "initdb", "psql", "mosquitto", "mosquitto_pub", "mosquitto_sub")

# Peak need while setting up: archives, indexes and the unpacked tree side by side.
SPACE_NEEDED_BYTES = 300_000_000
