#include "COpenMPI.h"

#ifdef CONTINUO_MPI

#if __has_include(<mpi.h>)
#include <mpi.h>
#elif __has_include(<mpi/mpi.h>)
#include <mpi/mpi.h>
#else
#error "the trait MPI needs the headers of Open MPI: apt-get install libopenmpi-dev, or name their folder with -Xcc -I (mpicc --showme:compile)"
#endif

#include <stdlib.h>

int copenmpi_join(int *rank, int *count) {
    int granted = 0;
    int result = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &granted);
    if (result != MPI_SUCCESS) return result;
    MPI_Comm_rank(MPI_COMM_WORLD, rank);
    MPI_Comm_size(MPI_COMM_WORLD, count);
    return 0;
}

void copenmpi_leave(void) { MPI_Finalize(); }

void copenmpi_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

void copenmpi_gather(const uint64_t *words, int count, uint64_t *all) {
    MPI_Allgather(words, count, MPI_UINT64_T, all, count, MPI_UINT64_T, MPI_COMM_WORLD);
}

void copenmpi_broadcast(void *bytes, int64_t count) {
    const int64_t most = 1 << 30; // MPI counts in int
    for (int64_t done = 0; done < count; done += most) {
        int64_t left = count - done;
        MPI_Bcast((char *)bytes + done, (int)(left < most ? left : most), MPI_BYTE, 0, MPI_COMM_WORLD);
    }
}

void copenmpi_exchange(
    const float *values, const int *sizes, const int *offsets, int rank, int count, float *received) {
    int *own = malloc(2 * sizeof(int) * (size_t)count);
    if (!own) MPI_Abort(MPI_COMM_WORLD, 70);
    for (int other = 0; other < count; other++) {
        own[other] = sizes[rank];
        own[count + other] = other * sizes[rank];
    }
    MPI_Alltoallv(values, sizes, offsets, MPI_FLOAT, received, own, own + count, MPI_FLOAT, MPI_COMM_WORLD);
    free(own);
}

void copenmpi_share(float *values, const int *sizes, const int *offsets) {
    MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, values, sizes, offsets, MPI_FLOAT, MPI_COMM_WORLD);
}

#else

// An empty translation unit is not C.
typedef int copenmpi_is_not_built;

#endif
