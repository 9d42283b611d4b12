/* What ONE consumer does in ONE quarter, as a C programmer would write it: the yardstick of the
 * benchmarks, with the rule of sim/agents/consumer.py, the draws of sim/draws.py and the neighbours
 * of sim/agents/contacts.py. What is the same for all people of a community is computed once, in
 * look_around().
 */
#pragma once
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "records.h"

struct person {
    bool adult, young, older, woman, urban;
    double income_rank, log_income, coverage_rank, propensity, reluctance;
};

/* What everybody in a community shares during the quarter. */
struct around {
    const struct home *home;
    const struct view *view;
    const struct parameters *p;
    const uint8_t *seen; /* of the country */
    int64_t community_first, community_size;
    double coverage, year_ago, unaided, quality;
    double shopper_share, community_shopper_share, community_victim_share;
    uint64_t connect, disconnect, open_account, start_shopping, stop_shopping, meet_scam,
        be_trained;
    double log_price, gain_alone, gain_shopping, skill_lost, habit_gain, trust_kept;
    double trust_gain, price_effect;
};

static inline uint64_t scramble(uint64_t key, uint64_t number)
{
    uint64_t z = key + number * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) >> 1;
}

static inline double unit(uint64_t whole)
{
    return ((double)(int64_t)(whole >> 11) + 0.5) * 0x1p-52;
}

static inline double chance(uint64_t stream, int64_t number)
{
    return unit(scramble(stream, (uint64_t)number));
}

static inline double smaller(double a, double b) { return a < b ? a : b; }
static inline double larger(double a, double b) { return a > b ? a : b; }
static inline double exponential(double x) { return exp(smaller(larger(x, -700.0), 700.0)); }
static inline double fading(double rate) { return exponential(-rate * 0.25); }
static inline double once(double hazard) { return 1.0 - exponential(-hazard * 0.25); }

static inline bool happens(uint64_t stream, int64_t number, double hazard)
{
    double draw = chance(stream, number);
    return draw < hazard * 0.25 && draw < once(hazard);
}

static struct person describe(const struct home *home, const double *traits, int64_t place,
                              bool urban, int64_t number)
{
    const double fraction = 0x1p-20;
    const uint64_t mask = (1u << 20) - 1;
    uint64_t bits = scramble((uint64_t)home->person_key, (uint64_t)number);
    uint64_t first = (bits >> 40) & mask, second = (bits >> 20) & mask, third = bits & mask;
    uint64_t lower = RANK_BINS - 1;
    const double *here = traits + place * RANK_BINS * 3;
    double age = ((double)(int64_t)second + 0.5) * fraction;
    struct person who;
    who.adult = age < home->adult_share;
    who.young = age < home->adult_share * home->youth_share;
    who.older = who.adult && age >= home->adult_share * (1.0 - home->older_share);
    who.woman = ((double)(int64_t)third + 0.5) * fraction < home->women_share;
    who.urban = urban;
    who.income_rank = here[(first * RANK_BINS >> 20) * 3 + RANK];
    who.log_income = here[(first * RANK_BINS >> 20) * 3 + LOG_INCOME];
    who.coverage_rank = ((double)(int64_t)(((first & lower) << 3) + (bits >> 60)) + 0.5)
                        / (RANK_BINS << 3);
    who.propensity = here[(second & lower) * 3 + PROPENSITY];
    who.reluctance = ((double)(int64_t)(third & lower) + 0.5) / RANK_BINS;
    return who;
}

static int64_t neighbour(const struct around *here, int64_t number, int slot)
{
    double u = unit(scramble((uint64_t)here->home->acquaintance_key,
                             (uint64_t)(number * NEIGHBOURS + slot)));
    int64_t known;
    if (u < LOCAL_SHARE)
        known = here->community_first + (int64_t)(u / LOCAL_SHARE * (double)here->community_size);
    else
        known = (int64_t)((u - LOCAL_SHARE) / (1.0 - LOCAL_SHARE) * (double)here->home->size);
    if (known == number)
        known = (known + 1) % here->home->size;
    return known;
}

static double share_of_neighbours(const struct around *here, int64_t number, int what)
{
    int count = 0;
    for (int slot = 0; slot < NEIGHBOURS; slot++)
        if (here->seen[neighbour(here, number, slot)] & what)
            count++;
    return (double)count / NEIGHBOURS;
}

static double relative_income(const struct person *who, const struct around *here)
{
    return here->view->log_mean_income + who->log_income - here->view->log_reference_income;
}

static double quarterly_income(const struct person *who, const struct around *here)
{
    return exponential(here->view->log_mean_income + who->log_income) * 0.25;
}

static double missing_trust(const struct row *me, const struct parameters *p)
{
    return p->trust_sensitivity * (p->trust_level - (double)me->trust);
}

static double appeal_of_shopping(const struct row *me, const struct person *who,
                                 const struct around *here)
{
    const struct parameters *p = here->p;
    double appeal = p->adoption_shift + p->adoption_income_slope * relative_income(who, here)
                    + p->adoption_skill_slope * ((double)me->skill - p->reference_skill)
                    - p->trust_in_starting * missing_trust(me, p)
                    - p->variety_slope * here->view->log_online_price
                    + p->adoption_spread * who->propensity;
    if (!me->account)
        appeal = appeal - p->cash_penalty;
    if (!who->urban)
        appeal = appeal - p->remoteness_penalty;
    if (who->young)
        appeal = appeal + p->youth_adoption;
    if (who->older)
        appeal = appeal - p->older_adoption;
    return smaller(larger(appeal, -p->largest_appeal), p->largest_appeal);
}

static void shop_or_stop(struct row *me, const struct person *who, const struct around *here,
                         int64_t number)
{
    const struct parameters *p = here->p;
    if (me->shopper) {
        double hazard = p->shopper_lapse * exponential(p->trust_in_lapse * missing_trust(me, p));
        if (me->began_in_pandemic)
            hazard = hazard + p->pandemic_lapse * here->view->pandemic_ebb;
        if (happens(here->stop_shopping, number, hazard))
            me->shopper = me->began_in_pandemic = false;
    } else if (who->reluctance >= p->never_online_buyers) {
        double contacts = here->shopper_share + p->community_weight * here->community_shopper_share
                          + p->neighbour_weight * share_of_neighbours(here, number, SHOPS);
        double hazard = (p->innovation + p->imitation * contacts)
                        * exponential(appeal_of_shopping(me, who, here));
        double pull = 1.0 + p->covid_adoption * here->view->covid;
        if (happens(here->start_shopping, number, hazard * pull)) {
            me->shopper = true;
            me->began_in_pandemic = !happens(here->start_shopping, number, hazard);
        }
    }
}

static void open_account(struct row *me, const struct person *who, const struct around *here,
                         int64_t number)
{
    const struct parameters *p = here->p;
    if (me->account)
        return;
    double use = 1.0 + p->account_peer_effect * here->view->account_share
                 + p->interoperability_effect * here->view->interoperability;
    double pull = use * exponential(p->account_income_slope * relative_income(who, here));
    double hazard = p->account_hazard * pull * (1.0 + p->covid_accounts * here->view->covid);
    if (happens(here->open_account, number, hazard))
        me->account = true;
}

static void meet_scam(struct row *me, const struct around *here, int64_t number)
{
    const struct parameters *p = here->p;
    double protection = here->view->scam_protection + p->skill_scam_protection * (double)me->skill;
    double hazard = p->scam_hazard * here->view->scam_pressure * exponential(-protection);
    if (me->shopper)
        hazard = hazard * (1.0 + p->shopper_scam_exposure);
    me->victim = happens(here->meet_scam, number, hazard);
}

static void learn_whom_to_trust(struct row *me, const struct around *here, int64_t number)
{
    const struct parameters *p = here->p;
    double heard = 0.5 * here->community_victim_share
                   + 0.5 * share_of_neighbours(here, number, DEFRAUDED);
    double lost = p->word_of_mouth * heard;
    if (me->victim)
        lost = lost + p->victim_trust_loss;
    double level = p->trust_level + here->view->trust_support;
    double trust = level + ((double)me->trust - level) * here->trust_kept
                   - lost * (double)me->trust;
    if (me->shopper && !me->victim)
        trust = trust + (1.0 - (double)me->trust) * here->trust_gain;
    me->trust = (float)smaller(larger(trust, 0.0), 1.0);
}

static void connect_or_drop_out(struct row *me, const struct person *who,
                                const struct around *here, int64_t number)
{
    const struct parameters *p = here->p;
    bool gate = p->coverage_gate > 0.0;
    bool reached = !gate || who->coverage_rank < here->coverage;
    if (me->connected) {
        if (!reached || happens(here->disconnect, number, p->disconnection_hazard))
            me->connected = me->shopper = me->victim = me->began_in_pandemic = false;
    } else if (reached) {
        double log_burden = here->log_price - here->view->log_mean_income - who->log_income;
        double affordable = 1.0 / (1.0 + exponential(p->affordability_slope * log_burden));
        double hazard = p->connection_hazard * (gate ? 1.0 : here->coverage) * affordable
                        * (1.0 - p->reference_skill + (double)me->skill);
        if (who->woman)
            hazard = hazard * p->women_connection_ratio;
        if (happens(here->connect, number, hazard))
            me->connected = true;
    }
}

static bool trained(const struct person *who, const struct around *here, int64_t number)
{
    const struct parameters *p = here->p;
    double tilt = who->woman ? 1.0 + p->training_women_tilt : 1.0 - p->training_women_tilt;
    double taken = once(here->view->training_offer * tilt) * p->training_take_up;
    return unit(scramble(here->be_trained, (uint64_t)number)) < taken;
}

static void learn(struct row *me, const struct person *who, const struct around *here,
                  int64_t number)
{
    double skill = (double)me->skill;
    double gain = me->shopper ? here->gain_shopping : here->gain_alone;
    skill = skill + (1.0 - skill) * gain - skill * here->skill_lost;
    if (here->view->training_offer > 0.0 && who->adult && trained(who, here, number))
        skill = (double)(float)skill + (1.0 - (double)(float)skill) * here->p->training_gain;
    me->skill = (float)skill;
}

static void buy(struct row *me, const struct person *who, const struct around *here)
{
    const struct parameters *p = here->p;
    if (!me->shopper) {
        me->spending = 0.0f;
        return;
    }
    me->habit = (float)((double)me->habit + (1.0 - (double)me->habit) * here->habit_gain);
    double odds = p->spending_level * (double)me->habit
                  * (1.0 + p->covid_spending * here->view->covid);
    double taste = -p->trust_in_spending * missing_trust(me, p)
                   + (p->spending_income_elasticity - 1.0) * relative_income(who, here)
                   + here->price_effect + p->spending_spread * who->propensity
                   + p->quality_spending * here->quality;
    if (me->account)
        taste = taste + p->payment_spending * here->view->interoperability;
    odds = odds * exponential(taste);
    double consumption = here->view->consumption_share * quarterly_income(who, here);
    if (here->unaided <= who->coverage_rank && who->coverage_rank < here->year_ago)
        consumption = consumption * (1.0 + p->coverage_income);
    me->spending = (float)(p->spending_cap * consumption * odds / (1.0 + odds));
}

static void live(struct row *me, const struct person *who, const struct around *here,
                 int64_t number)
{
    if (me->connected && who->adult) {
        shop_or_stop(me, who, here, number);
        open_account(me, who, here, number);
        meet_scam(me, here, number);
        learn_whom_to_trust(me, here, number);
    }
    connect_or_drop_out(me, who, here, number);
    learn(me, who, here, number);
    buy(me, who, here);
}

static struct around look_around(const struct home *home, const struct view *view,
                                 const struct parameters *p)
{
    uint64_t key = (uint64_t)view->stream_key;
    return (struct around){
        .home = home,
        .view = view,
        .p = p,
        .connect = scramble(key ^ CONNECT, 0),
        .disconnect = scramble(key ^ DISCONNECT, 0),
        .open_account = scramble(key ^ OPEN_ACCOUNT, 0),
        .start_shopping = scramble(key ^ START_SHOPPING, 0),
        .stop_shopping = scramble(key ^ STOP_SHOPPING, 0),
        .meet_scam = scramble(key ^ MEET_SCAM, 0),
        .be_trained = scramble(key ^ BE_TRAINED, 0),
        .shopper_share = (1.0 - p->community_weight - p->neighbour_weight) * view->shopper_share,
        .log_price = log(larger(MONTHS_PER_YEAR * view->data_price / p->affordability_threshold, 1e-300)),
        .gain_alone = 1.0 - fading(p->skill_drift),
        .gain_shopping = 1.0 - fading(p->skill_drift + p->learning_by_doing),
        .skill_lost = 1.0 - fading(p->skill_decay),
        .habit_gain = 1.0 - fading(1.0 / p->habit_time),
        .trust_kept = fading(p->trust_recovery),
        .trust_gain = 1.0 - fading(p->trust_gain),
        .price_effect = (1.0 - p->price_elasticity) * view->log_online_price,
    };
}
