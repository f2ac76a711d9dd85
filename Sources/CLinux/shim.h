#pragma once
// System calls the Glibc module leaves out. Empty elsewhere than on Linux.
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/// The kernel's number of the calling thread.
static inline long linux_gettid(void) { return syscall(SYS_gettid); }

/// Names the calling thread; the kernel cuts the name to 15 bytes.
static inline void linux_set_thread_name(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
#endif
