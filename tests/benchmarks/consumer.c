/* One quarter of every consumer: the loop over people, and what is counted (sim/engine/chunk.py).
 *
 * "records.h" is written from the NumPy dtypes and the constants of the package, so that layouts
 * cannot drift apart: struct row, home, view, parameters; decisions; columns of the tally.
 */
#include "consumer.h"

static int cell_of(const struct person *who)
{
    int cell = (int)(who->income_rank * 5.0);
    if (cell > 4)
        cell = 4;
    return cell + (who->woman ? 5 : 0) + (who->urban ? 0 : 10);
}

static int64_t fixed_point(double amount) { return (int64_t)(amount * USD_SCALE); }

/* Counts one person, who was `before`; returns what others will see of them. */
static uint8_t count(const struct row *before, const struct row *me, const struct person *who,
                     const struct around *here, int64_t *tally, int64_t *counts)
{
    uint8_t shown = 0;
    if (me->connected) {
        tally[CONNECTED]++;
        if (who->adult) {
            tally[CONNECTED_ADULTS]++;
            tally[TRUST] += fixed_point((double)me->trust);
            if (me->account)
                tally[READY]++;
        }
        if (!before->connected)
            tally[NEW_CONNECTED]++;
    } else if (before->connected) {
        tally[DROPPED_OUT]++;
    }
    if (me->account) {
        tally[ACCOUNTS]++;
        if (!before->account)
            tally[NEW_ACCOUNTS]++;
    }
    tally[SKILL] += fixed_point((double)me->skill);
    if (me->shopper) {
        shown = SHOPS;
        tally[SHOPPERS]++;
        int64_t spent = fixed_point((double)me->spending);
        tally[SPENDING] += spent;
        if (me->account)
            tally[SPENDING_OF_HOLDERS] += spent;
        counts[0]++;
        if (!before->shopper)
            tally[NEW_SHOPPERS]++;
    } else if (before->shopper) {
        tally[LAPSED_SHOPPERS]++;
    }
    if (me->victim) {
        shown |= DEFRAUDED;
        tally[VICTIMS]++;
        tally[LOSSES] += fixed_point(here->p->scam_loss_share * quarterly_income(who, here));
        counts[1]++;
    }
    return shown;
}

void live_one_quarter(int threads, int64_t chunks, const int64_t *chunk_first,
                      const int64_t *community_first, const int64_t *community_country,
                      const double *shopper_share, const double *victim_share, struct row *rows,
                      const uint8_t *seen, uint8_t *seen_next, const struct home *homes,
                      const struct view *views, const struct parameters *parameters,
                      const double *traits, int64_t *tally,
                      int64_t *counts, const double *faults)
{
    (void)faults; /* the rules here are known to stay within bounds */
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int64_t chunk = 0; chunk < chunks; chunk++) {
        int64_t *chunk_tally = tally + chunk * CELLS * MEASURES;
        for (int64_t community = chunk_first[chunk]; community < chunk_first[chunk + 1];
             community++) {
            int64_t country = community_country[community];
            int64_t begin = community_first[community], end = community_first[community + 1];
            const struct home *home = &homes[country];
            const struct view *view = &views[country];
            bool urban = begin - home->first < home->urban_size;
            struct around here = look_around(home, view, &parameters[country]);
            here.seen = seen + home->first;
            here.community_first = begin - home->first;
            here.community_size = end - begin;
            here.coverage = urban ? view->coverage_town : view->coverage_countryside;
            here.year_ago = urban ? view->year_ago_town : view->year_ago_countryside;
            here.unaided = urban ? view->unaided_town : view->unaided_countryside;
            here.quality = urban ? view->quality_town : view->quality_countryside;
            here.community_shopper_share = shopper_share[community];
            here.community_victim_share = victim_share[community];
            for (int64_t i = begin; i < end; i++) {
                int64_t number = i - home->first;
                struct person who = describe(home, traits, country * 2 + !urban, urban, number);
                struct row before = rows[i];
                live(&rows[i], &who, &here, number);
                seen_next[i] = count(&before, &rows[i], &who, &here,
                                     chunk_tally + cell_of(&who) * MEASURES,
                                     counts + community * 3);
            }
        }
    }
}
