#pragma once
// The dictionary builder and the frames without a magic number are in the library's static-linking-only
// part of the header; the symbols themselves are exported by the shared library.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zdict.h>
#include <zstd_errors.h>
