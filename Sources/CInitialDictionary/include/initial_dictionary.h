#pragma once
#include <stddef.h>

/// The compression dictionary every new log begins with: the bytes of initial.zdict.
const unsigned char *hansard_initial_dictionary_bytes(void);
extern const size_t hansard_initial_dictionary_size;
