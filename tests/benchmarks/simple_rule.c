/* A quarter of the simple rule in C, as fast as is easy: no branch, so that it runs on vectors.
 *
 * A draw is SplitMix64 of a key of the quarter and the person's number, 32 bits of it; chances come
 * as fractions of 2**32. Compiled with -O3 -march=native -fopenmp and sums in any order.
 */
#include <stdint.h>

void simple_quarter(int threads, int64_t people, uint64_t key, uint32_t start, uint32_t stop,
                    float spent, const float *income, uint8_t *shopper, float *spending,
                    int64_t *shoppers, double *total)
{
    int64_t count = 0;
    double sum = 0.0;
#pragma omp parallel for simd reduction(+ : count, sum) num_threads(threads)
    for (int64_t i = 0; i < people; i++) {
        uint64_t z = key + (uint64_t)i * 0x9E3779B97F4A7C15u;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        uint32_t draw = (uint32_t)((z ^ (z >> 31)) >> 32);
        uint8_t shops = shopper[i];
        shops ^= draw < (shops ? stop : start);
        float spends = shops ? spent * income[i] : 0.0f;
        shopper[i] = shops;
        spending[i] = spends;
        count += shops;
        sum += spends;
    }
    *shoppers = count;
    *total = sum;
}
