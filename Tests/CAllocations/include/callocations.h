/* Counts the allocations of one thread, by standing in for malloc and its kin. */
#pragma once

/* 0 where a sanitizer has malloc for itself. */
int callocations_are_counted(void);
/* From now on this thread's allocations count. */
void callocations_watch_this_thread(void);
/* Allocations of the watched threads so far. */
unsigned long callocations_count(void);
