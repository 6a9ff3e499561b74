//! Every metric: its name, its help, and the handle that counts.
//!
//! Handles are made once, at start, and kept by whoever counts: counting is then an atomic addition, without a lock, a
//! look-up or memory. Labels are words of this program, never texts from outside.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _, NoLabelSet, text},
    metrics::{
        MetricType,
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::ConstGauge,
    },
    registry::Registry,
};

/// Name (as it is shown) and help of every metric.
pub const NAMES: [(&str, &str); 8] = [
    (REQUESTS, "Requests answered, by route and HTTP status"),
    (SECONDS, "How long requests took, by route"),
    (SIGNATURES, "Requests refused because of their signature or identity, by reason"),
    (
        CACHE,
        "Reads of a cache: hit (fresh), miss, stale (the source failed), refreshing (older, a new read is under way)",
    ),
    (OUTBOUND, "Calls to other systems, by service, operation and outcome"),
    (SUCCESS, "The part of calls to a system that succeeded since the start, 0 to 1, by service"),
    (ANSWERS, "Answers of the card, by state"),
    (EVENTS, "Events of HubSpot, by kind and whether they were taken or ignored"),
];

const REQUESTS: &str = "ledgercard_http_requests_total";
const SECONDS: &str = "ledgercard_http_seconds";
const SIGNATURES: &str = "ledgercard_signature_failures_total";
const CACHE: &str = "ledgercard_cache_reads_total";
const OUTBOUND: &str = "ledgercard_outbound_calls_total";
const SUCCESS: &str = "ledgercard_outbound_success_ratio";
const ANSWERS: &str = "ledgercard_cards_answers_total";
const EVENTS: &str = "ledgercard_events_total";

/// Upper ends of the histogram's buckets, in microseconds: 0.1 ms to 10 s.
const BUCKETS: [u64; 14] =
    [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 3_000_000, 10_000_000];

/// The statuses that have a counter of their own from the start; any other is looked up when it comes.
const STATUSES: [u16; 16] = [200, 201, 204, 302, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRouteAndStatus {
    route: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRoute {
    route: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByReason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByCacheAndOutcome {
    cache: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByState {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByKind {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByService {
    service: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByCall {
    service: &'static str,
    operation: &'static str,
    outcome: &'static str,
}

/// Service, operation, outcome, how many.
pub type OutboundCount = (&'static str, &'static str, &'static str, u64);

/// A cache's name, and how often it was read with each of [`CACHE_OUTCOMES`].
pub type CacheCount = (&'static str, [u64; 4]);

/// How a read of a cache can end, in the order of [`CacheCount`].
const CACHE_OUTCOMES: [&str; 4] = ["hit", "miss", "stale", "refreshing"];

/// All metrics of one program. Cheap to clone; clones count into the same.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Mutex<Registry>,
    requests: Family<ByRouteAndStatus, Counter>,
    seconds: Seconds,
    signatures: Family<ByReason, Counter>,
    answers: Family<ByState, Counter>,
    events: Family<ByKind, Counter>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All counters at zero.
    #[must_use]
    pub fn new() -> Self {
        let (requests, signatures) = (Family::default(), Family::default());
        let (answers, events, seconds) = (Family::default(), Family::default(), Seconds::default());
        let mut registry = Registry::default();
        registry.register(plain(REQUESTS), help(REQUESTS), Family::clone(&requests));
        registry.register_collector(Box::new(seconds.clone()));
        registry.register(plain(SIGNATURES), help(SIGNATURES), Family::clone(&signatures));
        registry.register(plain(ANSWERS), help(ANSWERS), Family::clone(&answers));
        registry.register(plain(EVENTS), help(EVENTS), Family::clone(&events));
        Self(Arc::new(Inner { registry: Mutex::new(registry), requests, seconds, signatures, answers, events }))
    }

    /// The handle of one route. Call once per route, at start.
    #[must_use]
    pub fn route(&self, route: &'static str) -> RouteMetrics {
        let by_status = STATUSES.map(|status| self.0.requests.get_or_create_owned(&ByRouteAndStatus { route, status }));
        let took = self.0.seconds.of(route);
        RouteMetrics { route, by_status, took, family: self.0.requests.clone() }
    }

    /// Counts a request that was refused because of its signature or identity. `reason` is one of our words.
    pub fn signature_failed(&self, reason: &'static str) {
        self.0.signatures.get_or_create(&ByReason { reason }).inc();
    }

    /// Counts an event of HubSpot. `kind` is one of our words.
    pub fn event(&self, kind: &'static str, taken: bool) {
        let outcome = if taken { "taken" } else { "ignored" };
        self.0.events.get_or_create(&ByKind { kind, outcome }).inc();
    }

    /// The counter of answers of the card in one state. Call once per state, at start.
    #[must_use]
    pub fn card_answers(&self, state: &'static str) -> Counter {
        self.0.answers.get_or_create_owned(&ByState { state })
    }

    /// Says where the counts of outgoing calls are to be read when the metrics are shown.
    pub fn outbound_from(&self, counts: impl Fn() -> Vec<OutboundCount> + Send + Sync + 'static) {
        let mut registry = self.0.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register_collector(Box::new(OutboundCounts(Box::new(counts))));
    }

    /// Says where the counts of the caches are to be read when the metrics are shown: name, then hits, misses, stale and
    /// refreshing.
    pub fn caches_from(&self, counts: impl Fn() -> Vec<CacheCount> + Send + Sync + 'static) {
        let mut registry = self.0.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register_collector(Box::new(CacheCounts(Box::new(counts))));
    }

    /// All metrics in the text format that Prometheus reads (<https://prometheus.io/docs/specs/om/open_metrics_spec/>).
    ///
    /// # Errors
    /// [`fmt::Error`] only when a collector fails, which ours do not.
    pub fn render(&self) -> Result<String, fmt::Error> {
        let mut shown = String::with_capacity(8 * 1024);
        text::encode(&mut shown, &self.0.registry.lock().unwrap_or_else(PoisonError::into_inner))?;
        Ok(shown)
    }
}

/// Counts what one route answers.
#[derive(Clone, Debug)]
pub struct RouteMetrics {
    route: &'static str,
    by_status: [Counter; STATUSES.len()],
    took: Arc<Histogram>,
    family: Family<ByRouteAndStatus, Counter>,
}

impl RouteMetrics {
    /// Counts an answer.
    pub fn answered(&self, status: u16, took: Duration) {
        self.took.observe(took);
        match STATUSES.iter().position(|known| *known == status) {
            Some(at) => self.by_status[at].inc(),
            None => self.family.get_or_create(&ByRouteAndStatus { route: self.route, status }).inc(),
        };
    }
}

/// A histogram of durations, counted without a lock.
#[derive(Debug, Default)]
struct Histogram {
    /// The last one takes what is longer than all ends.
    buckets: [AtomicU64; BUCKETS.len() + 1],
    sum_micros: AtomicU64,
}

impl Histogram {
    fn observe(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let at = BUCKETS.partition_point(|end| *end < micros);
        self.buckets[at].fetch_add(1, Ordering::Relaxed);
        self.sum_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// The sum in seconds, and per bucket its end in seconds and its count.
    fn read(&self) -> (f64, Vec<(f64, u64)>) {
        let seconds = |micros: u64| Duration::from_micros(micros).as_secs_f64();
        let ends = BUCKETS.iter().map(|end| seconds(*end)).chain([f64::INFINITY]);
        let counts = self.buckets.iter().map(|count| count.load(Ordering::Relaxed));
        (seconds(self.sum_micros.load(Ordering::Relaxed)), ends.zip(counts).collect())
    }
}

/// The histograms of all routes.
#[derive(Debug, Clone, Default)]
struct Seconds(Arc<Mutex<Vec<RouteHistogram>>>);

type RouteHistogram = (&'static str, Arc<Histogram>);

impl Seconds {
    fn of(&self, route: &'static str) -> Arc<Histogram> {
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, there)) = routes.iter().find(|(name, _)| *name == route) {
            return Arc::clone(there);
        }
        let new = Arc::<Histogram>::default();
        routes.push((route, Arc::clone(&new)));
        new
    }
}

impl Collector for Seconds {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut family = encoder.encode_descriptor(SECONDS, &sentence(SECONDS), None, MetricType::Histogram)?;
        for (route, histogram) in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let (sum, buckets) = histogram.read();
            let count = buckets.iter().map(|(_, count)| count).sum();
            family.encode_family(&ByRoute { route })?.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)?;
        }
        Ok(())
    }
}

struct OutboundCounts(Box<dyn Fn() -> Vec<OutboundCount> + Send + Sync>);

impl fmt::Debug for OutboundCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OutboundCounts")
    }
}

impl Collector for OutboundCounts {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut family = encoder.encode_descriptor(plain(OUTBOUND), &sentence(OUTBOUND), None, MetricType::Counter)?;
        let mut counts = (self.0)();
        counts.sort_unstable();
        for (service, operation, outcome, count) in &counts {
            let labels = ByCall { service, operation, outcome };
            ConstCounter::new(*count).encode(family.encode_family(&labels)?)?;
        }
        let mut family = encoder.encode_descriptor(SUCCESS, &sentence(SUCCESS), None, MetricType::Gauge)?;
        for (service, ratio) in success(&counts) {
            ConstGauge::new(ratio).encode(family.encode_family(&ByService { service })?)?;
        }
        Ok(())
    }
}

/// The part of each service's calls that ended well.
#[expect(clippy::cast_precision_loss, reason = "a ratio of counts")]
fn success(counts: &[OutboundCount]) -> BTreeMap<&'static str, f64> {
    let mut sums: BTreeMap<&'static str, (u64, u64)> = BTreeMap::new();
    for (service, _, outcome, count) in counts {
        let (good, all) = sums.entry(service).or_default();
        *all += count;
        *good += if *outcome == "ok" { *count } else { 0 };
    }
    sums.into_iter()
        .filter(|(_, (_, all))| *all > 0)
        .map(|(service, (good, all))| (service, good as f64 / all as f64))
        .collect()
}

struct CacheCounts(Box<dyn Fn() -> Vec<CacheCount> + Send + Sync>);

impl fmt::Debug for CacheCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CacheCounts")
    }
}

impl Collector for CacheCounts {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut family = encoder.encode_descriptor(plain(CACHE), &sentence(CACHE), None, MetricType::Counter)?;
        for (cache, counts) in (self.0)() {
            for (outcome, count) in CACHE_OUTCOMES.into_iter().zip(counts) {
                let labels = ByCacheAndOutcome { cache, outcome };
                ConstCounter::new(count).encode(family.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}

/// The name as it is registered: the text format adds `_total` to counters by itself.
fn plain(name: &'static str) -> &'static str {
    name.strip_suffix("_total").unwrap_or(name)
}

fn help(name: &str) -> &'static str {
    NAMES.iter().find(|(known, _)| *known == name).map_or("", |(_, help)| help)
}

/// The help as the registry writes it for the metrics that it holds itself.
fn sentence(name: &str) -> String {
    format!("{}.", help(name))
}

#[cfg(test)]
#[path = "metrics_tests.rs"]
mod tests;
