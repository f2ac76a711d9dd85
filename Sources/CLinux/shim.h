#pragma once
// System calls the Glibc module leaves out. Empty elsewhere than on Linux.
#ifdef __linux__
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/// The kernel's number of the calling thread.
static inline long linux_gettid(void) { return syscall(SYS_gettid); }
#endif
