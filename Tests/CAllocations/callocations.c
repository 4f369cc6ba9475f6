#include "callocations.h"
#include <errno.h>
#include <stddef.h>

static _Thread_local int is_watched;
static unsigned long count;

void callocations_watch_this_thread(void) { is_watched = 1; }
unsigned long callocations_count(void) { return __atomic_load_n(&count, __ATOMIC_RELAXED); }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) \
    || __has_feature(thread_sanitizer)
int callocations_are_counted(void) { return 0; }
#else
int callocations_are_counted(void) { return 1; }

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void note(void)
{
    if (is_watched) __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
}

void *malloc(size_t size) { note(); return __libc_malloc(size); }
void *calloc(size_t number, size_t size) { note(); return __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { note(); return __libc_realloc(old, size); }
void *aligned_alloc(size_t alignment, size_t size) { note(); return __libc_memalign(alignment, size); }
int posix_memalign(void **result, size_t alignment, size_t size)
{
    note();
    *result = __libc_memalign(alignment, size);
    return *result ? 0 : ENOMEM;
}
#endif
