#ifndef COPENMPI_H
#define COPENMPI_H

#include <stdint.h>

// What Continuo needs of MPI, without its macros and handles. Empty unless the package is built with the trait MPI. Everything is
// collective over MPI_COMM_WORLD; a failure ends the job (MPI_ERRORS_ARE_FATAL), so that nothing has to be checked.

// Joins the job; returns 0, or MPI's error class.
int copenmpi_join(int *rank, int *count);
// Waits for all ranks to leave, too.
void copenmpi_leave(void);
// Ends all ranks with this exit code.
void copenmpi_abort(int code);

// Everyone's `count` words into `all`, in the order of the ranks.
void copenmpi_gather(const uint64_t *words, int count, uint64_t *all);
// The bytes of rank 0.
void copenmpi_broadcast(void *bytes, int64_t count);
// Sends piece r of `values`, sizes[r] floats from offsets[r] on, to rank r; `received` gets every rank's piece for this one, in their order.
void copenmpi_exchange(const float *values, const int *sizes, const int *offsets, int rank, int count, float *received);
// Completes `values`, of which each rank r has piece r.
void copenmpi_share(float *values, const int *sizes, const int *offsets);

#endif
