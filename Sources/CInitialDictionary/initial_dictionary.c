#include "initial_dictionary.h"

// NOTICE names the texts the dictionary was trained on; docs/FORMAT.md says how to make it again.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char hansard_initial_dictionary[] = {
#embed "initial.zdict"
};
const size_t hansard_initial_dictionary_size = sizeof hansard_initial_dictionary;

const unsigned char *hansard_initial_dictionary_bytes(void) { return hansard_initial_dictionary; }
